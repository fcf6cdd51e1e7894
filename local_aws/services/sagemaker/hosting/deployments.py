"""The fleets of all endpoints: brings up new ones, shifts traffic, ends old ones; no document."""

import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from local_aws.errors import AwsError
from local_aws.services.sagemaker.hosting import serverless
from local_aws.services.sagemaker.hosting.fleet import Fleet, Retired
from local_aws.services.sagemaker.hosting.rollout import Policy, Rollout
from local_aws.services.sagemaker.hosting.server_process import ServerProcess
from local_aws.services.sagemaker.hosting.serverless_fleet import ServerlessFleet
from local_aws.services.sagemaker.hosting.serving_images import StartFailed
from local_aws.state.clock import Clock
from local_aws.state.disk import worded

log = logging.getLogger(__name__)

LAST_GRACE_SECONDS = 2.0
"""For what servers still answer when the local AWS itself ends."""
Note = Callable[[str, str | None], None]
"""Is told an endpoint's new status and the reason of a failure, with the lock held."""


@dataclass
class Coming:
    """A fleet that shall serve once it is ready."""

    fleet: Fleet
    note: Note
    share: float = 0.0
    """Of the requests that it gets already."""
    rollout: Rollout | None = None


class Deployments:
    """What serves each endpoint, and what shall serve it.

    Args:
        start: makes the worker of an endpoint's variant.
        alarms_on: from names of alarms to those that are in ALARM.
        chance: draws fleets and variants.
        lag: returns by how many seconds a change takes longer, as on AWS.
    """

    def __init__(
        self, start: Callable[[str, dict], ServerProcess], clock: Clock,
        alarms_on: Callable[[Sequence[str]], list[str]], chance: random.Random,
        lag: Callable[[], float],
    ):  # fmt: skip
        self._start, self._clock, self._alarms_on = start, clock, alarms_on
        self._chance, self._lag = chance, lag
        self._serving: dict[str, Fleet] = {}
        self._coming: dict[str, Coming] = {}
        self._ending = False
        self.listeners: list[Callable[[str], None]] = []
        """Are told the name of an endpoint after what serves it has changed."""
        self.lock = threading.RLock()
        """Held while what is noted and what serves change together."""

    def pick(self, name: str) -> Fleet | None:
        """Return the fleet that answers an endpoint's next request; None where none does."""
        coming = self._coming.get(name)
        if coming and self._chance.random() < coming.share:
            return coming.fleet
        return self._serving.get(name)

    def serving(self, name: str) -> Fleet | None:
        """Return the fleet that serves an endpoint, during an update the old one."""
        return self._serving.get(name)

    def names(self) -> list[str]:
        """Return the endpoints that something serves."""
        return list(self._serving)

    def tell(self, name: str) -> None:
        """Tell the listeners that what serves an endpoint has changed."""
        for listener in self.listeners:
            listener(name)

    def coming(self, name: str) -> Coming | None:
        """Return the fleet that shall serve an endpoint."""
        return self._coming.get(name)

    def begin(self, name: str, deployment: dict, policy: Policy | None, note: Note) -> None:
        """Bring up a fleet and let it serve in place of the one that serves now.

        Args:
            policy: how traffic shifts; None: at once.
        """
        self.refuse_at_the_end()
        made = (deployment, partial(self._start, name), self._chance)
        is_serverless = serverless.is_serverless(deployment["plan"])
        fleet = ServerlessFleet(*made, self._clock) if is_serverless else Fleet(*made)
        coming = self._coming[name] = Coming(fleet, note)
        _in_background(f"deploy-{name}", self._launch, name, coming, policy)

    def refuse_at_the_end(self) -> None:
        """Refuse to begin anything while the server ends.

        Raises:
            AwsError: it does.
        """
        if self._ending:
            raise AwsError("ServiceUnavailable", "The local AWS is being stopped.", 503)

    def _launch(self, name: str, coming: Coming, policy: Policy | None) -> None:
        reason = _reason_of(name, coming.fleet.launch)
        if reason is not None:
            coming.fleet.stop()
        self._clock.sleep(self._lag())
        if reason is not None or policy is None or name not in self._serving:
            return self._finish(name, coming, reason)

        def shift(share: float) -> None:
            coming.share = share

        def finish(why: str | None) -> None:
            # Not in the clock's thread: the fleet that goes has requests to answer.
            _in_background(f"finish-{name}", self._finish, name, coming, why)

        with self.lock:
            if self._coming.get(name) is coming:
                rollout = Rollout(policy, self._clock, self._alarms_on, shift, finish)
                coming.rollout = rollout
                rollout.start()

    def _finish(self, name: str, coming: Coming, reason: str | None) -> None:
        """Let the new fleet serve and end the old one; with a reason, the other way round."""
        with self.lock:
            if self._coming.get(name) is not coming:
                return  # deleted meanwhile, which has stopped it
            old = self._serving.get(name)
            if reason is None:
                self._serving[name] = coming.fleet
                del self._coming[name]
                coming.note("InService", None)
            elif coming.rollout:
                coming.share = 0.0
                coming.note("RollingBack", reason)
        self.tell(name)
        if reason is not None:
            old = coming.fleet
        if old:
            old.retire()
        if reason is not None:
            with self.lock:
                if self._coming.get(name) is coming:
                    del self._coming[name]
                    # A failed update leaves the old instances serving, as on AWS.
                    coming.note("InService" if name in self._serving else "Failed", reason)

    def scale(
        self, name: str, counts: dict[str, int], weights: dict[str, float], note: Note
    ) -> None:
        """Give variants of the fleet that serves other numbers of instances, then other weights."""
        self.refuse_at_the_end()
        fleet = self._serving[name]
        _in_background(f"scale-{name}", self._scale, name, fleet, counts, weights, note)

    def _scale(
        self, name: str, fleet: Fleet, counts: dict[str, int], weights: dict[str, float], note: Note
    ) -> None:
        before, reason = {variant: fleet.instances(variant) for variant in counts}, None
        for variant in sorted(counts, key=lambda each: before[each] - counts[each]):
            if reason := _reason_of(name, partial(fleet.resize, variant, counts[variant])):
                break
        if reason is not None:
            for variant, count in before.items():
                if fleet.instances(variant) > count:
                    fleet.resize(variant, count)
        self._clock.sleep(self._lag())
        with self.lock:
            if self._serving.get(name) is fleet:
                if reason is None:
                    fleet.weigh(weights)
                note("InService", reason)
        self.tell(name)

    def drop(self, name: str) -> list[Fleet]:
        """Let nothing serve an endpoint any more; return the fleets to stop."""
        with self.lock:
            fleet, coming = self._serving.pop(name, None), self._coming.pop(name, None)
        if coming and coming.rollout:
            coming.rollout.cancel()
        return [each for each in (fleet, coming and coming.fleet) if each]

    def end(self) -> None:
        """End all workers."""
        with self.lock:
            self._ending = True
            names = {*self._serving, *self._coming}
            fleets = [fleet for name in names for fleet in self.drop(name)]
        for fleet in fleets:
            fleet.stop(LAST_GRACE_SECONDS)


def _in_background(name: str, target: Callable, *arguments: object) -> None:
    threading.Thread(target=target, args=arguments, name=name, daemon=True).start()


def _reason_of(name: str, work: Callable[[], object]) -> str | None:
    """Do some work on an endpoint; return the reason of its failure, or None."""
    try:
        work()
    except (StartFailed, AwsError, OSError, Retired) as error:
        return worded(error) or "The endpoint was stopped."
    except Exception as error:
        log.exception("endpoint %s", name)
        return f"InternalServerError: {type(error).__name__}: {worded(error)}"
    return None
