"""Makes what is pushed to ECR an image: a WSGI layer over what records ECR; knows no registry API.

The local AWS takes no layers: a manifest says in its annotations what an image has. One without
them is recorded all the same, and can't be run.
"""

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from local_aws.images.image import parsed, write
from local_aws.images.registry import DIGEST, pushed
from local_aws.recorded.journal import call
from local_aws.state import paths
from local_aws.state.files import write_atomic
from local_aws.wire.routing import name

PYTHON, PACKAGES, ENTRY_POINT = (
    f"local-aws.image.{key}" for key in ("python", "packages", "entry-point")
)
"""Annotations: `3.11`; the text of a requirements file; a JSON list of words."""
DELETIONS = ("ecr:BatchDeleteImage", "ecr:DeleteRepository")


class Pushes:
    """Passes every request on, and keeps the images' folders as ECR's answers say.

    Args:
        app: what records ECR.
        state: the local AWS's folder.
    """

    def __init__(self, app: Callable, state: Path):
        self._app, self._state = app, state

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        asked = str(name(environ, body))
        if asked == "ecr:PutImage":
            status, headers, answer = self._put(environ, body)
        else:
            status, headers, answer = call(self._app, environ, body)
            if int(status[:3]) < 400 and asked in DELETIONS:
                self._delete(json.loads(body))
        start_response(status, headers)
        return [answer]

    def _folder(self, request: dict) -> Path:
        return pushed(self._state, request["repositoryName"])

    def _put(self, environ: dict, body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
        request = json.loads(body)
        folder = paths.child(self._folder(request), request.get("imageTag", "untagged"))
        is_new = not folder.exists()
        if is_new:  # the folder first: an image that ECR lists can be run, whenever a kill comes
            _write(folder, request["imageManifest"])
        is_done = False
        try:
            status, headers, answer = call(self._app, environ, body)
            is_done = int(status[:3]) < 400
        finally:
            if is_new and not is_done:
                shutil.rmtree(folder)
        if is_done:
            if not is_new:
                _write(folder, request["imageManifest"])
            digest = json.loads(answer)["image"]["imageId"]["imageDigest"]
            write_atomic(folder / DIGEST, digest.encode())
        return status, headers, answer

    def _delete(self, request: dict) -> None:
        folder = self._folder(request)
        if "imageIds" not in request:  # the whole repository
            shutil.rmtree(folder, ignore_errors=True)
        for image in request.get("imageIds", []):
            if tag := image.get("imageTag"):
                shutil.rmtree(paths.child(folder, tag), ignore_errors=True)
                continue
            for path in folder.glob(f"*/{DIGEST}"):
                if path.read_text() == image.get("imageDigest"):
                    shutil.rmtree(path.parent)


def _write(folder: Path, manifest: str) -> None:
    """Make a folder the image that a manifest describes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if about := _annotations(manifest):
        write(folder, about[PACKAGES], {
            "python": about[PYTHON], "complete": False, "serve": None,
            "entry_point": json.loads(about.get(ENTRY_POINT, "[]")),
        })  # fmt: skip


def _annotations(manifest: str) -> dict[str, str]:
    """Return what a manifest says of the image; nothing where it says nothing that can be read."""
    try:
        about = json.loads(manifest).get("annotations", {})
        parsed(about[PACKAGES])
        return {**about, PYTHON: about[PYTHON]}
    except (ValueError, AttributeError, LookupError, TypeError):
        return {}
