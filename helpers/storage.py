"""A folder of objects behind one interface (s3.py implements it for S3); knows no data set."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from helpers.paths import below, is_partial, partial

ATTEMPTS = 6
PIECE = 1 << 20


@dataclass(frozen=True)
class Entry:
    """One object in a listing."""

    key: str
    """Relative to the folder, with slashes."""
    size: int
    etag: str
    """Changes when the bytes do; in S3 it is mostly their MD5."""
    modified: datetime | None = field(default=None, compare=False)
    """When it was written, in UTC."""


def fingerprint(entries: Iterable[Entry]) -> str:
    """Return a hash of keys, sizes and etags, which changes when any of the objects changes."""
    rows = sorted((entry.key, entry.size, entry.etag) for entry in entries)
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


class Folder(Protocol):
    """The interface of LocalFolder and S3Prefix. Keys are relative, with slashes."""

    def list(self, prefix: str = "", *, etags: bool = True) -> Iterator[Entry]:
        """Yield all objects whose key starts with `prefix`, sorted by key.

        Without `etags` they may be empty, which saves reading local files.
        """

    def read(self, key: str, size: int | None = None) -> bytes:
        """Return one object's bytes; FileNotFoundError if it does not exist."""

    def write(self, key: str, data: bytes) -> None:
        """Create or replace an object; a reader sees the old or the new, never a part."""

    def upload(self, path: Path, key: str) -> None:
        """Write a local file's bytes as an object, as atomically as `write`."""

    def delete(self, key: str) -> None:
        """Remove an object; no error if there is none."""


class LocalFolder:
    """A folder on disk.

    A key that can't be a file in it raises UnsafeName with the key in the message.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    def __str__(self) -> str:
        """Return the path."""
        return str(self.root)

    def list(self, prefix: str = "", *, etags: bool = True) -> Iterator[Entry]:
        """Yield all files, sorted by key; the etag is the MD5 of the bytes, as in S3."""
        files = {p.relative_to(self.root).as_posix(): p for p in self._files()}
        for key in sorted(files):
            if key.startswith(prefix):
                about, etag = files[key].stat(), _md5(files[key]) if etags else ""
                modified = datetime.fromtimestamp(about.st_mtime, UTC)
                yield Entry(key, about.st_size, etag, modified)

    def _files(self) -> Iterator[Path]:
        """Yield all files except those not completely written."""
        for folder, _, names in os.walk(self.root):
            yield from (Path(folder) / name for name in names if not is_partial(name))

    def read(self, key: str, size: int | None = None) -> bytes:
        """Return a file's bytes; `size` is not needed here."""
        return below(self.root, key).read_bytes()

    def write(self, key: str, data: bytes) -> None:
        """Write the bytes to a temporary file, then rename it."""
        path = self._ready(key)
        part = partial(path)
        part.write_bytes(data)
        part.replace(path)

    def upload(self, path: Path, key: str) -> None:
        """Copy the file to a temporary name, then rename it."""
        target = self._ready(key)
        part = partial(target)
        with open(path, "rb") as source, open(part, "wb") as copy:
            while piece := source.read(PIECE):
                copy.write(piece)
        part.replace(target)

    def _ready(self, key: str) -> Path:
        """Return the path of a key with its folder made."""
        path = below(self.root, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def delete(self, key: str) -> None:
        """Remove a file."""
        below(self.root, key).unlink(missing_ok=True)


def read_resuming(
    open_at: Callable[[int], BinaryIO],
    buffer: memoryview,
    *,
    attempts: int = ATTEMPTS,
    pause: float = 0.1,
) -> None:
    """Fill `buffer`, and reopen the object at the byte where a read broke.

    `open_at(n)` returns a reader that starts `n` bytes into the buffer's range. Pauses double;
    attempts count anew after progress.

    Raises:
        ConnectionError: no byte came in `attempts` tries.
        EOFError: the object ends before the buffer is full.
    """
    done, tries = 0, 0
    while done < len(buffer):
        before = done
        try:
            for size in _pieces(open_at(done), buffer[done:]):
                done += size
        except (ConnectionError, TimeoutError) as error:
            tries = 1 if done > before else tries + 1
            if tries >= attempts:
                where = f"byte {done:,} of {len(buffer):,}"
                raise ConnectionError(f"stuck at {where} after {tries} tries: {error}") from error
            time.sleep(pause * 2 ** (tries - 1))
        else:
            if done < len(buffer):
                raise EOFError(f"it ends at byte {done:,} of {len(buffer):,}")


def _pieces(body: BinaryIO, buffer: memoryview) -> Iterator[int]:
    """Read into the buffer until it is full or the body ends; yield the size of each read."""
    done = 0
    try:
        while done < len(buffer) and (piece := body.read(min(PIECE, len(buffer) - done))):
            buffer[done : done + len(piece)] = piece
            done += len(piece)
            yield len(piece)
    finally:
        body.close()


def _md5(path: Path) -> str:
    """Return the hex MD5 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()
