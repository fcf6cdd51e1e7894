"""The workers that serve one configuration of an endpoint; knows processes, and no document."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local_aws.services.sagemaker.hosting.http_client import Answer
from local_aws.services.sagemaker.hosting.server_process import (
    ANSWER_SECONDS,
    GRACE_SECONDS,
    ServerProcess,
)

Start = Callable[[dict], ServerProcess]


class Retired(Exception):
    """The fleet takes no more requests: another serves in its place, or none does."""


class Seat:
    """One instance's place in a fleet; a worker that has died is replaced."""

    def __init__(self, start: Callable[[], ServerProcess]):
        self._start, self._lock = start, threading.Lock()
        self._worker: ServerProcess | None = None
        self._closed = False

    def worker(self) -> ServerProcess:
        """Return a worker that lives, though it may not be ready.

        Raises:
            Retired: the seat is closed.
            StartFailed, OSError: the model's archive can't be staged.
        """
        with self._lock:
            if self._closed:
                raise Retired
            if self._worker is None or not self._worker.alive:
                self._drop(0.0)
                self._worker = self._start()
            return self._worker

    def give_up(self, worker: ServerProcess) -> None:
        """End a worker that takes no more requests; the next to ask gets another."""
        with self._lock:
            if self._worker is worker:
                self._drop(0.0)

    def close(self, grace: float) -> None:
        """End the worker within `grace` seconds; no other takes its place."""
        with self._lock:
            self._closed = True
            self._drop(grace)

    def _drop(self, grace: float) -> None:
        if self._worker is not None:
            self._worker.stop(grace)
            self._worker = None


class Fleet:
    """All workers of a plan: `EndpointConfigs.plan` says how many of which.

    Args:
        start: makes the worker of one variant.
    """

    def __init__(self, plan: list[dict], start: Start):
        self._seats = {variant["VariantName"]: _seats(variant, start) for variant in plan}
        self._weights = {
            variant["VariantName"]: variant.get("InitialVariantWeight", 1.0) for variant in plan
        }
        self._change, self._busy, self._retired = threading.Condition(), 0, False

    @property
    def variants(self) -> list[str]:
        """Names of the variants."""
        return list(self._seats)

    def launch(self) -> None:
        """Start all workers side by side and return once they are ready.

        Raises:
            StartFailed, OSError: one did not come up.
            Retired: the fleet was stopped meanwhile.
        """
        for worker in [seat.worker() for seats in self._seats.values() for seat in seats]:
            worker.wait_until_ready()
        if self._retired:
            raise Retired

    def choose(self) -> str:
        """Return a variant by chance, as often as its weight says."""
        return random.choices(self.variants, list(self._weights.values()))[0]

    def answer(self, variant: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Let a variant's next worker answer.

        Raises:
            Retired: the fleet takes no more requests.
            StartFailed: a worker had died, and none comes up in its place.
            OSError: the worker ended while it answered, or took too long.
        """
        with self._counted():
            seat = self._next(variant)
            worker = _ready(seat)
            try:
                return worker.answer(body, headers)
            except ConnectionRefusedError:  # it died unseen, and knows nothing of this request
                seat.give_up(worker)
            return _ready(seat).answer(body, headers)

    def _next(self, variant: str) -> Seat:
        with self._change:
            seats = self._seats[variant]
            seats.append(seats.pop(0))
            return seats[-1]

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._change:
            if self._retired:
                raise Retired
            self._busy += 1
        try:
            yield
        finally:
            with self._change:
                self._busy -= 1
                self._change.notify_all()

    def retire(self) -> None:
        """Answer what has been accepted, then end all workers."""
        with self._change:
            self._retired = True
            self._change.wait_for(lambda: not self._busy, ANSWER_SECONDS)
        self.stop()

    def stop(self, grace: float = GRACE_SECONDS) -> None:
        """End all workers now: each answers what it has begun within `grace` seconds."""
        self._retired = True
        for seats in self._seats.values():
            for seat in list(seats):
                seat.close(grace)


def _ready(seat: Seat) -> ServerProcess:
    worker = seat.worker()
    worker.wait_until_ready()
    return worker


def _seats(variant: dict, start: Start) -> list[Seat]:
    return [Seat(lambda: start(variant)) for _ in range(variant.get("InitialInstanceCount", 1))]
