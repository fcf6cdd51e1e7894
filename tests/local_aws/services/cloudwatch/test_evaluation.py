"""States are those of AWS's tables, reasons have CloudWatch's words."""

from datetime import UTC, datetime

import pytest

from local_aws.services.cloudwatch.evaluation import decide, evaluate, reason

TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
POINTS = {"0": False, "X": True, "-": None}
ALL_OK, ALL_ALARM = ("OK",) * 4, ("ALARM",) * 4
TABLES = [
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    (3, "0 - X - X", ALL_OK),
    (3, "0 - - - -", ALL_OK),
    (3, "- - - - -", ("INSUFFICIENT_DATA", None, "ALARM", "OK")),
    (3, "0 X X - X", ALL_ALARM),
    (3, "- - X - -", ("ALARM", None, "ALARM", "OK")),
    (2, "0 - X - X", ALL_ALARM),
    (2, "0 0 X 0 X", ALL_ALARM),
    (2, "0 - X - -", ("OK", "OK", "ALARM", "OK")),
    (2, "- - - - 0", ("OK", "OK", "ALARM", "OK")),
    (2, "- - - X -", ("ALARM", None, "ALARM", "OK")),
]


@pytest.mark.parametrize("needed, points, states", TABLES)
def test_a_state_is_that_of_awss_tables(needed, points, states):
    flags = [POINTS[point] for point in points.split()]
    assert tuple(decide(flags, 3, needed, missing) for missing in TREATMENTS) == states


@pytest.mark.parametrize("points", ["- - - - X", "- - - X -"])
def test_a_new_breaching_point_that_is_too_few_is_no_early_alarm(points):
    assert decide([POINTS[point] for point in points.split()], 3, 3, "missing") == "OK"


@pytest.mark.parametrize("points, state", [("X X X 0 X", "OK"), ("0 0 X X X", "ALARM")])
def test_older_points_than_the_periods_do_not_count_where_none_is_missing(points, state):
    assert decide([POINTS[point] for point in points.split()], 3, 3, "missing") == state


ALARM = {
    "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1,
    "TreatMissingData": "missing", "StateValue": "OK", "Period": 60, "Statistic": "Sum",
}  # fmt: skip
TIME = int(datetime(2024, 7, 9, 11, 51, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    "comparison, states",
    [
        ("GreaterThanThreshold", ["OK", "OK", "ALARM"]),
        ("GreaterThanOrEqualToThreshold", ["OK", "ALARM", "ALARM"]),
        ("LessThanThreshold", ["ALARM", "OK", "OK"]),
        ("LessThanOrEqualToThreshold", ["ALARM", "ALARM", "OK"]),
    ],
)
def test_a_value_is_compared_with_the_threshold(comparison, states):
    alarm = {**ALARM, "ComparisonOperator": comparison}
    assert [evaluate(alarm, [(TIME, value)]) for value in (0.0, 1.0, 2.0)] == states


@pytest.mark.parametrize(
    "alarm, state, values, words",
    [
        (
            {"DatapointsToAlarm": 1}, "ALARM", [2.0],
            "Threshold Crossed: 1 out of the last 1 datapoints [2.0 (09/07/24 11:51:00)] was"
            " greater than the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).",
        ),
        (
            {"ComparisonOperator": "GreaterThanOrEqualToThreshold"}, "ALARM", [1.0],
            "Threshold Crossed: 1 datapoint [1.0 (09/07/24 11:51:00)] was greater than or equal to"
            " the threshold (1.0).",
        ),
        (
            {"EvaluationPeriods": 3, "Threshold": 0.0}, "ALARM", [1.0, 3.0, 2.0],
            "Threshold Crossed: 3 datapoints [2.0 (09/07/24 11:53:00), 3.0 (09/07/24 11:52:00),"
            " 1.0 (09/07/24 11:51:00)] were greater than the threshold (0.0).",
        ),
        (
            {"EvaluationPeriods": 20, "DatapointsToAlarm": 1, "TreatMissingData": "notBreaching"},
            "ALARM", [613.0],
            "Threshold Crossed: 1 out of the last 20 datapoints [613.0 (09/07/24 11:51:00)] was"
            " greater than the threshold (1.0) and 19 missing datapoints were treated as"
            " [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition).",
        ),
        (
            {"DatapointsToAlarm": 1, "StateValue": "ALARM"}, "OK", [0.0],
            "Threshold Crossed: 1 out of the last 1 datapoints [0.0 (09/07/24 11:51:00)] was not"
            " greater than the threshold (1.0) (minimum 1 datapoint for ALARM -> OK transition).",
        ),
        (
            {"EvaluationPeriods": 2, "TreatMissingData": "breaching"}, "ALARM", [None, None],
            "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints"
            " were treated as [Breaching].",
        ),
        ({}, "INSUFFICIENT_DATA", [None], "Insufficient Data: 1 datapoint was unknown."),
    ],
)  # fmt: skip
def test_a_reason_has_cloudwatchs_words(alarm, state, values, words):
    points = [(TIME + 60 * number, value) for number, value in enumerate(values)]
    assert reason({**ALARM, **alarm}, state, points) == words
