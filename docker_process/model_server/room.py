"""Counts the requests that a server holds, and their bytes; knows no HTTP and no process."""

from collections.abc import Iterator
from contextlib import contextmanager

MOST_REQUESTS = 100
"""Requests that are being read, wait for a worker or are being answered."""
MOST_BYTES = 600 * 2**20
"""Of all their bodies: a hundred of 6 MB, which a small instance's memory has."""


class Full(Exception):
    """There is no room for a request; the message is for its client."""


class Room:
    """The room of one server."""

    def __init__(self):
        self._requests, self._bytes = 0, 0

    def enter(self) -> "Place":
        """Take a place for one request, which is left once it is answered.

        Raises:
            Full: too many requests are held.
        """
        if self._requests >= MOST_REQUESTS:
            raise Full(f"{MOST_REQUESTS} requests wait for an answer: ask again later")
        self._requests += 1
        return Place(self)

    @contextmanager
    def place(self) -> Iterator["Place"]:
        """Hold a place for one request until the block ends.

        Raises:
            Full: too many requests are held.
        """
        place = self.enter()
        try:
            yield place
        finally:
            self.leave(place)

    def leave(self, place: "Place") -> None:
        """Give a place and its bytes back."""
        self._requests -= 1
        self._bytes -= place.size

    def take(self, size: int) -> None:
        """Take so many bytes.

        Raises:
            Full: too many bytes are held.
        """
        self._bytes += size
        if self._bytes > MOST_BYTES:
            raise Full(f"The requests that wait have {MOST_BYTES >> 20} MB: ask again later")


class Place:
    """One request's place, and the size of its body so far."""

    def __init__(self, room: Room):
        self._room, self.size = room, 0

    def grow(self, size: int) -> None:
        """Count a piece of the body.

        Raises:
            Full: too many bytes are held.
        """
        self.size += size
        self._room.take(size)
