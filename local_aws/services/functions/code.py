"""The code of functions: checks an archive, unpacks it, and makes their Python; runs nothing."""

import base64
import hashlib
import io
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.images.image import Image
from local_aws.images.requirement_lines import requirement
from local_aws.images.view import view_of
from local_aws.instances.container import make_venv
from local_aws.state import paths

MADE = "made"
_LOCK = threading.Lock()
HERE = Path(__file__).parent
MOST_BYTES = 250 * 2**20
"""Of an unpacked archive: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


def digest(archive: bytes) -> str:
    """Return an archive's CodeSha256."""
    return base64.b64encode(hashlib.sha256(archive).digest()).decode()


def folder_of(state: Path, name: str, version: str) -> Path:
    """Return the folder of a version of a function's code."""
    return paths.child(_versions(state, name), version)


def _versions(state: Path, name: str) -> Path:
    return paths.child(state / "functions", name)


def unpack(state: Path, name: str, archive: bytes) -> str:
    """Unpack an archive as a function's code; return the folder's name.

    Raises:
        AwsError: InvalidParameterValueException, it is no archive, too large, or has a member
            with a name that is no path below its folder.
    """
    try:
        opened = zipfile.ZipFile(io.BytesIO(archive))
    except zipfile.BadZipFile:
        words = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise AwsError("InvalidParameterValueException", words) from None
    if sum(member.file_size for member in opened.infolist()) > MOST_BYTES:
        words = f"Unzipped size must be smaller than {MOST_BYTES} bytes"
        raise AwsError("InvalidParameterValueException", words)
    version = hashlib.sha256(archive).hexdigest()[:16]
    target = folder_of(state, name, version)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=target.parent))
        try:
            _write_members(opened, draft)
            draft.rename(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return version


def _write_members(archive: zipfile.ZipFile, folder: Path) -> None:
    for member in archive.infolist():
        if member.is_dir():
            continue
        if wrong := paths.fault(member.filename):
            words = f"The archive's member {member.filename} can't be a file: {wrong}"
            raise AwsError("InvalidParameterValueException", words)
        path = paths.below(folder, member.filename)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archive.read(member))


def forget(state: Path, name: str) -> None:
    """Delete a function's code."""
    shutil.rmtree(_versions(state, name), ignore_errors=True)


def python_of(state: Path) -> Path:
    """Return the Python of all functions: it has boto3 and what that needs, as on AWS."""
    view = view_of(state, Image(HERE, "3.12", (requirement("boto3"),), complete=False))
    venv = paths.child(state / "functions-python", view.name)
    with _LOCK:
        if not (venv / MADE).exists():  # a server that was killed may have left a part of it
            shutil.rmtree(venv, ignore_errors=True)
            venv.parent.mkdir(parents=True, exist_ok=True)
            make_venv(venv, view)
            (venv / MADE).touch()
    return venv
