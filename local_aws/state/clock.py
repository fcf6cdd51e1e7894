"""The one clock of a local AWS, which a control call moves forward; knows nothing of what it times.

Every time in a document and every timer reads it: keep-alive periods, alarms, schedules,
cooldowns. What a process computes takes its own time, whatever the clock says; so does the age of
a signature, which the client's clock made.
"""

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Timer:
    """An action that is due at some time; `cancel` makes it never happen."""

    def __init__(self, action: Callable[[], object]):
        self.action, self.is_cancelled = action, False

    def cancel(self) -> None:
        """See that the action does not begin any more; one that runs goes on."""
        self.is_cancelled = True
        self.action = _nothing  # what it holds is not kept until it would have been due


def _nothing() -> None:
    """Do nothing."""


class Clock:
    """UTC as the local AWS has it: this machine's time and what it was moved forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._due: list[tuple[datetime, int, Timer]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def now(self) -> datetime:
        """Return the time as AWS keeps it: UTC, milliseconds."""
        time = datetime.now(UTC) + self._ahead
        return time.replace(microsecond=time.microsecond // 1000 * 1000)

    def advance(self, seconds: float) -> datetime:
        """Move the clock forward, let everything happen that is due by then; return the new time.

        Timers go off in their order, the clock standing at each one's time as it does, so that
        what one of them starts is timed from there.

        Raises:
            ValueError: the number is negative or not finite.
        """
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"The clock moves forward by a number of seconds, not by {seconds}.")
        end = self.now() + timedelta(seconds=seconds)
        while due := self._next(end):
            when, timer = due
            self._move(when)
            if not timer.is_cancelled:
                timer.action()
        self._move(end)
        return self.now()

    def after(self, seconds: float, action: Callable[[], object]) -> Timer:
        """Have an action done once, so many seconds from now, in a thread of the clock's."""
        timer = Timer(action)
        with self._changed:
            when = self.now() + timedelta(seconds=seconds)
            heapq.heappush(self._due, (when, next(self._numbers), timer))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="clock", daemon=True)
                self._thread.start()
            self._changed.notify()
        return timer

    def _move(self, when: datetime) -> None:
        with self._changed:
            self._ahead += max(timedelta(), when - self.now())
            self._changed.notify()

    def _next(self, end: datetime) -> tuple[datetime, Timer] | None:
        """Take the first timer that is due by `end`."""
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
            if due := self._next(self.now()):
                _, timer = due
                if not timer.is_cancelled:
                    threading.Thread(target=timer.action, name="timer", daemon=True).start()
                del due, timer  # while the next one is waited for
