"""Reads the output of a process to its end; knows lines, and not their use."""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import TextIO

log = logging.getLogger(__name__)

MOST_CHARACTERS = 2**18
"""A longer line is split: one log event has at most 1 MB of UTF-8.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
"""
TAIL_CHARACTERS = 4096


def read_lines(stream: TextIO, most: int = MOST_CHARACTERS) -> Iterator[str]:
    """Yield a text stream's lines without line ends, in pieces of at most `most` characters."""
    is_rest = False
    while piece := stream.readline(most):
        text = piece.removesuffix("\n")
        if text or not is_rest:  # the line end behind the last piece is not a line
            yield text
        is_rest = text == piece


class Output(threading.Thread):
    """Reads a process's lines in a thread, whatever they contain and whatever `on_line` raises.

    It never stops reading: a full pipe would block the process.

    Args:
        stream: the process's output as text, opened with `errors="replace"`.
        keep: number of last lines in `tail`.
        at_end: called at the end of the output.
    """

    def __init__(
        self, stream: TextIO, on_line: Callable[[str], object], keep: int,
        at_end: Callable[[], object] = lambda: None,
    ):  # fmt: skip
        super().__init__(name="output", daemon=True)
        self._stream, self._on_line, self._keep, self._at_end = stream, on_line, keep, at_end
        self.tail: list[str] = []

    def run(self) -> None:
        """Read until the process and its children have closed the pipe."""
        failed = False
        try:
            for line in read_lines(self._stream):
                self.tail = [*self.tail[1 - self._keep :], line[:TAIL_CHARACTERS]]
                try:
                    self._on_line(line)
                except Exception:
                    if not failed:
                        log.exception("lines of a process were lost")
                    failed = True
        finally:
            self._at_end()
