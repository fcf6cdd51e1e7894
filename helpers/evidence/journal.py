"""Appends JSON lines to a file, up to a limit; knows no AWS, and nothing of the lines."""

import errno
import json
import os
import secrets
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

LIMIT = 64 * 1024 * 1024
"""Bytes; the course's calls on its sample data are a few megabytes."""
CUT = b'{"cut":true}\n'
"""The last line of a file that has reached its limit."""
KEY_BYTES = 16


class Journal:
    """Appends records to a file that other processes may append to at the same time.

    A line is one write, so a process that is killed leaves whole lines. A full disk may leave a
    part of one: the next to open the file begins a new line, and `read` passes over the part.
    """

    def __init__(self, path: Path, limit: int = LIMIT):
        self.path, self.limit = path, limit
        self._descriptor: int | None = None
        self._lock = threading.Lock()

    def append(self, record: dict) -> None:
        """Write a record as one line.

        Raises:
            OSError: the line was not written, or not whole; EFBIG where the limit is reached.
        """
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            if self._descriptor is None:
                self._descriptor = self._opened()
            room = self.limit - len(CUT) - os.fstat(self._descriptor).st_size
            if len(line) > room:
                if room >= 0:
                    self._write(CUT)
                raise OSError(errno.EFBIG, f"it has reached its limit of {self.limit:,} bytes")
            self._write(line)

    def key(self) -> bytes:
        """Return the secret key beside the file, which is made with the file's first process.

        Raises:
            OSError: it can't be read or made.
            ValueError: it is no such key.
        """
        path = self.path.with_name(f"{self.path.name}.key")
        if not path.exists():
            # Written whole, then given its name: of two processes one wins, and both read the same.
            descriptor, draft = tempfile.mkstemp(dir=path.parent)
            try:
                with open(descriptor, "w") as file:
                    file.write(secrets.token_hex(KEY_BYTES))
                with suppress(FileExistsError):
                    os.link(draft, path)
            finally:
                os.unlink(draft)
        key = bytes.fromhex(path.read_text())
        if len(key) != KEY_BYTES:
            raise ValueError(f"{path.name} is no key of a transcript: delete it")
        return key

    def _opened(self) -> int:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(self.path, flags, 0o600)
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            os.write(descriptor, b"\n")
        return descriptor

    def _write(self, line: bytes) -> None:
        if os.write(self._descriptor, line) < len(line):
            raise OSError(errno.ENOSPC, "only a part of a line was written")


def read(path: Path) -> tuple[list[dict], int]:
    """Return the records of a file, and the number of lines that are none."""
    records, broken = [], 0
    for line in path.read_bytes().splitlines():
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            records.append(record)
        elif line.strip():
            broken += 1
    return records, broken
