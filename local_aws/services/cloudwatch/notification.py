"""The message that an alarm sends to an SNS topic, in CloudWatch's words; knows no topic."""

import json
import re

from local_aws.services.cloudwatch.evaluation import stamp

REGION = "US East (N. Virginia)"
"""How CloudWatch calls the one region that there is."""
_SAME = (
    *("MetricName", "Namespace", "Period", "EvaluationPeriods", "DatapointsToAlarm"),
    *("ComparisonOperator", "Threshold", "TreatMissingData"),
)


def subject(alarm: dict) -> str:
    """Return the subject of an alarm's message."""
    return f'{alarm["StateValue"]}: "{alarm["AlarmName"]}" in {REGION}'[:100]


def message(alarm: dict, before: str, account: str) -> str:
    """Return the message of an alarm that has changed its state.

    Args:
        before: its state before.
    """
    actions = ("OKActions", "AlarmActions", "InsufficientDataActions")
    return json.dumps(
        {
            "AlarmName": alarm["AlarmName"],
            "AlarmDescription": alarm.get("AlarmDescription"),
            "AWSAccountId": account,
            "AlarmConfigurationUpdatedTimestamp": stamp(
                alarm["AlarmConfigurationUpdatedTimestamp"]
            ),
            "NewStateValue": alarm["StateValue"],
            "NewStateReason": alarm["StateReason"],
            "StateChangeTime": stamp(alarm["StateUpdatedTimestamp"]),
            "Region": REGION,
            "AlarmArn": alarm["AlarmArn"],
            "OldStateValue": before,
            **{name: alarm.get(name, []) for name in actions},
            "Trigger": _trigger(alarm),
        }
    )


def _trigger(alarm: dict) -> dict:
    kind = "Statistic" if "Statistic" in alarm else "ExtendedStatistic"
    statistic = alarm[kind]
    if kind == "Statistic":
        statistic = re.sub(r"\B(?=[A-Z])", "_", statistic).upper()
    dimensions = alarm.get("Dimensions", [])
    return {
        **{name: alarm[name] for name in _SAME if name in alarm},
        "StatisticType": kind,
        kind: statistic,
        "Unit": alarm.get("Unit"),
        "Dimensions": [{"value": each["Value"], "name": each["Name"]} for each in dimensions],
        "EvaluateLowSampleCountPercentile": "",
    }
