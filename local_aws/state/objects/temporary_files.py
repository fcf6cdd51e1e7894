"""Writes a stream to a temporary file, and computes its checksums meanwhile. Knows no keys."""

import hashlib
import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from local_aws.state.objects import checksums

BLOCK = 1 << 20  # bytes held in memory at a time
_numbers = itertools.count()


class Draft:
    """A complete temporary file: size in bytes, MD5, checksums in base64; move it or drop it."""

    def __init__(self, path: str, size: int, md5: str, digests: dict[str, str], mtime_ns: int):
        self.path, self.size, self.md5 = path, size, md5
        self.checksums, self.mtime_ns = digests, mtime_ns

    def drop(self) -> None:
        """Delete the file if it has not been moved to its place."""
        try:
            os.unlink(self.path)
        except FileNotFoundError:
            pass

    def __enter__(self) -> "Draft":
        return self

    def __exit__(self, *error: object) -> None:
        self.drop()


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield a stream's bytes by BLOCK at most."""
    while block := stream.read(BLOCK):
        yield block


def file_blocks(paths: Iterable[str | Path]) -> Iterator[bytes]:
    """Yield the bytes of files, one after the other."""
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            yield from blocks(file)


def range_blocks(file: BinaryIO, start: int, size: int) -> Iterator[bytes]:
    """Yield `size` bytes of a file from `start`. Raises: OSError if it ends before."""
    file.seek(start)
    while size:
        block = file.read(min(BLOCK, size))
        if not block:
            raise OSError(f"{file.name} became shorter while it was read")
        size -= len(block)
        yield block


def draft(
    folder: str,
    source: Iterable[bytes],
    names: set[str],
    md5: bool = True,
    ahead: timedelta = timedelta(),
) -> Draft:
    """Write a temporary file in `folder`; if the source raises, the file is deleted.

    Args:
        ahead: how far the file's time lies after this machine's.
    """
    path = f"{folder}/{next(_numbers)}"
    hashers: dict[str, Any] = checksums.start(names)
    whole = hashlib.md5(usedforsecurity=False)
    updates = [hasher.update for hasher in hashers.values()] + [whole.update] * md5
    try:
        size, mtime_ns = _write(path, source, updates, ahead)
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise
    digests = {name: checksums.text(hasher.digest()) for name, hasher in hashers.items()}
    return Draft(path, size, whole.hexdigest(), digests, mtime_ns)


def _write(
    path: str, source: Iterable[bytes], updates: list[Callable], ahead: timedelta
) -> tuple[int, int]:
    with open(path, "xb", buffering=0) as file:
        size = 0
        for block in source:
            for update in updates:
                update(block)
            size += len(block)
            left = memoryview(block)
            while left:
                left = left[file.write(left) :]
        written = os.fstat(file.fileno()).st_mtime_ns
        if ahead:
            written += ahead // timedelta(microseconds=1) * 1000
            os.utime(file.fileno(), ns=(written, written))
        return size, written


def file_md5(path: str | Path) -> str:
    """Return a file's MD5 in hex."""
    whole = hashlib.md5(usedforsecurity=False)
    for block in file_blocks([path]):
        whole.update(block)
    return whole.hexdigest()
