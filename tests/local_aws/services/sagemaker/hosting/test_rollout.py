"""Traffic shifts in the steps of its policy, on the clock, and returns when an alarm goes off."""

import pytest

from local_aws.errors import AwsError
from local_aws.services.sagemaker.hosting.rollout import Policy, Rollout, policy_of
from local_aws.state.clock import Clock

PLAN = [{"VariantName": "v", "InitialInstanceCount": 4}]


def config(kind, member="CanarySize", size="CAPACITY_PERCENT", value=20, wait=60, **more):
    routing = {"Type": kind, "WaitIntervalInSeconds": wait}
    if kind != "ALL_AT_ONCE":
        routing[member] = {"Type": size, "Value": value}
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, **more}}


@pytest.mark.parametrize(
    "config, shares",
    [
        ({}, (1.0,)),
        (config("ALL_AT_ONCE"), (1.0,)),
        (config("CANARY"), (0.2, 1.0)),
        (config("CANARY", size="INSTANCE_COUNT", value=1), (0.25, 1.0)),
        (config("LINEAR", "LinearStepSize", value=30), (0.3, 0.6, 0.9, 1.0)),
        (config("LINEAR", "LinearStepSize", value=50), (0.5, 1.0)),
        (config("LINEAR", "LinearStepSize", "INSTANCE_COUNT", 1), (0.25, 0.5, 0.75, 1.0)),
    ],
)
def test_a_policy_has_the_shares_of_its_steps(config, shares):
    assert policy_of(config, PLAN).shares == shares


@pytest.mark.parametrize(
    "config, words",
    [
        (config("CANARY", value=51), "at most 50 %"),
        (config("CANARY", size="INSTANCE_COUNT", value=3), "not 75 %"),
        (config("LINEAR", "LinearStepSize", value=9), "at least 10 %"),
        (config("LINEAR"), "CanarySize is required for CANARY alone"),
        (config("CANARY", "LinearStepSize"), "CanarySize is required"),
        (config("CANARY", wait=600, MaximumExecutionTimeoutInSeconds=600), "larger than all waits"),
    ],
)
def test_a_policy_that_aws_refuses_is_refused(config, words):
    with pytest.raises(AwsError, match=words):
        policy_of(config, PLAN)


class Watched:
    """A rollout whose steps are written down with the seconds since its start."""

    def __init__(self, policy, alarms=None):
        self.clock, self.events = Clock(), []
        self.alarms = alarms or (lambda seconds: [])
        self.began = self.clock.now()
        self.rollout = Rollout(
            policy, self.clock, self.alarms_on, self.write_down, self.write_down
        )  # fmt: skip
        self.rollout.start()

    @property
    def seconds(self):
        return round((self.clock.now() - self.began).total_seconds())

    def alarms_on(self, names):
        return self.alarms(self.seconds)

    def write_down(self, event):
        self.events.append((self.seconds, event))


def test_awss_own_example_of_a_canary_comes_to_its_end():
    # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-canary.html
    more = {"TerminationWaitInSeconds": 600, "MaximumExecutionTimeoutInSeconds": 1800}
    watched = Watched(policy_of(config("CANARY", value=30, wait=600, **more), PLAN))
    watched.clock.advance(3600)
    assert watched.events == [(0, 0.3), (600, 1.0), (1200, None)]


def test_the_steps_bake_and_the_old_fleet_is_kept_for_a_while():
    watched = Watched(Policy((0.2, 1.0), 60, 300, float("inf"), ()))
    assert watched.events == [(0, 0.2)]
    watched.clock.advance(1000)
    assert watched.events == [(0, 0.2), (60, 1.0), (360, None)]


@pytest.mark.parametrize("goes_off, steps", [(0, 1), (30, 1), (90, 2), (200, 2)])
def test_an_alarm_ends_the_rollout_with_its_name(goes_off, steps):
    policy = Policy((0.2, 1.0), 60, 300, float("inf"), ("a",))
    watched = Watched(policy, lambda seconds: ["a"] if seconds >= goes_off else [])
    watched.clock.advance(1000)
    *shifts, (when, reason) = watched.events
    assert len(shifts) == steps and goes_off <= when <= goes_off + 1
    assert reason.endswith("in ALARM: a")


def test_without_waits_all_is_over_at_once_and_without_alarms_nobody_looks():
    watched = Watched(Policy((1.0,), 0, 0, float("inf"), ()), lambda seconds: 1 / 0)
    assert watched.events == [(0, 1.0), (0, None)]


def test_a_rollout_that_takes_longer_than_its_limit_is_rolled_back():
    watched = Watched(Policy((0.2, 1.0), 600, 600, 900, ()))
    watched.clock.advance(5000)
    assert "MaximumExecutionTimeoutInSeconds" in watched.events[-1][1]


def test_alarms_that_can_not_be_read_end_the_rollout():
    def refuse(seconds):
        raise AwsError("AccessDenied", "not allowed")

    watched = Watched(Policy((1.0,), 0, 60, float("inf"), ("a",)), refuse)
    assert watched.events[-1][1].endswith("can't be read: not allowed")


def test_a_rollout_that_is_canceled_does_nothing_more():
    watched = Watched(Policy((0.2, 1.0), 60, 0, float("inf"), ()))
    watched.rollout.cancel()
    watched.clock.advance(1000)
    assert watched.events == [(0, 0.2)]
