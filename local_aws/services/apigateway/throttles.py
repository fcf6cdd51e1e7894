"""Token buckets: how many requests a second are let through; knows numbers, and no caller.

Contract: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""

import threading
from collections.abc import Hashable
from datetime import datetime

from local_aws.state.clock import Clock


class Throttles:
    """A bucket for each of a plan's keys, and for each method of a stage; full after a restart."""

    def __init__(self, clock: Clock):
        self._clock, self._lock = clock, threading.Lock()
        self._buckets: dict[Hashable, tuple[float, datetime]] = {}

    def admit(self, name: Hashable, rate: float | None, burst: float | None) -> bool:
        """Take a token of a bucket; False where none is left. Without a rate none is needed."""
        if rate is None:
            return True
        size, now = max(burst or 0, 0), self._clock.now()
        with self._lock:
            left, since = self._buckets.get(name, (size, now))
            left = min(size, left + rate * (now - since).total_seconds())
            self._buckets[name] = (left - 1 if left >= 1 else left), now
            return left >= 1
