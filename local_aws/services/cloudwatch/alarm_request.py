"""Requests for alarms: what AWS refuses, the alarm that one describes, pages; knows no state."""

from local_aws.errors import AwsError
from local_aws.services.cloudwatch.metrics import check_statistic
from local_aws.state import positions

DAY = 86_400
PAGE = 50
_ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")


def check(request: dict) -> None:
    """Refuse an alarm that AWS refuses, or whose actions are not done.

    Raises:
        AwsError: it says why.
    """
    for name in ("MetricName", "Namespace", "Period", "Threshold"):
        if name not in request:
            raise _refused(f"{name} must not be null")
    if ("Statistic" in request) == ("ExtendedStatistic" in request):
        raise _refused("Either Statistic or ExtendedStatistic must be specified")
    check_statistic(request.get("Statistic") or request["ExtendedStatistic"])
    period, periods = request["Period"], request["EvaluationPeriods"]
    if period not in (10, 20, 30) and period % 60:
        raise _refused("Period must be 10, 20, 30 or a multiple of 60")
    most = 7 * DAY if period >= 3600 else DAY
    if period * periods > most:
        days = "a day" if most == DAY else "seven days"
        limit = f"EvaluationPeriods * Period must be <= {most}"
        raise _refused(f"Metrics cannot be checked across more than {days} ({limit})")
    if request.get("DatapointsToAlarm", 1) > periods:
        raise _refused("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
    for name in _ACTIONS:
        for arn in request.get(name, []):
            _check_action(name, arn, request["AlarmName"])


def _check_action(name: str, arn: str, alarm_name: str) -> None:
    parts = arn.split(":")
    if len(parts) < 6 or parts[0] != "arn":
        raise _refused(f"Invalid arn syntax: {arn}")
    if is_polled(arn) and alarm_name.startswith("TargetTracking-"):
        return
    if parts[2] != "sns":
        message = f"The local AWS does not support cloudwatch:PutMetricAlarm with {name} {arn}."
        raise AwsError("NotImplementedException", message)


def is_polled(arn: str) -> bool:
    """Say whether an action is a scaling policy's, which looks at its own alarms itself."""
    return arn.startswith("arn:aws:autoscaling:") and ":scalingPolicy:" in arn


def alarm(request: dict) -> dict:
    """Return the alarm that a request describes, without its state."""
    defaults = {name: [] for name in (*_ACTIONS, "Dimensions", "Tags")}
    return {**defaults, "ActionsEnabled": True, "TreatMissingData": "missing", **request}


def interval(of: dict) -> int:
    """Return the seconds between two evaluations of an alarm."""
    if of["Period"] < 60:
        return 10
    return 3600 if of["Period"] * of["EvaluationPeriods"] > DAY else 60


def page(alarms: list[dict], request: dict) -> dict:
    """Return one page of alarms."""
    refused = AwsError("InvalidNextToken", "The token is not valid.")
    return positions.page(alarms, request, "MetricAlarms", PAGE, refused, most="MaxRecords")


def _refused(message: str) -> AwsError:
    return AwsError("ValidationError", message)
