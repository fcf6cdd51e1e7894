"""Makes lists show creations and deletions some seconds late, as AWS's lists may.

Knows keys and times, and records them only while a fault rule (`lagging`, state/faults.py) is set.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from local_aws.state.clock import Clock

Item = tuple[str, dict]
"""A document's key and the document."""


class LateLists:
    """The documents that were created and deleted lately, by kind.

    Args:
        seconds: returns by how many seconds lists are late now; 0 without a rule.
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
        """Record the creation of a document."""
        with self._lock:
            self._created[kind, key] = self._clock.now()
            self._deleted.pop((kind, key), None)

    def deleted(self, kind: str, key: str, document: dict) -> None:
        """Record the deletion of a document, with the document."""
        with self._lock:
            self._deleted[kind, key] = self._clock.now(), document

    def view(self, kind: str, items: list[Item]) -> list[Item]:
        """Return the items of a kind that a list shows now, by key."""
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
