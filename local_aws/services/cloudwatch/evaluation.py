"""Decides an alarm's state from the points in its evaluation range; knows no clock and no action.

The rules and tables are AWS's:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
AWS's range has 5 points where 3 periods are evaluated, and no number for others is published: here
it always has two points more than periods. A breaching point that alone is too few, and too new for
an early alarm, is OK: AWS's present tables have no row for it.
"""

import operator
from collections.abc import Sequence
from datetime import UTC, datetime

OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"
MORE_POINTS = 2
OPERATORS = {
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
_FILLED = {"breaching": "Breaching", "notBreaching": "NonBreaching"}

Point = tuple[int, float | None]
"""The beginning of a period, in seconds since 1970, and its value; None: missing."""


def decide(breaching: Sequence[bool | None], periods: int, needed: int, missing: str) -> str | None:
    """Return the state of an alarm; None: it stays what it is.

    Args:
        breaching: of each point in the evaluation range, oldest first; None: it is missing.
        missing: how missing points are treated, in CloudWatch's words.
    """
    real = [point for point in breaching if point is not None]
    number = real[-periods:].count(True)
    if len(real) < periods and missing == "breaching":
        number += periods - len(real)
    if number >= needed:
        return ALARM
    if False in real or missing in _FILLED:
        return OK
    if missing == "ignore":
        return None
    if not real:
        return INSUFFICIENT
    # "Premature" alarm: all that is known is breaching, and old enough.
    return ALARM if len(breaching) - breaching.index(True) >= needed else OK


def evaluate(alarm: dict, points: Sequence[Point]) -> str | None:
    """Return an alarm's state from the points in its evaluation range; None: it stays."""
    return decide(
        [None if value is None else _is_breaching(alarm, value) for _, value in points],
        alarm["EvaluationPeriods"],
        needed(alarm),
        alarm["TreatMissingData"],
    )


def needed(alarm: dict) -> int:
    """Return how many points must be breaching."""
    return alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"])


def reason(alarm: dict, state: str, points: Sequence[Point]) -> str:
    """Return why an alarm has a state, in CloudWatch's words."""
    periods, missing = alarm["EvaluationPeriods"], _FILLED.get(alarm["TreatMissingData"])
    real = [(time, value) for time, value in points if value is not None][-periods:]
    telling = [
        f"{value} ({datetime.fromtimestamp(time, UTC):%d/%m/%y %H:%M:%S})"
        for time, value in reversed(real)
        if _is_breaching(alarm, value) == (state == ALARM)
    ]
    if state == INSUFFICIENT:
        return f"Insufficient Data: {_number(periods, 'datapoint')} unknown."
    filled = ""
    if missing and len(real) < periods:
        count = _number(periods - len(real), "missing datapoint")
        filled = f" and {count} treated as [{missing}]"
    if not telling:
        received = f"no datapoints were received for {periods} period{'s' * (periods > 1)}"
        return f"Threshold Crossed: {received}{filled}."
    counted, end = f"{len(telling)} datapoint{'s' * (len(telling) > 1)}", ""
    if "DatapointsToAlarm" in alarm:
        least = needed(alarm) if state == ALARM else periods - needed(alarm) + 1
        change = "OK -> ALARM" if state == ALARM else "ALARM -> OK"
        counted = f"{len(telling)} out of the last {periods} datapoints"
        end = f" (minimum {least} datapoint{'s' * (least > 1)} for {change} transition)"
    verb = ("was" if len(telling) == 1 else "were") + ("" if state == ALARM else " not")
    words = OPERATORS[alarm["ComparisonOperator"]][1]
    crossed = f"{counted} [{', '.join(telling)}] {verb} {words} the threshold"
    return f"Threshold Crossed: {crossed} ({float(alarm['Threshold'])}){filled}{end}."


def stamp(time: datetime) -> str:
    """Return a time as CloudWatch has it in texts."""
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}+0000"


def _is_breaching(alarm: dict, value: float) -> bool:
    return OPERATORS[alarm["ComparisonOperator"]][0](value, alarm["Threshold"])


def _number(count: int, noun: str) -> str:
    return f"{count} {noun} was" if count == 1 else f"{count} {noun}s were"
