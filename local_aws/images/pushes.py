"""Makes what is pushed to ECR an image: stands before what records ECR; knows no registry API.

The local AWS takes no layers: a manifest says in its annotations what an image has. One without
them is recorded all the same, and can't be run.
"""

import json
import shutil
from pathlib import Path

from local_aws.images.image import parsed, write
from local_aws.images.registry import DIGEST, pushed
from local_aws.parts import Call
from local_aws.state import paths
from local_aws.state.files import write_atomic

PYTHON, PACKAGES, ENTRY_POINT = (
    f"local-aws.image.{key}" for key in ("python", "packages", "entry-point")
)
"""Annotations: `3.11`; the text of a requirements file; a JSON list of words."""
DELETIONS = (("ecr", "BatchDeleteImage"), ("ecr", "DeleteRepository"))


class Pushes:
    """Passes every operation on, and keeps the images' folders as ECR's answers say.

    Args:
        record: has an operation recorded.
        state: the local AWS's folder.
    """

    def __init__(self, record: Call, state: Path):
        self._record, self._state = record, state

    def call(self, service: str, operation: str, request: dict) -> dict:
        """Have an operation recorded.

        Raises:
            AwsError: it is refused; no image is made or deleted then.
        """
        if (service, operation) == ("ecr", "PutImage"):
            return self._put(request)
        answer = self._record(service, operation, request)
        if (service, operation) in DELETIONS:
            self._delete(request)
        return answer

    def _folder(self, request: dict) -> Path:
        return pushed(self._state, request["repositoryName"])

    def _put(self, request: dict) -> dict:
        folder = paths.child(self._folder(request), request.get("imageTag", "untagged"))
        if is_new := not folder.exists():
            # The folder first: an image that ECR lists can be run, whenever a kill comes.
            _write(folder, request["imageManifest"])
        try:
            answer = self._record("ecr", "PutImage", request)
        except BaseException:
            if is_new:
                shutil.rmtree(folder)
            raise
        if not is_new:
            _write(folder, request["imageManifest"])
        write_atomic(folder / DIGEST, answer["image"]["imageId"]["imageDigest"].encode())
        return answer

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
