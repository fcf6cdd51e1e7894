"""An alarm that AWS refuses is refused, and so is one whose actions nobody does."""

import pytest

from local_aws.errors import AwsError
from local_aws.services.cloudwatch.alarm_request import alarm, check, interval, is_polled, page

ALARM = {
    "AlarmName": "a", "Namespace": "Birds", "MetricName": "errors", "Statistic": "Sum",
    "Period": 60, "EvaluationPeriods": 1, "Threshold": 5.0,
    "ComparisonOperator": "GreaterThanThreshold",
}  # fmt: skip
SCALING = "arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:a"


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"Period": None}, "Period must not be null"),
        ({"Threshold": None}, "Threshold must not be null"),
        ({"Statistic": None}, "Either Statistic or ExtendedStatistic"),
        ({"ExtendedStatistic": "p90"}, "Either Statistic or ExtendedStatistic"),
        ({"Statistic": None, "ExtendedStatistic": "tm99"}, "the statistic tm99"),
        ({"Period": 15}, "Period must be 10"),
        ({"Period": 1800, "EvaluationPeriods": 49}, "across more than a day"),
        ({"Period": 3600, "EvaluationPeriods": 169}, "across more than seven days"),
        ({"DatapointsToAlarm": 2}, "less than or equal to EvaluationPeriods"),
        ({"OKActions": ["topic"]}, "Invalid arn syntax: topic"),
        ({"AlarmActions": [SCALING]}, f"PutMetricAlarm with AlarmActions {SCALING}"),
    ],
)
def test_a_request_that_makes_no_alarm_is_refused(change, reason):
    check({**ALARM, "AlarmActions": ["arn:aws:sns:us-east-1:000000000000:topic"]})
    changed = {name: value for name, value in {**ALARM, **change}.items() if value is not None}
    with pytest.raises(AwsError, match=reason):
        check(changed)


def test_an_alarm_of_a_target_tracking_policy_may_name_the_policy():
    check(
        {**ALARM, "AlarmName": "TargetTracking-endpoint/a-AlarmHigh-1", "AlarmActions": [SCALING]}
    )
    assert is_polled(SCALING) and not is_polled("arn:aws:sns:us-east-1:000000000000:topic")


@pytest.mark.parametrize(
    "period, periods, seconds", [(10, 1, 10), (60, 3, 60), (300, 288, 60), (3600, 25, 3600)]
)
def test_an_alarm_is_evaluated_as_often_as_its_period_asks_for(period, periods, seconds):
    assert interval({"Period": period, "EvaluationPeriods": periods}) == seconds


def test_what_is_not_said_has_cloudwatchs_default():
    made = alarm(ALARM)
    assert (made["ActionsEnabled"], made["TreatMissingData"]) == (True, "missing")
    assert made["AlarmActions"] == [] and made["Threshold"] == 5


def test_pages_go_on_where_the_last_ended():
    first = page([1, 2, 3], {"MaxRecords": 2})
    assert first == {"MetricAlarms": [1, 2], "NextToken": "2"}
    assert page([1, 2, 3], {"MaxRecords": 2, "NextToken": "2"}) == {"MetricAlarms": [3]}
    with pytest.raises(AwsError, match="InvalidNextToken"):
        page([], {"NextToken": "x"})
