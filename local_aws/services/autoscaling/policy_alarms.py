"""The two alarms that a target tracking policy makes for itself; knows no instance.

Names, periods and thresholds are AWS's:
https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-add-code-apply.html
It scales out when 3 minutes of 3 are above the target, and in when 15 of 15 are below 90 % of it.
"""

from datetime import datetime, timedelta

from local_aws.parts import Call

INVOCATIONS = "SageMakerVariantInvocationsPerInstance"
PERIOD = 60
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
    return {
        "Namespace": "AWS/SageMaker",
        "MetricName": "InvocationsPerInstance",
        "Statistic": "Sum",
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
    }


def names(policy: dict) -> list[str]:
    """Return the names of a policy's alarms, the high one first."""
    return [alarm["AlarmName"] for alarm in policy["Alarms"]]


def put(call: Call, policy: dict, resource: str) -> list[dict]:
    """Make a policy's alarms, or make them anew; return their names and ARNs.

    Args:
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
            "Period": PERIOD,
            "EvaluationPeriods": _PERIODS[kind],
            "Threshold": thresholds[kind],
            "ComparisonOperator": _OPERATORS[kind],
            **policy["_metric"],
        }
        call("cloudwatch", "PutMetricAlarm", alarm)
    if gone := [name for name in names(policy) if name not in made.values()]:
        delete(call, gone)
    described = call("cloudwatch", "DescribeAlarms", {"AlarmNames": [*made.values()]})
    arns = {alarm["AlarmName"]: alarm["AlarmArn"] for alarm in described["MetricAlarms"]}
    return [{"AlarmName": name, "AlarmARN": arns[name]} for name in made.values()]


def delete(call: Call, alarms: list[str]) -> None:
    """Delete alarms."""
    call("cloudwatch", "DeleteAlarms", {"AlarmNames": alarms})


def on(call: Call, policy: dict) -> list[str]:
    """Return those of a policy's alarms that are in ALARM and may act."""
    request = {"AlarmNames": names(policy), "StateValue": "ALARM"}
    alarms = call("cloudwatch", "DescribeAlarms", request)["MetricAlarms"]
    return [alarm["AlarmName"] for alarm in alarms if alarm["ActionsEnabled"]]


def value(call: Call, policy: dict, now: datetime) -> float | None:
    """Return the last value of a policy's metric within the time that its high alarm looks at."""
    end = now - timedelta(seconds=now.timestamp() % PERIOD)
    statistic = policy["_metric"]["Statistic"]
    wanted = {name: each for name, each in policy["_metric"].items() if name != "Statistic"}
    request = {
        **wanted, "Statistics": [statistic], "Period": PERIOD, "EndTime": end,
        "StartTime": end - timedelta(seconds=_PERIODS[HIGH] * PERIOD),
    }  # fmt: skip
    points = call("cloudwatch", "GetMetricStatistics", request)["Datapoints"]
    last = max(points, key=lambda point: point["Timestamp"], default=None)
    return last and last[statistic]
