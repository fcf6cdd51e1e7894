"""Alarms that were just made are waited for, and those in ALARM are named."""

import pytest

from helpers.alarms import alarms_on, wait_until_shown
from local_aws.control import Fault, set_faults

ALARM = {
    "Namespace": "AWS/SageMaker", "MetricName": "ModelLatency", "Statistic": "Average",
    "Period": 60, "EvaluationPeriods": 1, "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}  # fmt: skip
NAMES = ["high", "low"]


@pytest.fixture
def cloudwatch(client):
    """Return a client of a cloud with an alarm `other`."""
    cloudwatch = client("cloudwatch")
    cloudwatch.put_metric_alarm(AlarmName="other", **ALARM)
    return cloudwatch


def make(cloudwatch):
    for name in NAMES:
        cloudwatch.put_metric_alarm(AlarmName=name, **ALARM)


def test_alarms_are_waited_for_where_cloudwatch_shows_them_late(aws, config, cloudwatch):
    set_faults(aws.context, [Fault("lagging", "sagemaker", "List*", seconds=1)])
    make(cloudwatch)
    assert not cloudwatch.describe_alarms(AlarmNames=NAMES)["MetricAlarms"]
    assert sorted(each["AlarmName"] for each in wait_until_shown(config, NAMES)) == NAMES


def test_only_those_of_the_names_that_are_in_alarm_are_on(config, cloudwatch):
    make(cloudwatch)
    for name in ("high", "other"):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    assert alarms_on(config, NAMES) == ["high"]


def test_alarms_on_a_later_page_are_seen(config, cloudwatch):
    """CloudWatch shows 50 alarms on a page."""
    names = [f"alarm-{number:02}" for number in range(60)]
    for name in names:
        cloudwatch.put_metric_alarm(AlarmName=name, **ALARM)
    assert len(wait_until_shown(config, names)) == len(names)
