"""Reads what a process prints, to its very end; knows lines, and nothing of who wants them."""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import TextIO

log = logging.getLogger(__name__)

MOST_CHARACTERS = 2**18
"""A longer line comes in pieces: 1 MB at most in UTF-8, the limit of one log event.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
"""
TAIL_CHARACTERS = 4096


def read_lines(stream: TextIO, most: int = MOST_CHARACTERS) -> Iterator[str]:
    """Yield a text stream's lines without their ends, none longer than `most` characters."""
    is_rest = False
    while piece := stream.readline(most):
        text = piece.removesuffix("\n")
        if text or not is_rest:  # the end alone of a line that has come in pieces is no line
            yield text
        is_rest = text == piece


class Output(threading.Thread):
    """Takes a process's lines as they come, whatever they hold and whatever `on_line` raises.

    A pipe that nobody empties stops the process that writes to it.

    Args:
        stream: the process's output as text, opened with `errors="replace"`.
        keep: how many of the last lines `tail` has.
        at_end: called once there is nothing more to read.
    """

    def __init__(
        self, stream: TextIO, on_line: Callable[[str], object], keep: int,
        at_end: Callable[[], object] = lambda: None,
    ):  # fmt: skip
        super().__init__(name="output", daemon=True)
        self._stream, self._on_line, self._keep, self._at_end = stream, on_line, keep, at_end
        self.tail: list[str] = []

    def run(self) -> None:
        """Read until the process and all that it started have closed their ends."""
        failed = False
        try:
            for line in read_lines(self._stream):
                self.tail = [*self.tail[1 - self._keep :], line[:TAIL_CHARACTERS]]
                try:
                    self._on_line(line)
                except Exception:
                    if not failed:
                        log.exception("a line of a process was not taken, perhaps more after it")
                    failed = True
        finally:
            self._at_end()
