"""The messages of queues, as documents in the order of their arrival; knows no request.

A message is invisible until its time `visible`; a time is in milliseconds since 1970.
"""

import itertools
import secrets
import threading
import uuid

from local_aws.state.clock import Clock
from local_aws.state.documents import Documents

KIND = "queue-message"


class Messages:
    """The messages of all queues. A change is on disk when its method returns.

    Reading a queue reads all its messages: for thousands of them, not for millions.
    """

    def __init__(self, documents: Documents, clock: Clock):
        self._documents, self._clock = documents, clock
        self.arrived = threading.Condition()
        last = max((int(key.split("/")[1]) for key, _ in documents.items(KIND)), default=0)
        self._numbers = itertools.count(last + 1)

    def now(self) -> int:
        """Return the clock's time."""
        return int(self._clock.now().timestamp() * 1000)

    def send(self, queue: str, body: str, attributes: dict, delay_seconds: int) -> dict:
        """Keep a new message and return it."""
        now = self.now()
        message = {
            "id": str(uuid.uuid4()), "body": body, "attributes": attributes, "sent": now,
            "visible": now + delay_seconds * 1000, "receives": 0,
        }  # fmt: skip
        self._add(queue, message)
        return message

    def receive(
        self, queue: dict, count: int, timeout_seconds: int, dead: tuple[str, int] | None
    ) -> list[dict]:
        """Return visible messages, each with a new handle, and make them invisible for a time.

        Args:
            dead: the dead-letter queue, which a message goes to instead that was received so often.
        """
        received, now = [], self.now()
        with self._documents.transaction():
            for key, message in self.all(queue):
                if len(received) == count:
                    break
                if message["visible"] > now:
                    continue
                if dead and message["receives"] >= dead[1]:
                    self._documents.delete(KIND, key)
                    self._add(dead[0], {**message, "from": queue["arn"], "receives": 0})
                    continue
                handle = f"{key.split('/')[1]}-{secrets.token_hex(16)}"
                message.update(handle=handle, visible=now + timeout_seconds * 1000)
                message["receives"] += 1
                message.setdefault("first", now)
                self._documents.put(KIND, key, message)
                received.append(message)
        return received

    def all(self, queue: dict) -> list[tuple[str, dict]]:
        """Return the messages of a queue that are not too old, oldest first; forget the others."""
        oldest = self.now() - int(queue["attributes"]["MessageRetentionPeriod"]) * 1000
        kept = []
        for key, message in self._documents.items(KIND, f"{queue['name']}/"):
            if message["sent"] < oldest:
                self._documents.delete(KIND, key)
            else:
                kept.append((key, message))
        return kept

    def delete(self, queue: str, handle: str) -> None:
        """Delete a message, unless it was received again: then only its newest handle does it."""
        key = f"{queue}/{handle.partition('-')[0]}"
        with self._documents.transaction():
            message = self._documents.get(KIND, key)
            if message and message.get("handle") == handle:
                self._documents.delete(KIND, key)

    def purge(self, queue: str) -> None:
        """Delete all messages of a queue."""
        self._documents.delete_prefix(KIND, f"{queue}/")

    def _add(self, queue: str, message: dict) -> None:
        self._documents.put(KIND, f"{queue}/{next(self._numbers):016}", message)
        with self.arrived:
            self.arrived.notify_all()
