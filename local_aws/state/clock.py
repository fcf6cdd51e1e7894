"""The one clock of a local AWS, which a control call moves forward; does not know its users.

All times in documents and all timers come from it: keep-alive periods, alarms, schedules,
cooldowns. Two times do not: the seconds that a process computes, and the age of a signature, which
has the time of the client's clock.
"""

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

BLOCKED_SECONDS = 5.0
"""After so long an action in `advance` is taken for blocked: it may wait for another timer."""


class Timer:
    """An action that is due at a time, until `cancel` is called."""

    def __init__(self, action: Callable[[], object]):
        self.action, self.is_cancelled = action, False

    def cancel(self) -> None:
        """Prevent the action; one that has begun goes on."""
        self.is_cancelled = True
        self.action = _nothing  # free the action's objects now, not when it would have been due


def _nothing() -> None:
    """Do nothing."""


class Clock:
    """The time in UTC: this machine's, plus the seconds that the clock was moved forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._due: list[tuple[datetime, int, Timer]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._advancing = 0

    def now(self) -> datetime:
        """Return the time in UTC, to the millisecond as in AWS's documents."""
        time = datetime.now(UTC) + self._ahead
        return time.replace(microsecond=time.microsecond // 1000 * 1000)

    @property
    def ahead(self) -> timedelta:
        """How far the clock was moved forward."""
        return self._ahead

    def advance(self, seconds: float) -> datetime:
        """Move the clock forward, run the timers that are due by then, and return the new time.

        Timers run in the order of their times, and the clock shows a timer's time while it runs: a
        timer that it starts counts from there.

        Raises:
            ValueError: the number is negative or not finite.
        """
        if not 0 <= seconds < float("inf"):
            raise ValueError(
                f"The clock moves forward only, by a number of seconds: not by {seconds}."
            )
        end = self.now() + timedelta(seconds=seconds)
        with self._changed:
            self._advancing += 1
        try:
            while due := self._next(end):
                when, timer = due
                self._move(when)
                if not timer.is_cancelled:
                    timer.action()
        finally:
            with self._changed:
                self._advancing -= 1
        self._move(end)
        return self.now()

    def after(self, seconds: float, action: Callable[[], object]) -> Timer:
        """Run an action once, after some seconds, in a thread of the clock."""
        timer = Timer(action)
        with self._changed:
            when = self.now() + timedelta(seconds=seconds)
            heapq.heappush(self._due, (when, next(self._numbers), timer))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="clock", daemon=True)
                self._thread.start()
            self._changed.notify()
        return timer

    def sleep(self, seconds: float) -> None:
        """Return when some seconds have passed on this clock."""
        if seconds > 0:
            over = threading.Event()
            self.after(seconds, over.set)
            over.wait()

    def _move(self, when: datetime) -> None:
        with self._changed:
            self._ahead += max(timedelta(), when - self.now())
            self._changed.notify()

    def _next(self, end: datetime) -> tuple[datetime, Timer] | None:
        """Remove and return the first timer that is due by `end`."""
        with self._changed:
            if not self._due or self._due[0][0] > end:
                return None
            when, _, timer = heapq.heappop(self._due)
            return when, timer

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._due:
                    self._changed.wait()
                left = (self._due[0][0] - self.now()).total_seconds()
                if left > 0:
                    self._changed.wait(left)
                    continue
                # In `advance` one timer runs after the other, none beside them.
                if self._advancing:
                    self._changed.wait_for(lambda: not self._advancing, BLOCKED_SECONDS)
            if due := self._next(self.now()):
                _, timer = due
                if not timer.is_cancelled:
                    threading.Thread(target=timer.action, name="timer", daemon=True).start()
                del due, timer  # while the next one is waited for
