"""The arithmetic of target tracking: capacities from metrics; knows no endpoint and no alarm.

Contract:
https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
Capacity is added in proportion to the metric and rounded up, so that what is removed is rounded
down. Of several policies the largest capacity counts, and all that may scale in must agree to it.
Within the cooldown of a scale-out, what it added counts as part of the next one: the metric may
still be of the capacity before, so the next capacity is computed from that, and only a larger one
is set. AWS publishes this rule and no formula.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Reading:
    """What one policy says of the load.

    Args:
        value: of the metric; None: it has none.
        added: instances that were added, while the cooldown of that lasts; else 0.
        cools_in: the cooldown of the last scale-in lasts.
    """

    name: str
    target: float
    value: float | None
    is_high: bool
    is_low: bool
    scales_in: bool = True
    added: int = 0
    cools_in: bool = False


@dataclass(frozen=True)
class Decision:
    """A new capacity, and the policy that it comes from."""

    policy: str
    capacity: int


def proportional(current: int, value: float, target: float) -> int:
    """Return the capacity at which the metric would be at its target, rounded up.

    Without instances the metric counts as that of one.
    """
    return ceil(max(current, 1) * value / target - _ROUNDING)


def decide(readings: Sequence[Reading], current: int, least: int, most: int) -> Decision | None:
    """Return the capacity that policies want instead of the current one; None: they want none.

    Args:
        least, most: the limits of the capacity.
    """
    if out := [_out(each, current) for each in readings if each.is_high and each.value is not None]:
        best = max(out, key=lambda each: each.capacity)
        best = Decision(best.policy, min(best.capacity, most))
        return best if best.capacity > current else None
    inward = [each for each in readings if each.scales_in]
    if not inward or not all(
        each.is_low and each.value is not None and not each.cools_in for each in inward
    ):
        return None
    wanted = [
        Decision(each.name, proportional(current, each.value, each.target)) for each in inward
    ]
    best = max(wanted, key=lambda each: each.capacity)
    best = Decision(best.policy, max(best.capacity, least))
    return best if best.capacity < current else None


def _out(reading: Reading, current: int) -> Decision:
    before = current - reading.added
    return Decision(reading.name, proportional(before, reading.value, reading.target))
