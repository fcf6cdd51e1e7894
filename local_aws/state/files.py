"""Writes files so that no reader sees a half; knows paths alone."""

import os
import threading
from pathlib import Path


def write_atomic(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write `data` so that a reader sees the old file or the new one, never a half.

    Args:
        mode: permissions of the file, less what the umask takes away.

    Raises:
        OSError: the old file is as it was, and nothing else is there.
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
