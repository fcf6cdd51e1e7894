"""An alarm's message has the members that CloudWatch's has."""

import json
from datetime import UTC, datetime

import pytest

from local_aws.services.cloudwatch.notification import message, subject

TIME = datetime(2024, 7, 26, 17, 17, 43, 813_000, UTC)
ALARM = {
    "AlarmName": "errors", "AlarmArn": "arn:aws:cloudwatch:us-east-1:1:alarm:errors",
    "AlarmConfigurationUpdatedTimestamp": TIME, "StateUpdatedTimestamp": TIME,
    "StateValue": "ALARM", "StateReason": "Threshold Crossed", "AlarmActions": ["arn:topic"],
    "MetricName": "m", "Namespace": "n", "Statistic": "SampleCount", "Period": 300,
    "Dimensions": [{"Name": "Endpoint", "Value": "birds"}], "EvaluationPeriods": 1,
    "DatapointsToAlarm": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 0.0,
    "TreatMissingData": "notBreaching",
}  # fmt: skip


def test_a_message_has_cloudwatchs_members():
    # Members as a real message has them, in any account.
    assert json.loads(message(ALARM, "OK", "000000000000")) == {
        "AWSAccountId": "000000000000",
        "AlarmActions": ["arn:topic"],
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:1:alarm:errors",
        "AlarmConfigurationUpdatedTimestamp": "2024-07-26T17:17:43.813+0000",
        "AlarmDescription": None,
        "AlarmName": "errors",
        "InsufficientDataActions": [],
        "NewStateReason": "Threshold Crossed",
        "NewStateValue": "ALARM",
        "OKActions": [],
        "OldStateValue": "OK",
        "Region": "US East (N. Virginia)",
        "StateChangeTime": "2024-07-26T17:17:43.813+0000",
        "Trigger": {
            "ComparisonOperator": "GreaterThanThreshold",
            "DatapointsToAlarm": 1,
            "Dimensions": [{"value": "birds", "name": "Endpoint"}],
            "EvaluateLowSampleCountPercentile": "",
            "EvaluationPeriods": 1,
            "MetricName": "m",
            "Namespace": "n",
            "Period": 300,
            "Statistic": "SAMPLE_COUNT",
            "StatisticType": "Statistic",
            "Threshold": 0.0,
            "TreatMissingData": "notBreaching",
            "Unit": None,
        },
    }


def test_a_percentile_is_an_extended_statistic():
    alarm = {name: value for name, value in ALARM.items() if name != "Statistic"}
    trigger = json.loads(message({**alarm, "ExtendedStatistic": "p99"}, "OK", "1"))["Trigger"]
    assert (trigger["StatisticType"], trigger["ExtendedStatistic"]) == ("ExtendedStatistic", "p99")


@pytest.mark.parametrize("name", ["errors", "e" * 250])
def test_a_subject_is_as_long_as_sns_takes_it(name):
    made = subject({**ALARM, "AlarmName": name})
    assert made.startswith('ALARM: "e') and len(made) <= 100
