"""Documents of one kind under their names, for the engines of jobs, models and endpoints."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from helpers.local_aws.documents import Documents


class Shelf:
    """One kind of document; what it hands out are copies, change them through `update`."""

    def __init__(self, documents: Documents, kind: str):
        self._documents, self._kind = documents, kind
        self._lock = threading.RLock()

    def put(self, name: str, document: dict) -> None:
        """Keep a document; it is on disk when this returns."""
        self._documents.put(self._kind, name, document)

    def get(self, name: str) -> dict | None:
        """Return a copy of a document, or None."""
        return self._documents.get(self._kind, name)

    def update(self, name: str, change: Callable[[dict], object]) -> dict:
        """Apply `change` to a document in place and keep it; return the new one.

        Raises:
            KeyError: there is no document of that name.
        """
        with self._lock:
            if (document := self.get(name)) is None:
                raise KeyError(name)
            change(document)
            self.put(name, document)
            return document

    def delete(self, name: str) -> None:
        """Forget a document; a name that is not known is no error."""
        self._documents.delete(self._kind, name)

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __iter__(self) -> Iterator[dict]:
        return iter([document for _, document in self._documents.items(self._kind)])


def now() -> datetime:
    """Return the time as AWS keeps it: UTC, milliseconds."""
    time = datetime.now(UTC)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)
