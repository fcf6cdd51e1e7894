"""What an alarm tells an SNS topic, and EventBridge, in CloudWatch's words; knows neither."""

import json
import re
import uuid

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


EVENT = "CloudWatch Alarm State Change"


def event_detail(alarm: dict, before: dict) -> dict:
    """Return the detail of the event of an alarm that has changed its state.

    The form: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    Left out: `reasonData`, and an id of the metric that stays the same.

    Args:
        before: the alarm as it was.
    """
    metric = {
        "namespace": alarm["Namespace"],
        "name": alarm["MetricName"],
        "dimensions": {each["Name"]: each["Value"] for each in alarm.get("Dimensions", [])},
    }
    statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
    stat = {"metric": metric, "period": alarm["Period"], "stat": statistic}
    metrics = [{"id": str(uuid.uuid4()), "metricStat": stat, "returnData": True}]
    states = [
        {"value": each["StateValue"], "reason": each["StateReason"],
         "timestamp": stamp(each["StateUpdatedTimestamp"])}
        for each in (alarm, before)
    ]  # fmt: skip
    configuration = {"description": alarm.get("AlarmDescription", ""), "metrics": metrics}
    return {
        "alarmName": alarm["AlarmName"],
        "configuration": configuration,
        "state": states[0],
        "previousState": states[1],
    }


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
