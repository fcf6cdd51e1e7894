"""The workers of a serverless variant: they come with requests and go after idleness.

A request gets a worker of its own, up to MaxConcurrency; those of ProvisionedConcurrency stay. AWS
tells no time of idleness; here it is five minutes of the one clock. At its creation an endpoint
starts a worker once to see that the model serves, and ends it.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from local_aws.services.sagemaker.hosting.fleet import Fleet, Retired, Seat, Start
from local_aws.services.sagemaker.hosting.server_process import GRACE_SECONDS
from local_aws.state.clock import Clock

IDLE_SECONDS = 300.0


class Throttled(Exception):
    """As many requests are being answered as the variant's MaxConcurrency."""


class ServerlessFleet(Fleet):
    """The one serverless variant of a deployment."""

    def __init__(self, deployment: dict, start: Start, chance: random.Random, clock: Clock):
        super().__init__(deployment, start, chance)
        (variant,) = deployment["plan"]
        config = variant["ServerlessConfig"]
        self._clock, self._most = clock, config["MaxConcurrency"]
        self._kept = config.get("ProvisionedConcurrency", 0)
        self.memory = config["MemorySizeInMB"] * 2**20

    def launch(self) -> None:
        """See that a worker comes up, and keep as many as are provisioned.

        Raises:
            StartFailed, OSError: one did not come up.
            Retired: the fleet was stopped meanwhile.
        """
        if not self._kept:
            (variant,) = self._seats
            self._growing = [probe := self._seat(variant)]
            try:
                probe.ready()
            finally:
                probe.close(0.0)
                self._growing = []
        super().launch()
        for seat in self._seats[next(iter(self._seats))]:
            seat.worker().setup_seconds()  # no request has waited for it

    @contextmanager
    def _taken(self, variant: str) -> Iterator[Seat]:
        """Give a request a seat of its own: one that waits for it, or a new one.

        Raises:
            Retired: the fleet takes no more requests.
            Throttled: all seats are taken.
        """
        with self._change:
            if self._retired:
                raise Retired
            seats = self._seats[variant]
            seat = next((each for each in seats if not each.busy), None)
            if seat is None:
                if len(seats) >= self._most:
                    raise Throttled
                seats.append(seat := self._seat(variant))
            seat.busy, seat.uses = 1, seat.uses + 1
        try:
            yield seat
        finally:
            with self._change:
                seat.busy = 0
                self._change.notify_all()
            self._clock.after(IDLE_SECONDS, partial(self._release, variant, seat, seat.uses))

    def _release(self, variant: str, seat: Seat, uses: int) -> None:
        """End a worker that has answered nothing since its `uses`-th request."""
        with self._change:
            seats = self._seats[variant]
            if seat not in seats[self._kept :] or seat.busy or seat.uses != uses:
                return
            seats.remove(seat)
        seat.close(GRACE_SECONDS)

    @property
    def utilization(self) -> float:
        """Share of MaxConcurrency that is being used."""
        with self._change:
            return sum(seat.busy for seats in self._seats.values() for seat in seats) / self._most
