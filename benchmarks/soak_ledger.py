"""The ledger of a soak: each request's outcome, and whether it is in order; asks nobody.

An answer is in order if it is the offline one of a version that may answer at the time; an error,
if an event of the time is its cause.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.soak_model import is_right

GRACE = 10.0
"""Seconds after an event in which its errors may still come: what was asked meanwhile."""
RIGHT = "answered right by version {}"


@dataclass
class Window:
    """A time in which versions may answer, and errors have a cause."""

    versions: set[int]
    causes: dict[str, str] = field(default_factory=dict)
    """From a part of an error's text to the error's cause."""
    begin: float = field(default_factory=time.monotonic)
    end: float = float("inf")


class Ledger:
    """The outcome of each request, judged by the windows that it was in."""

    def __init__(self) -> None:
        self.outcomes: dict[int, tuple[str, bool]] = {}
        """By number: its words, and whether it is in order."""
        self.seconds: list[float] = []
        self._windows: list[Window] = []
        self._lock = threading.Lock()

    @contextmanager
    def window(self, *versions: int, **causes: str) -> Iterator[None]:
        """Let versions answer, and errors have causes, during the block."""
        window = Window({*versions}, causes)
        with self._lock:
            self._windows.append(window)
        try:
            yield
        finally:
            window.end = time.monotonic()

    def _open(self, begin: float, grace: float = 0.0) -> list[Window]:
        """Return the windows since a time."""
        with self._lock:
            return [each for each in self._windows if each.end + grace >= begin]

    def answered(self, number: int, begin: float, answer: dict) -> None:
        """Note an answer."""
        version = answer["version"]
        if not is_right(answer, number):
            self._note(number, begin, f"WRONG by version {version}", False)
        elif not any(version in each.versions for each in self._open(begin)):
            self._note(number, begin, f"right, but by version {version}, which is gone", False)
        else:
            self._note(number, begin, RIGHT.format(version), True)

    def failed(self, number: int, begin: float, code: str, text: str) -> None:
        """Note an error."""
        for window in self._open(begin, GRACE):
            for part, cause in window.causes.items():
                if part in text:
                    return self._note(number, begin, f"{code}: {cause}", True)
        self._note(number, begin, f"{code} without a cause: {text[:200]}", False)

    def _note(self, number: int, begin: float, words: str, is_in_order: bool) -> None:
        with self._lock:
            if number in self.outcomes:
                words, is_in_order = f"a second outcome of a request: {words}", False
            self.outcomes[number] = words, is_in_order
            self.seconds.append(time.monotonic() - begin)

    def report(self, requests: int, seconds: float) -> bool:
        """Print the ledger; return whether all is in order."""
        counts = Counter(self.outcomes.values())
        lost = requests - len(self.outcomes)
        times = sorted(self.seconds) or [0.0]
        p50, p99 = (1000 * times[int(share * (len(times) - 1))] for share in (0.5, 0.99))
        rate = requests / seconds
        print(f"{requests:,} requests in {seconds:.0f} s, {rate:.0f} a second;", end=" ")
        print(f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {times[-1]:.1f} s")
        for (words, is_in_order), count in sorted(counts.items(), key=lambda item: -item[1]):
            print(f"{count:8,}  {words}{'' if is_in_order else '   <- NOT IN ORDER'}")
        print(f"{lost:8,}  without an outcome{'   <- NOT IN ORDER' if lost else ''}")
        return not lost and all(is_in_order for _, is_in_order in counts)
