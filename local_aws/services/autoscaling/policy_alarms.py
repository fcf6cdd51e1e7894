"""The two alarms that a target tracking policy makes for itself; knows no instance.

It scales out above the target, and in when the metric is more than 10 % below it:
https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
For how long, AWS does not publish: 3 periods and 15 minutes are what its users' alarms have. A
period is a minute, or 10 seconds of the concurrent requests, which scale in no sooner:
https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-add-code-define.html
That metric's statistic is not published either: users see the maximum, of the busiest instance.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from local_aws.parts import Call

METRICS = {
    "SageMakerVariantInvocationsPerInstance": ("InvocationsPerInstance", "Sum"),
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": (
        "ConcurrentRequestsPerModel", "Maximum",
    ),
}  # fmt: skip
"""Metrics and statistics of AWS's predefined ones."""
PERIOD, HIGH_RESOLUTION = 60, 10
HIGH, LOW = "AlarmHigh", "AlarmLow"
_PERIODS = {HIGH: 3, LOW: 15}
_OPERATORS = {HIGH: "GreaterThanThreshold", LOW: "LessThanThreshold"}
LOW_SHARE = 0.9
"""Of the target: below it there is too much capacity."""


def metric(configuration: dict, endpoint: str, variant: str) -> dict:
    """Return the metric that a policy follows, as an alarm names it."""
    if own := configuration.get("CustomizedMetricSpecification"):
        return {"Dimensions": [], **own}
    dimensions = {"EndpointName": endpoint, "VariantName": variant}
    name, statistic = METRICS[
        configuration["PredefinedMetricSpecification"]["PredefinedMetricType"]
    ]
    return {
        "Namespace": "AWS/SageMaker",
        "MetricName": name,
        "Statistic": statistic,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
    }


def period(policy: dict, kind: str = HIGH) -> int:
    """Return the seconds of a period of one of a policy's alarms."""
    own = policy["TargetTrackingScalingPolicyConfiguration"].get(
        "PredefinedMetricSpecification", {}
    )
    is_fast = own.get("PredefinedMetricType", "").endswith("HighResolution")
    return HIGH_RESOLUTION if is_fast and kind == HIGH else PERIOD


def names(policy: dict) -> list[str]:
    """Return the names of a policy's alarms, the high one first."""
    return [alarm["AlarmName"] for alarm in policy["Alarms"]]


def put(call: Call, policy: dict, resource: str, arn: Callable[[str], str]) -> list[dict[str, str]]:
    """Make a policy's alarms, or make them anew; return their names and ARNs.

    Args:
        arn: returns the ARN of what CloudWatch has by a name; its lists may lag.
        policy: with `_ids`, the ends of the alarms' names, and `_metric`.
    """
    configuration = policy["TargetTrackingScalingPolicyConfiguration"]
    target = configuration["TargetValue"]
    thresholds = {HIGH: target, LOW: target * LOW_SHARE}
    if configuration.get("DisableScaleIn"):
        del thresholds[LOW]
    prefix = f"TargetTracking-{resource}"
    made = {kind: f"{prefix}-{kind}-{policy['_ids'][kind]}" for kind in thresholds}
    for kind, name in made.items():
        alarm = {
            "AlarmName": name,
            "AlarmDescription": (
                f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy['PolicyARN']}."
            ),
            "AlarmActions": [policy["PolicyARN"]],
            "Period": period(policy, kind),
            "EvaluationPeriods": _PERIODS[kind],
            "Threshold": thresholds[kind],
            "ComparisonOperator": _OPERATORS[kind],
            **policy["_metric"],
        }
        call("cloudwatch", "PutMetricAlarm", alarm)
    if gone := [name for name in names(policy) if name not in made.values()]:
        delete(call, gone)
    return [{"AlarmName": name, "AlarmARN": arn(f"alarm:{name}")} for name in made.values()]


def delete(call: Call, alarms: list[str]) -> None:
    """Delete alarms."""
    call("cloudwatch", "DeleteAlarms", {"AlarmNames": alarms})


def in_alarm(call: Call, policy: dict) -> list[str]:
    """Return those of a policy's alarms that are in ALARM and may act."""
    request = {"AlarmNames": names(policy), "StateValue": "ALARM"}
    alarms = call("cloudwatch", "DescribeAlarms", request)["MetricAlarms"]
    return [alarm["AlarmName"] for alarm in alarms if alarm["ActionsEnabled"]]


def value(call: Call, policy: dict, kind: str, now: datetime) -> float | None:
    """Return the last value of a policy's metric, not older than three periods of an alarm."""
    seconds = period(policy, kind)
    end = now - timedelta(seconds=now.timestamp() % seconds)
    statistic = policy["_metric"]["Statistic"]
    wanted = {name: each for name, each in policy["_metric"].items() if name != "Statistic"}
    request = {
        **wanted, "Statistics": [statistic], "Period": seconds, "EndTime": end,
        "StartTime": end - timedelta(seconds=_PERIODS[HIGH] * seconds),
    }  # fmt: skip
    points = call("cloudwatch", "GetMetricStatistics", request)["Datapoints"]
    last = max(points, key=lambda point: point["Timestamp"], default=None)
    return last and last[statistic]
