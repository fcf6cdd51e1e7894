"""The instances that serve one deployment of an endpoint; knows processes, and no document."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import BinaryIO, NamedTuple

from local_aws.services.sagemaker.hosting.configs import count_of, weight_of
from local_aws.services.sagemaker.hosting.http_client import Answer
from local_aws.services.sagemaker.hosting.server_process import (
    ANSWER_SECONDS,
    GRACE_SECONDS,
    ServerProcess,
)

Start = Callable[[dict], ServerProcess]


class Retired(Exception):
    """The fleet takes no more requests: another serves in its place, or none does."""


class Closed(ConnectionError):
    """The instance was taken away while it answered; another may answer the request."""


class Answered(NamedTuple):
    """What a worker answered, and what it took.

    Args:
        seconds: of the model.
        setup_seconds: of the worker's start, for the first request that it answers.
        memory: bytes that the worker has after it; None where it has no limit.
        concurrent: requests that its instance had when this one came, with it.
    """

    answer: Answer
    seconds: float
    setup_seconds: float | None = None
    memory: int | None = None
    concurrent: int = 1


class Seat:
    """One instance's place in a fleet; a worker that has died is replaced."""

    def __init__(self, start: Callable[[], ServerProcess]):
        self._start, self._lock = start, threading.Lock()
        self._worker: ServerProcess | None = None
        self._closed = False
        self.busy = 0
        """Requests that it answers now; the fleet's lock guards it."""
        self.uses = 0
        """Requests that it has got, as far as a fleet counts them."""

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

    def ready(self, seconds: float | None = None) -> ServerProcess:
        """Return a worker that is ready within some seconds, or within those of a start.

        Raises:
            TimeoutError: it is not.
            StartFailed, OSError: it does not come up.
            Retired: the seat is closed.
        """
        worker = self.worker()
        worker.wait_until_ready(seconds)
        return worker

    @property
    def is_closed(self) -> bool:
        """Say whether no worker takes the place of the last one."""
        return self._closed

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
    """All instances of a deployment: `EndpointConfigs.deployment` says how many of which.

    Args:
        start: makes the worker of one variant.
        chance: draws variants.
    """

    def __init__(self, deployment: dict, start: Start, chance: random.Random):
        self.deployment = deployment
        self._start, self._chance = start, chance
        plan = {variant["VariantName"]: variant for variant in deployment["plan"]}
        self._plan = plan
        self._seats = {
            name: [self._seat(name) for _ in range(count_of(variant))]
            for name, variant in plan.items()
        }
        weights = {name: weight_of(variant) for name, variant in plan.items()}
        self._shadows = {name: weights.pop(name) for name in plan if plan[name].get("Shadow")}
        self._weights = weights
        self._change, self._retired = threading.Condition(), False
        self._growing: list[Seat] = []

    def _seat(self, variant: str) -> Seat:
        return Seat(lambda: self._start(self._plan[variant]))

    @property
    def variants(self) -> list[str]:
        """Names of the production variants."""
        return list(self._weights)

    def instances(self, variant: str) -> int:
        """Return the number of a variant's instances; 0 for a variant of another fleet."""
        return len(self._seats.get(variant, ()))

    def launch(self) -> None:
        """Start all workers side by side and return once they are ready.

        Raises:
            StartFailed, OSError: one did not come up.
            Retired: the fleet was stopped meanwhile.
        """
        for worker in [seat.worker() for seat in chain(*self._seats.values())]:
            worker.wait_until_ready()
        if self._retired:
            raise Retired

    def weigh(self, weights: dict[str, float]) -> None:
        """Give variants other weights."""
        new = self._weights | weights
        self._shadows = {name: new.pop(name, old) for name, old in self._shadows.items()}
        self._weights = new

    def resize(self, variant: str, count: int) -> None:
        """Give a variant a number of instances.

        New ones are ready, and old ones have answered what they had begun, when it returns.

        Raises:
            StartFailed, OSError, Retired: a new one did not come up; none is added.
        """
        seats = self._seats[variant]
        new = [self._seat(variant) for _ in range(count - len(seats))]
        with self._change:
            self._growing += new
        try:
            for worker in [seat.worker() for seat in new]:
                worker.wait_until_ready()
            with self._change:
                if self._retired:
                    raise Retired
                seats += new
        except BaseException:
            for seat in new:
                seat.close(0.0)
            raise
        finally:
            self._growing = []
        with self._change:
            gone = seats[count:]
            del seats[count:]
            self._change.wait_for(lambda: not any(seat.busy for seat in gone), ANSWER_SECONDS)
        for seat in gone:
            seat.close(GRACE_SECONDS)

    def choose(self) -> str | None:
        """Return a variant by chance, as often as its weight says; None if all weights are 0."""
        weights = self._weights
        if not any(weights.values()):
            return None
        return self._chance.choices(list(weights), list(weights.values()))[0]

    def shadows(self) -> list[str]:
        """Return the shadow variants that get a copy of a request, drawn by their weights.

        A shadow variant of half the production variant's weight gets half of the requests.
        """
        total = sum(self._weights.values())
        return [
            name for name, weight in self._shadows.items() if self._chance.random() * total < weight
        ]

    def role(self, variant: str) -> str | None:
        """Return the role of a variant's model, if it has one."""
        return self._plan[variant].get("Role")

    def answer(
        self, variant: str, body: bytes | BinaryIO, headers: dict[str, str],
        seconds: float | None = None,
    ) -> Answered:  # fmt: skip
        """Let a variant's next worker answer.

        Args:
            seconds: how long the model may take; None: as long as InvokeEndpoint allows.

        Raises:
            Retired: the fleet takes no more requests.
            Closed: the instance was taken away meanwhile.
            StartFailed: a worker had died, and none comes up in its place.
            NotReady: none has come up yet.
            OSError: the worker ended while it answered, or took too long.
        """
        with self._taken(variant) as seat:
            worker, concurrent = _ready(seat), seat.busy
            try:
                return _asked(worker, body, headers, seconds)._replace(concurrent=concurrent)
            except ConnectionRefusedError:  # it died unseen, and knows nothing of this request
                seat.give_up(worker)
            except ConnectionError as error:
                if seat.is_closed:
                    raise Closed(str(error)) from error
                raise
            return _asked(_ready(seat), body, headers, seconds)

    @contextmanager
    def _taken(self, variant: str) -> Iterator[Seat]:
        """Give a request its seat: the least busy one; those that are equally busy take turns."""
        with self._change:
            if self._retired:
                raise Retired
            if not (seats := self._seats[variant]):
                raise NotReady
            seat = min(seats, key=lambda each: each.busy)
            seats.remove(seat)
            seats.append(seat)
            seat.busy += 1
        try:
            yield seat
        finally:
            with self._change:
                seat.busy -= 1
                self._change.notify_all()

    def retire(self) -> None:
        """Answer what has been accepted, then end all workers."""
        with self._change:
            self._retired = True
            seats = list(chain(*self._seats.values()))
            self._change.wait_for(lambda: not any(seat.busy for seat in seats), ANSWER_SECONDS)
        self.stop()

    def stop(self, grace: float = GRACE_SECONDS) -> None:
        """End all workers now: each answers what it has begun within `grace` seconds."""
        with self._change:
            self._retired = True
            seats = [*chain(*self._seats.values()), *self._growing]
        for seat in seats:
            seat.close(grace)


class NotReady(Exception):
    """No worker has come up in the time that a request has."""


def _asked(
    worker: ServerProcess, body: bytes | BinaryIO, headers: dict[str, str], seconds: float | None
) -> Answered:
    began = time.monotonic()
    answer = worker.answer(body, headers, seconds)
    took = time.monotonic() - began
    return Answered(answer, took, worker.setup_seconds(), worker.memory())


def _ready(seat: Seat) -> ServerProcess:
    try:
        return seat.ready(ANSWER_SECONDS)
    except TimeoutError as error:
        raise NotReady from error
