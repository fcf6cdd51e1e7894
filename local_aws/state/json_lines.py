"""The one way in which a file of the local AWS grows: by whole lines; knows lines, no meaning.

A write that fails leaves the file as it was. Half a line that a killed process left costs itself
alone: the next line starts afresh, and readers skip what they can't read and use the rest.
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
"""What was logged already: streams are read again and again."""


def append(path: Path, values: Iterable[object]) -> int:
    """Add a line of JSON for each value, all of them or none.

    Returns:
        The file's length before, for `cut_back`.

    Raises:
        OSError: nothing was added, and a file that was not there is not there.
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
    """Take back what was appended last; nobody else may have appended since."""
    with _writing:
        os.truncate(path, length)


def read_lines(path: Path, parse: Callable[[Any], Any] = lambda value: value) -> Iterator[Any]:
    """Yield what `parse` makes of each line's JSON; a line that can't be read is skipped.

    Args:
        parse: may raise ValueError, TypeError or LookupError where the JSON is not what it should
            be.
    """
    with path.open("rb") as file:
        with _writing:  # no line is half written now: one that looks so was left behind
            end = os.fstat(file.fileno()).st_size
        offset = 0
        while offset < end and (line := file.readline(end - offset)):
            try:
                if not line.endswith(b"\n"):
                    raise ValueError("it has no end")
                value = parse(json.loads(line))
            except (ValueError, TypeError, LookupError, RecursionError) as error:
                _log_skipped(path, offset, line, error)
            else:
                yield value
            offset += len(line)


def _log_skipped(path: Path, offset: int, line: bytes, error: Exception) -> None:
    if line.strip() and (str(path), offset) not in _logged:
        _logged.add((str(path), offset))
        words = "%s: skipped %d bytes at %d that are no whole line: %s"
        log.warning(words, path, len(line), offset, error)


def process_output(path: Path) -> IO[bytes]:
    """Open a file that another process prints to, behind what it has already."""
    return path.open("ab")
