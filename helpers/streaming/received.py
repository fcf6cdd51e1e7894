"""Counts the bytes that a reader receives from its source, whatever that is; opens nothing."""

import threading
from collections.abc import Callable
from typing import Any, BinaryIO


class Received:
    """The bytes received so far; several threads may add to them."""

    def __init__(self) -> None:
        self.bytes, self._lock = 0, threading.Lock()

    def add(self, count: int) -> None:
        """Add received bytes."""
        with self._lock:
            self.bytes += count

    def opener(self, open_part: Callable[..., BinaryIO]) -> Callable[..., BinaryIO]:
        """Return the same way to open something, whose reads are counted."""
        return lambda *where: CountedBody(open_part(*where), self)

    def watch(self, client: Any) -> Any:
        """Return an S3 client; from now on the bytes read of its objects' bodies are counted."""
        client.meta.events.register("after-call.s3.GetObject", self._see)
        return client

    def _see(self, parsed: dict, **_: object) -> None:
        if hasattr(parsed.get("Body"), "read"):
            parsed["Body"] = CountedBody(parsed["Body"], self)


class CountedBody:
    """A body whose reads are counted."""

    def __init__(self, body: Any, received: Received) -> None:
        self._body, self._received = body, received

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, all that are left by default; b"" at the end."""
        data = self._body.read() if size < 0 else self._body.read(size)
        self._received.add(len(data))
        return data

    def close(self) -> None:
        """Close the body."""
        self._body.close()
