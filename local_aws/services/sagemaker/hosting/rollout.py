"""Shifts an endpoint's traffic to its new fleet in steps, on the one clock; knows no fleet.

Contract: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
After each step the new fleet bakes: if an alarm goes off, all traffic returns to the old one.
WaitIntervalInSeconds passes between two steps. After the last one the old fleet is kept for
TerminationWaitInSeconds, which is the last time to bake: so AWS's own example of a canary, twice
600 seconds within a limit of 1,800, comes to its end. AWS publishes no text of the reason: ours
says which alarm went off.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from local_aws.errors import AwsError
from local_aws.services.sagemaker.hosting import serverless
from local_aws.services.sagemaker.hosting.configs import count_of
from local_aws.state.clock import Clock, Timer

LOOK_SECONDS = 1.0
"""Between two looks at the alarms."""
BATCHES = {"CANARY": ("CanarySize", 0), "LINEAR": ("LinearStepSize", 10)}
"""The member with a batch's size, and its least percent; the most is 50."""
MOST_PERCENT = 50


@dataclass(frozen=True)
class Policy:
    """How traffic shifts."""

    shares: tuple[float, ...]
    """The new fleet's share of the requests at each step; the last is all."""
    step_seconds: float
    """Between two steps."""
    keep_seconds: float
    """How long the old fleet is kept after the last step."""
    limit_seconds: float
    alarms: tuple[str, ...]


def policy_of(config: dict, plan: list[dict]) -> Policy:
    """Return the policy of a DeploymentConfig.

    Raises:
        AwsError: AWS refuses it.
    """
    update = config.get("BlueGreenUpdatePolicy", {})
    routing = update.get("TrafficRoutingConfiguration", {"Type": "ALL_AT_ONCE"})
    shares = _shares(routing, plan)
    step, keep = routing.get("WaitIntervalInSeconds", 0), update.get("TerminationWaitInSeconds", 0)
    limit = update.get("MaximumExecutionTimeoutInSeconds", float("inf"))
    if limit <= step * (len(shares) - 1) + keep:
        raise _refused("MaximumExecutionTimeoutInSeconds must be larger than all waits together.")
    alarms = config.get("AutoRollbackConfiguration", {}).get("Alarms", [])
    names = tuple(alarm["AlarmName"] for alarm in alarms if "AlarmName" in alarm)
    return Policy(shares, step, keep, limit, names)


def _shares(routing: dict, plan: list[dict]) -> tuple[float, ...]:
    kind = routing["Type"]
    for other, (member, _) in BATCHES.items():
        if (member in routing) != (kind == other):
            raise _refused(f"{member} is required for {other} alone, not for {kind}.")
    if kind not in BATCHES:
        return (1.0,)
    member, least = BATCHES[kind]
    size = routing[member]
    percent = size["Value"]
    if size["Type"] == "INSTANCE_COUNT":
        if serverless.is_serverless(plan):
            raise _refused(f"{member} of a serverless endpoint has the type CAPACITY_PERCENT.")
        percent *= 100 / sum(count_of(variant) for variant in plan)
    if not least <= percent <= MOST_PERCENT:
        limits = f"at least {least} % and " if least else ""
        raise _refused(
            f"{member} must be {limits}at most {MOST_PERCENT} % of the capacity, not {percent:g} %."
        )
    if kind == "CANARY":
        return (percent / 100, 1.0)
    steps = ceil(100 / percent - 1e-9)
    return (*(step * percent / 100 for step in range(1, steps)), 1.0)


def _refused(message: str) -> AwsError:
    return AwsError("ValidationException", message)


class Rollout:
    """One shift of traffic.

    Args:
        alarms_on: from names of alarms to those that are in ALARM.
        shift: gives the new fleet a share of the requests.
        finish: is called once, with None or the reason to roll back.
    """

    def __init__(
        self, policy: Policy, clock: Clock, alarms_on: Callable[[Sequence[str]], list[str]],
        shift: Callable[[float], None], finish: Callable[[str | None], None],
    ):  # fmt: skip
        self._policy, self._clock, self._alarms_on = policy, clock, alarms_on
        self._shift, self._finish = shift, finish
        self._steps = list(policy.shares)
        self._timer: Timer | None = None
        self._is_over = False
        self._began = self._until = clock.now()

    def start(self) -> None:
        """Take the first step; the others follow on the clock."""
        self._began = self._clock.now()
        self._step()

    def cancel(self) -> None:
        """Take no more steps."""
        self._is_over = True
        if self._timer:
            self._timer.cancel()

    def _step(self) -> None:
        self._shift(self._steps.pop(0))
        seconds = self._policy.step_seconds if self._steps else self._policy.keep_seconds
        self._until = self._clock.now() + timedelta(seconds=seconds)
        self._look()

    def _look(self) -> None:
        """Roll back if there is a reason, wait on, or go on."""
        if self._is_over:
            return
        left = (self._until - self._clock.now()).total_seconds()
        if reason := self._reason():
            self._end(reason)
        elif left > 0:
            self._timer = self._clock.after(min(left, LOOK_SECONDS), self._look)
        elif self._steps:
            self._step()
        else:
            self._end(None)

    def _end(self, reason: str | None) -> None:
        self._is_over = True
        self._finish(reason)

    def _reason(self) -> str | None:
        past = (self._clock.now() - self._began).total_seconds()
        if past > self._policy.limit_seconds:
            return "The deployment took longer than MaximumExecutionTimeoutInSeconds."
        try:
            alarms = self._policy.alarms and self._alarms_on(self._policy.alarms)
        except AwsError as error:
            return f"The alarms of AutoRollbackConfiguration can't be read: {error.message}"
        if alarms:
            return (
                "The deployment was rolled back to the old fleet: one or more alarms of"
                f" AutoRollbackConfiguration are in ALARM: {', '.join(alarms)}"
            )
        return None
