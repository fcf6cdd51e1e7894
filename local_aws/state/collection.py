"""Documents of one kind by name, for the engines of jobs, models and endpoints; knows no kind."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from local_aws.state.documents import Documents
from local_aws.state.late_lists import LateLists


class Collection:
    """The documents of one kind: it returns copies, and `update` changes a document.

    A key that starts with `_` is private to the engine: `public` leaves it out.
    """

    def __init__(self, documents: Documents, kind: str):
        self._documents, self._kind = documents, kind

    def transaction(self) -> AbstractContextManager:
        """Make all writes inside one change, those to other collections of these documents too."""
        return self._documents.transaction()

    def add(self, name: str, document: dict) -> bool:
        """Keep a new document; False, and no change, where the name is taken."""
        with self.transaction():
            if name in self:
                return False
            self.put(name, document)
            return True

    def put(self, name: str, document: dict) -> None:
        """Keep a document; it is on disk when this returns."""
        is_new = self._late is not None and name not in self
        self._documents.put(self._kind, name, document)
        if is_new:
            self._late.created(self._kind, name)

    def get(self, name: str) -> dict | None:
        """Return a copy of a document, or None."""
        return self._documents.get(self._kind, name)

    def update(self, name: str, change: Callable[[dict], object], late: bool = False) -> dict:
        """Apply `change` to a document in place, write it, and return it.

        Where `change` raises, the document stays as it was.

        Args:
            late: on a full disk, keep the change in memory until there is room
                (`Documents.put_late`): for events that can't be refused.

        Raises:
            KeyError: there is no document of that name.
        """
        with self._documents.lock:
            if (document := self.get(name)) is None:
                raise KeyError(name)
            change(document)
            put = self._documents.put_late if late else self._documents.put
            put(self._kind, name, document)
            return document

    def delete(self, name: str) -> None:
        """Delete a document; an unknown name is no error."""
        document = self._late and self.get(name)
        self._documents.delete(self._kind, name)
        if document:
            self._late.deleted(self._kind, name, document)

    def listed(self) -> list[dict]:
        """Return the documents as a list operation shows them: late where a fault asks for it."""
        items = self._documents.items(self._kind)
        return [
            document
            for _, document in (self._late.view(self._kind, items) if self._late else items)
        ]

    @property
    def _late(self) -> LateLists | None:
        lists = self._documents.lists
        return lists if lists and lists.on else None

    def keys(self) -> list[str]:
        """Return the documents' names, sorted."""
        return [key for key, _ in self._documents.items(self._kind)]

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __iter__(self) -> Iterator[dict]:
        return iter([document for _, document in self._documents.items(self._kind)])


def public(document: dict) -> dict:
    """Return a document without the private keys."""
    return {key: value for key, value in document.items() if not key.startswith("_")}
