"""Writes files atomically: no reader sees half a file; knows paths alone."""

import os
import threading
from pathlib import Path


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
