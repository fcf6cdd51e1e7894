"""Capacities are those that AWS's rules give."""

import pytest

from local_aws.services.autoscaling.tracking import Decision, Reading, decide, proportional


def reading(value, name="a", high=None, low=None, **more):
    high = value > 10 if high is None else high
    low = value < 9 if low is None else low
    return Reading(name, 10.0, value, high, low, **more)


@pytest.mark.parametrize(
    "current, value, capacity",
    [(1, 40, 4), (1, 41, 5), (4, 2.5, 1), (4, 2.6, 2), (3, 10 / 3, 1), (0, 25, 3), (2, 0, 0)],
)
def test_capacity_is_in_proportion_to_the_metric_and_rounded_up(current, value, capacity):
    assert proportional(current, value, 10) == capacity


@pytest.mark.parametrize("value, current, capacity", [(90, 1, 5), (1, 4, 2), (10, 3, None)])
def test_limits_hold(value, current, capacity):
    decision = decide([reading(value)], current, 2, 5)
    assert (decision and decision.capacity) == capacity


def test_within_the_cooldown_only_a_larger_scale_out_counts():
    assert decide([reading(40, added=3)], 4, 1, 9) is None
    assert decide([reading(50, added=3)], 4, 1, 9) == Decision("a", 5)
    assert decide([reading(20)], 4, 1, 9) == Decision("a", 8)


def test_a_cooldown_after_scaling_in_holds_back_scaling_in_alone():
    assert decide([reading(1, cools_in=True)], 4, 1, 9) is None
    assert decide([reading(20, cools_in=True)], 2, 1, 9) == Decision("a", 4)


def test_one_policy_scales_out_and_all_must_agree_to_scale_in():
    assert decide([reading(20), reading(1, "b")], 2, 1, 9) == Decision("a", 4)
    assert decide([reading(9.5), reading(1, "b")], 2, 1, 9) is None
    assert decide([reading(2), reading(5, "b")], 4, 1, 9) == Decision("b", 2)
    assert decide([reading(9.5, scales_in=False), reading(1, "b")], 2, 1, 9) == Decision("b", 1)


def test_an_alarm_without_a_value_scales_nothing():
    assert decide([Reading("a", 10.0, None, True, False)], 2, 1, 9) is None
    assert decide([Reading("a", 10.0, None, False, True)], 2, 1, 9) is None
