"""Makes lists late: they show what was created or deleted some seconds ago as AWS's lists do.

Knows keys and times, and remembers only while a fault asks for it (`lagging`, state/faults.py).
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from local_aws.state.clock import Clock

Item = tuple[str, dict]
"""A document's key and the document."""


class LateLists:
    """What was lately created and deleted, by kind of document.

    Args:
        seconds: how late lists are now; 0 where no fault asks for it.
    """

    def __init__(self, clock: Clock, seconds: Callable[[], float]):
        self._clock, self._seconds, self._lock = clock, seconds, threading.Lock()
        self._created: dict[tuple[str, str], datetime] = {}
        self._deleted: dict[tuple[str, str], tuple[datetime, dict]] = {}

    @property
    def on(self) -> bool:
        """Whether lists are late now."""
        return self._seconds() > 0

    def created(self, kind: str, key: str) -> None:
        """Note that a document is new."""
        with self._lock:
            self._created[kind, key] = self._clock.now()
            self._deleted.pop((kind, key), None)

    def deleted(self, kind: str, key: str, document: dict) -> None:
        """Note that a document is gone, and what it was."""
        with self._lock:
            self._deleted[kind, key] = self._clock.now(), document

    def view(self, kind: str, items: list[Item]) -> list[Item]:
        """Return the items of a kind as a list shows them now, by key."""
        if not (seconds := self._seconds()):
            return items
        since = self._clock.now() - timedelta(seconds=seconds)
        with self._lock:
            new = {key for (of, key), time in self._created.items() if of == kind and time > since}
            gone = {
                key: document
                for (of, key), (time, document) in self._deleted.items()
                if of == kind and time > since
            }
        shown = {key: document for key, document in items if key not in new}
        return sorted((shown | gone).items())
