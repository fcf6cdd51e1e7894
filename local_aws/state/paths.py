"""Names from outside as paths: encoded or refused, and proved to lie inside. Knows no service.

`child` takes any text as one name and encodes it; `below` takes a key with slashes, keeps it as it
is, and refuses what no path can hold. Nothing else joins a name that a request, an object's key or
an archive brought (tests/project/test_joins.py). Left out: file systems that take `A` for `a`.
"""

import gzip
import hashlib
import os
import re
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
"""Characters of a long name that stay readable; a hash, a suffix and a temporary name still fit."""
_EMPTY, _CUT = "%", "~"
"""No encoded name is the first, and only cut ones contain the second."""


def encoded(name: str) -> str:
    """Return a file name for any text, another one for another text.

    It never is empty, `.` or `..`, begins with no dot, and holds no slash.
    """
    text = quote(name.encode("utf-8", "surrogatepass"), safe="").replace("~", "%7E")
    text = f"%2E{text[1:]}" if text.startswith(".") else text or _EMPTY
    if len(text) <= _HEAD + 1 + 64:
        return text
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{re.sub('%[0-9A-F]?$', '', text[:_HEAD])}{_CUT}{digest}"


def child(root: Path, name: str, suffix: str = "") -> Path:
    """Return the path of one name, whatever it is, directly below `root`."""
    return Path(root, f"{encoded(name)}{suffix}")


def keep_name(path: Path, name: str, suffix: str = "") -> None:
    """Write a name beside its path if the path does not tell it; call it before making the file."""
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
    """Say why a key with slashes can't be a path below a folder; None if it can."""
    if "\0" in key:
        return "it has a NUL character"
    for part in key.split("/"):
        if part in ("", ".", ".."):
            return f"it has a part {part!r}" if part else "it has an empty part ('' beside a '/')"
        if len(part) > NAME_BYTES // 4 and len(part.encode("utf-8", "replace")) > NAME_BYTES:
            return f"it has a part of more than {NAME_BYTES} bytes"
    try:
        key.isascii() or os.fsencode(key)
    except UnicodeEncodeError:
        return "it is no Unicode text"
    return None


def below(root: Path, key: str) -> Path:
    """Return the path of a key below `root`.

    Raises:
        AwsError: ValidationException, which names the key and what is wrong with it.
    """
    return Path(inside(str(root), key))


def inside(root: str, key: str) -> str:
    """Do as `below` does, with texts: a Path takes longer to make than all of it."""
    if wrong := fault(key):
        raise _refused(key, wrong)
    if _leads_out(root, key):
        raise _refused(key, "a link among its folders leads elsewhere")
    return f"{root}/{key}"


def all_below(root: Path, objects: Sequence[tuple[str, str]]) -> list[Path]:
    """Return the paths of objects that all become files below `root`.

    Args:
        objects: each one's relative key, and its S3 URI, which errors name.

    Raises:
        AwsError: one can't, two would be one file, or one is another's folder.
    """
    taken: dict[str, str] = {}
    for key, uri in objects:
        wrong = fault(key)
        if taken.setdefault(key, uri) != uri:
            wrong = f"{taken[key]} would become the same one"
        if wrong:
            raise _refused(uri, wrong)
    for key, uri in taken.items():
        ends = (position for position, letter in enumerate(key) if letter == "/")
        if folder := next((key[:end] for end in ends if key[:end] in taken), None):
            raise _refused(uri, f"{taken[folder]} is a file where this one needs a folder")
    return [below(root, key) for key, _ in objects]


def unpack(archive: Path, folder: Path) -> None:
    """Extract a tar archive into a folder; none of its members or links leads out of it.

    Raises:
        AwsError: it is no archive, only a part of one, or a member's place is elsewhere.
    """
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter=_inner)
    except (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile, KeyError) as error:
        # A KeyError is a hard link to a member that the archive does not have.
        words = str(error.args[0]) if isinstance(error, KeyError) else str(error)
        raise AwsError("ValidationException", words or type(error).__name__) from error


def _inner(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo:
    """Let a member pass whose place is inside whatever links came before it.

    Python's own filter asks os.path.realpath, which gives up on long paths (CVE-2025-4517). So no
    member lies behind a link, and a link goes up before it goes down, never after.

    Raises:
        tarfile.FilterError: one that does not.
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
    """Say whether a link among the folders of a key leads out of `root`."""
    folder = root
    for part in key.split("/")[:-1]:
        folder = f"{folder}/{part}"
        try:
            is_link = stat.S_ISLNK(os.lstat(folder).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False  # nor is anything below it there
        if is_link:
            top, real = os.path.realpath(root), os.path.realpath(folder)
            if os.path.commonpath([top, real]) != top:
                return True
    return False


def _refused(key: str, wrong: str) -> AwsError:
    text = key if len(key) <= 200 else f"{key[:200]}…"
    return AwsError("ValidationException", f"{text!r} can't become a file: {wrong}. Rename it.")
