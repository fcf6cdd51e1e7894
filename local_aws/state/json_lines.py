"""Appends whole lines of JSON to a file, and reads them; knows lines, not their meaning.

All files of the local AWS that grow, grow by this module. A write that fails leaves the file as it
was. A killed process may leave part of a line: the next line starts behind it, and readers skip the
part and read the other lines.
"""

import json
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

log = logging.getLogger(__name__)

_writing = threading.Lock()
_logged: set[tuple[str, int]] = set()
"""Skipped lines that were logged already: a file is read many times."""


def append(path: Path, values: Iterable[object]) -> int:
    """Add a line of JSON for each value, all of them or none.

    Returns:
        The file's length before, for `cut_back`.

    Raises:
        OSError: nothing was added, and no new file was made.
    """
    data = b"".join(json.dumps(value).encode() + b"\n" for value in values)
    with _writing:
        is_new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            length = os.fstat(descriptor).st_size
            half = length > 0 and os.pread(descriptor, 1, length - 1) != b"\n"
            try:
                _write(descriptor, b"\n" + data if half else data)
            except BaseException:
                os.ftruncate(descriptor, length)
                if is_new:
                    path.unlink(missing_ok=True)
                raise
            return length
        finally:
            os.close(descriptor)


def _write(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def cut_back(path: Path, length: int) -> None:
    """Remove the lines that were appended last, while no other line has been appended since."""
    with _writing:
        os.truncate(path, length)


def read_lines(path: Path, parse: Callable[[Any], Any] = lambda value: value) -> Iterator[Any]:
    """Yield the parsed value of each line; a line that can't be read is skipped and logged.

    Args:
        parse: from a line's JSON to its value; raises ValueError, TypeError or LookupError for JSON
            of another form.
    """
    with path.open("rb") as file:
        with _writing:  # no write is under way now: a partial line is that of a killed process
            end = os.fstat(file.fileno()).st_size
        offset = 0
        while offset < end and (line := file.readline(end - offset)):
            try:
                if not line.endswith(b"\n"):
                    raise ValueError("its end is missing")
                value = parse(json.loads(line))
            except (ValueError, TypeError, LookupError, RecursionError) as error:
                _log_skipped(path, offset, line, error)
            else:
                yield value
            offset += len(line)


def _log_skipped(path: Path, offset: int, line: bytes, error: Exception) -> None:
    if line.strip() and (str(path), offset) not in _logged:
        _logged.add((str(path), offset))
        words = "%s: skipped %d bytes at offset %d, which are not a whole line: %s"
        log.warning(words, path, len(line), offset, error)


def process_output(path: Path) -> IO[bytes]:
    """Open a file that another process prints to; its output is appended."""
    return path.open("ab")
