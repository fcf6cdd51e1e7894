"""Names from outside as safe paths: encoded or refused, never outside their folder; no service.

`child` encodes any text as one name; `below` keeps a key with slashes as it is, and refuses a key
that no path can hold. No other module joins a name from a request, an object's key or an archive to
a path (tests/project/test_joins.py).
Left out: file systems that ignore case.
"""

import gzip
import hashlib
import os
import re
import shutil
import stat
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote

from local_aws.errors import AwsError
from local_aws.state.files import write_atomic

NAME_BYTES = 255
"""The longest file name, in bytes of UTF-8."""
_HEAD = 120
"""Characters of a long name that stay readable: a hash and suffixes still fit behind them."""
LEFT_BYTES = 2**28
"""Room that an archive leaves on the disk: other work goes on."""
_EMPTY, _CUT = "%", "~"
"""The first is no encoded name; the second is in shortened names only."""


def encoded(name: str) -> str:
    """Return a file name for any text; two texts have different names.

    The name is never empty, does not begin with a dot, and has no slash.
    """
    text = quote(name.encode("utf-8", "surrogatepass"), safe="").replace("~", "%7E")
    text = f"%2E{text[1:]}" if text.startswith(".") else text or _EMPTY
    if len(text) <= _HEAD + 1 + 64:
        return text
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{re.sub('%[0-9A-F]?$', '', text[:_HEAD])}{_CUT}{digest}"


def child(root: Path, name: str, suffix: str = "") -> Path:
    """Return the path of a name, encoded, directly below `root`."""
    return Path(root, f"{encoded(name)}{suffix}")


def keep_name(path: Path, name: str, suffix: str = "") -> None:
    """Write a name beside its path if the path shortens it; call it before making the file."""
    stem = path.name.removesuffix(suffix)
    if _CUT in stem:
        write_atomic(path.with_name(f"{stem}.name"), name.encode("utf-8", "surrogatepass"))


def forget_name(path: Path, suffix: str = "") -> None:
    """Undo `keep_name`, after the file is gone."""
    path.with_name(f"{path.name.removesuffix(suffix)}.name").unlink(missing_ok=True)


def name_of(path: Path, suffix: str = "") -> str:
    """Return the name that `child` was given for a path."""
    stem = path.name.removesuffix(suffix)
    if _CUT in stem:
        return path.with_name(f"{stem}.name").read_bytes().decode("utf-8", "surrogatepass")
    return "" if stem == _EMPTY else unquote(stem, errors="surrogatepass")


def fault(key: str) -> str | None:
    """Return the reason why a key with slashes can't be a path below a folder; None if it can."""
    if "\0" in key:
        return "it contains a NUL character"
    for part in key.split("/"):
        if part in ("", ".", ".."):
            return f"it has a part {part!r}" if part else "it has an empty part ('' beside a '/')"
        if len(part) > NAME_BYTES // 4 and len(part.encode("utf-8", "replace")) > NAME_BYTES:
            return f"it has a part of more than {NAME_BYTES} bytes"
    try:
        key.isascii() or os.fsencode(key)
    except UnicodeEncodeError:
        return "it is not Unicode text"
    return None


def below(root: Path, key: str) -> Path:
    """Return the path of a key below `root`.

    Raises:
        AwsError: ValidationException, which names the key and the reason.
    """
    return Path(inside(str(root), key))


def inside(root: str, key: str) -> str:
    """Return the same path as `below`, as a text: making a Path would take most of the time."""
    if wrong := fault(key):
        raise _refused(key, wrong)
    if _leads_out(root, key):
        raise _refused(key, "a link in its path leads outside the folder")
    return f"{root}/{key}"


def all_below(root: Path, objects: Sequence[tuple[str, str]]) -> list[Path]:
    """Return the paths of objects as files below `root`.

    Args:
        objects: relative key and S3 URI of each object; errors name the URI.

    Raises:
        AwsError: an object can't be a file, two would be the same file, or one would be another's
            folder.
    """
    taken: dict[str, str] = {}
    for key, uri in objects:
        wrong = fault(key)
        if taken.setdefault(key, uri) != uri:
            wrong = f"{taken[key]} would become the same file"
        if wrong:
            raise _refused(uri, wrong)
    for key, uri in taken.items():
        ends = (position for position, letter in enumerate(key) if letter == "/")
        if folder := next((key[:end] for end in ends if key[:end] in taken), None):
            raise _refused(uri, f"{taken[folder]} is a file where this object needs a folder")
    return [below(root, key) for key, _ in objects]


def unpack(archive: Path, folder: Path) -> None:
    """Extract a tar archive into a folder; no member or link may lead outside.

    Raises:
        AwsError: the file is not an archive or is cut off, or a member would lie outside the
            folder, or its files do not fit on the disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        room = shutil.disk_usage(folder).free - LEFT_BYTES
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter=_Fitting(room))
    except (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile, KeyError) as error:
        # KeyError: a hard link names a member that the archive does not have.
        words = str(error.args[0]) if isinstance(error, KeyError) else str(error)
        raise AwsError("ValidationException", words or type(error).__name__) from error


class _Fitting:
    """Accepts the members of an archive as long as the disk has room for all of them."""

    def __init__(self, room: int):
        self._room = room

    def __call__(self, member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo:
        self._room -= member.size if member.isreg() else 0
        if self._room < 0:
            raise tarfile.FilterError(f"{member.name!r}: the archive is larger than the disk")
        return _inner(member, folder)


def _inner(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo:
    """Accept a member that lies inside the folder, whatever links the archive has before it.

    Python's filter uses os.path.realpath, which fails on long paths (CVE-2025-4517). Therefore no
    member may lie behind a link, and in a link's target `..` may only come first.

    Raises:
        tarfile.FilterError: the member is refused.
    """
    member = tarfile.data_filter(member, folder)
    names = [member.name, member.linkname] if member.islnk() else [member.name]
    ups_and_downs = [part for part in member.linkname.split("/") if part not in ("", ".")]
    turns_back = (".." in ups_and_downs[at:] for at, p in enumerate(ups_and_downs) if p != "..")
    if any(_is_behind_link(folder, name) for name in names) or member.issym() and any(turns_back):
        message = f"{member.name!r} lies behind a link, or may be a link that leads outside"
        raise tarfile.FilterError(message)
    return member


def _is_behind_link(folder: str, name: str) -> bool:
    ends = (position for position, letter in enumerate(name) if letter == "/")
    return any(os.path.islink(os.path.join(folder, name[:end])) for end in ends)


def _leads_out(root: str, key: str) -> bool:
    """Say whether a link in a key's path leads out of `root`."""
    folder = root
    for part in key.split("/")[:-1]:
        folder = f"{folder}/{part}"
        try:
            is_link = stat.S_ISLNK(os.lstat(folder).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False  # so nothing below it exists either
        if is_link:
            top, real = os.path.realpath(root), os.path.realpath(folder)
            if os.path.commonpath([top, real]) != top:
                return True
    return False


def _refused(key: str, wrong: str) -> AwsError:
    text = key if len(key) <= 200 else f"{key[:200]}…"
    return AwsError("ValidationException", f"{text!r} can't become a file: {wrong}. Rename it.")
