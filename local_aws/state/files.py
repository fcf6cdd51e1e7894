"""Writes files atomically, and reads those of other programs with care; knows paths alone."""

import os
import stat
import threading
from pathlib import Path


def read_head(path: Path, most: int) -> bytes:
    """Return the first bytes of a plain file, which another program may have made.

    It is b"" for what is no plain file: a link may lead anywhere, and a FIFO never ends.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return b""
    try:
        is_plain = stat.S_ISREG(os.fstat(descriptor).st_mode)
        return os.read(descriptor, most) if is_plain else b""
    finally:
        os.close(descriptor)


def write_atomic(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Replace a file in one step: a reader sees the old content or the new one.

    Args:
        mode: permissions of the file, less what the umask takes away.

    Raises:
        OSError: the old file is as it was, and no other file is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    flags = os.O_CREAT | os.O_WRONLY | os.O_TRUNC
    try:
        with os.fdopen(os.open(temporary, flags, mode), "wb", buffering=0) as file:
            left = memoryview(data)
            while left:
                left = left[file.write(left) :]
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
