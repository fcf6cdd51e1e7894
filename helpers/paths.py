"""Turns untrusted names into paths inside a folder, or refuses them; knows no service.

Keys of objects, members of archives, names in a listing: every name that becomes a path is checked
here (tests/project/test_joins.py).
"""

import os
import re
import stat
import uuid
from collections.abc import Iterable
from pathlib import Path

NAME_BYTES = 255
_PARTIAL = re.compile(r"\.part-[0-9a-f]{32}")


class UnsafeName(ValueError):
    """A name that can't become a path inside its folder; the message has the reason."""


def fault(key: str) -> str | None:
    """Return the reason why a key can't be a path below a folder; None if it can."""
    if "\0" in key:
        return "it has a NUL character"
    for part in key.split("/"):
        if part in ("", ".", ".."):
            return f"it has a part {part!r}" if part else "it has an empty part ('' beside a '/')"
        if len(part.encode("utf-8", "replace")) > NAME_BYTES:
            return f"it has a part of more than {NAME_BYTES} bytes"
        if _PARTIAL.fullmatch(part):
            return "files half written have such names"
    try:
        os.fsencode(key)
    except UnicodeEncodeError:
        return "it is no Unicode text"
    return None


def below(root: str | Path, key: str) -> Path:
    """Return the path of a key below `root`.

    Raises:
        UnsafeName: it has parts such as `..`, or a link among its folders leads elsewhere.
    """
    if wrong := fault(key):
        raise _refused(key, wrong)
    if _leads_out(root, key):
        raise _refused(key, f"a link among its folders leads out of {root}")
    return Path(root, key)


def all_below(root: str | Path, keys: Iterable[str]) -> dict[str, Path]:
    """Return the paths of keys that all become files below `root`, by key.

    Raises:
        UnsafeName: a key can't, or one key is the folder of another.
    """
    paths = {key: below(root, key) for key in keys}
    for key in paths:
        ends = (index for index, letter in enumerate(key) if letter == "/")
        if folder := next((key[:end] for end in ends if key[:end] in paths), None):
            raise _refused(key, f"{folder!r} is an object too, not a folder")
    return paths


def partial(path: Path) -> Path:
    """Return a temporary name beside a path, for a file that is not complete yet."""
    return path.with_name(f".part-{uuid.uuid4().hex}")


def is_partial(name: str) -> bool:
    """Return whether a file name was made by `partial`."""
    return bool(_PARTIAL.fullmatch(name))


def _leads_out(root: str | Path, key: str) -> bool:
    """Return whether a link among the folders of a key leads out of `root`."""
    folder = str(root)
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


def _refused(key: str, wrong: str) -> UnsafeName:
    text = key if len(key) <= 200 else f"{key[:200]}…"
    return UnsafeName(f"{text!r} can't become a file: {wrong}. Give it another name at its source")
