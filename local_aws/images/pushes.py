"""Makes what is pushed to ECR an image: stands before what records ECR; knows no registry API.

The local AWS takes no layers: a manifest brings in an annotation what `docker build` is given, and
the image is built of it here (`local_aws.images.build`). One without is recorded all the same, and
can't be run.
"""

import base64
import json
import shutil
import tempfile
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.images.build import Build
from local_aws.images.dockerfile import BuildFailed
from local_aws.images.registry import DIGEST, pushed
from local_aws.parts import Call
from local_aws.state import paths
from local_aws.state.files import write_atomic

CONTEXT = "local-aws.image.context"
"""The annotation: a tar archive of the folder of the Dockerfile, in Base64."""
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
        fresh, is_new = self._built(request["imageManifest"]), not folder.exists()
        try:
            if is_new:
                # The folder first: an image that ECR lists can be run, whenever a kill comes.
                _move(fresh, folder)
            answer = self._record("ecr", "PutImage", request)
        except BaseException:
            shutil.rmtree(folder if is_new else fresh, ignore_errors=True)
            raise
        if not is_new:
            _move(fresh, folder)
        write_atomic(folder / DIGEST, answer["image"]["imageId"]["imageDigest"].encode())
        return answer

    def _built(self, manifest: str) -> Path:
        """Return a new folder of the image that a manifest brings; an empty one if it brings none.

        Raises:
            AwsError: InvalidParameterException: it can't be built.
        """
        builds = self._state / "images" / "builds"
        builds.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=builds))
        folder.chmod(0o755)
        try:
            if (context := _context(manifest)) is not None:
                _build(context, folder)
        except BaseException as error:
            shutil.rmtree(folder, ignore_errors=True)
            if not isinstance(error, BuildFailed | AwsError):
                raise
            message = error.message if isinstance(error, AwsError) else str(error)
            message = f"The image can't be built: {message}"
            raise AwsError("InvalidParameterException", message) from None
        return folder

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


def _build(context: bytes, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        archive = Path(scratch, "context.tar")
        archive.write_bytes(context)
        paths.unpack(archive, Path(scratch, "context"))
        Build(Path(scratch, "context"), folder).run()


def _move(fresh: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh.rename(folder)


def _context(manifest: str) -> bytes | None:
    """Return what a manifest's image is built of; None where it brings nothing."""
    try:
        return base64.b64decode(json.loads(manifest)["annotations"][CONTEXT], validate=True)
    except (ValueError, LookupError, TypeError):
        return None
