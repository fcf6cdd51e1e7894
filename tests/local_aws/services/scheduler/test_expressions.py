"""Due times are those that AWS's documentation gives, or a calendar."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from local_aws.errors import AwsError
from local_aws.services.scheduler.expressions import Expression

START = datetime(2026, 11, 1, tzinfo=UTC) - timedelta(seconds=1)


def due(text, zone="UTC", after=START, begin=START, count=3):
    """Return the first due times of an expression."""

    def times(moment):
        expression = Expression(text, zone)
        while moment := expression.first(moment, begin):
            yield f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"

    return list(islice(times(after), count))


@pytest.mark.parametrize(
    ("fields", "times"),
    [
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
        ("15 10 ? * 6L 2026-2027", ["2026-11-27 10:15", "2026-12-25 10:15", "2027-01-29 10:15"]),
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html
        ("0 18 ? * MON-FRI *", ["2026-11-02 18:00", "2026-11-03 18:00", "2026-11-04 18:00"]),
        ("0 8 1 * ? *", ["2026-11-01 08:00", "2026-12-01 08:00", "2027-01-01 08:00"]),
        ("0/5 8-17 ? * MON-FRI *", ["2026-11-02 08:00", "2026-11-02 08:05", "2026-11-02 08:10"]),
        ("0 9 ? * 2#1 *", ["2026-11-02 09:00", "2026-12-07 09:00", "2027-01-04 09:00"]),
        # Its wildcards, against a calendar.
        ("0 0 3W * ? *", ["2026-11-03 00:00", "2026-12-03 00:00", "2027-01-04 00:00"]),
        ("0 0 1W * ? *", ["2026-11-02 00:00", "2026-12-01 00:00", "2027-01-01 00:00"]),
        ("0 0 L * ? *", ["2026-11-30 00:00", "2026-12-31 00:00", "2027-01-31 00:00"]),
        ("0 12 ? * 1 *", ["2026-11-01 12:00", "2026-11-08 12:00", "2026-11-15 12:00"]),
        ("0 12 ? * L *", ["2026-11-07 12:00", "2026-11-14 12:00", "2026-11-21 12:00"]),
        ("0 12 ? * SAT-MON *", ["2026-11-01 12:00", "2026-11-02 12:00", "2026-11-07 12:00"]),
        ("0 6 15 JAN,JUL ? *", ["2027-01-15 06:00", "2027-07-15 06:00", "2028-01-15 06:00"]),
        ("0 0 1 1 ? 2028/2", ["2028-01-01 00:00", "2030-01-01 00:00", "2032-01-01 00:00"]),
        ("0 0 1 1 ? */4", ["2030-01-01 00:00", "2034-01-01 00:00", "2038-01-01 00:00"]),
        ("0 0 29 2 ? *", ["2028-02-29 00:00", "2032-02-29 00:00", "2036-02-29 00:00"]),
        # A fifth Monday of a February: each 28 years.
        ("0 0 ? 2 2#5 *", ["2044-02-29 00:00", "2072-02-29 00:00", "2112-02-29 00:00"]),
        ("0 0 1 1 ? 2027", ["2027-01-01 00:00"]),
    ],
)
def test_cron_is_due_when_aws_says(fields, times):
    assert due(f"cron({fields})") == times


@pytest.mark.parametrize(
    "expression",
    [
        *("cron(0 0 * * * *)", "cron(0 0 1 * 2 *)", "cron(0 0 ? * ? *)", "cron(0 0 1 * ?)"),
        *("cron(60 0 1 * ? *)", "cron(0 24 1 * ? *)", "cron(0 0 32 * ? *)", "cron(0 0 ? * 8 *)"),
        *("cron(0 0 ? * 0 *)", "cron(0 0 1 * ? 2200)", "cron(0 0 ? * 2#6 *)", "cron()"),
        *("rate(1 hours)", "rate(0 minutes)", "rate(5 seconds)", "rate(-1 day)", "rate(1.5 days)"),
        *("at(2026-13-01T00:00:00)", "at(2026-11-01)", "at(2026-11-01T00:00:00Z)", "every day"),
    ],
)
def test_what_is_no_expression_is_refused(expression):
    with pytest.raises(AwsError, match="ValidationException: Invalid Schedule Expression"):
        Expression(expression)


def test_an_unknown_time_zone_is_refused():
    for zone in ("Mars/Olympus", "../etc", ""):
        with pytest.raises(AwsError, match="Timezone"):
            Expression("rate(1 day)", zone)


def test_a_rate_is_due_first_when_it_begins():
    begin = START + timedelta(hours=1)
    assert due("rate(90 minutes)", begin=begin) == [
        "2026-11-01 00:59", "2026-11-01 02:29", "2026-11-01 03:59",
    ]  # fmt: skip
    assert due("rate(1 day)", after=begin, begin=begin, count=1) == ["2026-11-02 00:59"]


def test_an_expression_at_a_time_is_due_once_on_the_clock_of_its_zone():
    assert due("at(2026-11-20T13:00:00)", "Asia/Tokyo") == ["2026-11-20 04:00"]
    assert due("at(2026-10-20T13:00:00)") == []


def test_a_time_that_the_clock_on_the_wall_leaves_out_is_skipped():
    after = datetime(2026, 3, 7, tzinfo=UTC)
    times = due("cron(30 2 * * ? *)", "America/New_York", after=after, begin=after)
    assert times == ["2026-03-07 07:30", "2026-03-09 06:30", "2026-03-10 06:30"]


def test_a_time_that_the_clock_on_the_wall_shows_twice_is_due_once():
    after = datetime(2026, 10, 31, 12, tzinfo=UTC)
    times = due("cron(30 1 * * ? *)", "America/New_York", after=after, begin=after)
    assert times == ["2026-11-01 05:30", "2026-11-02 06:30", "2026-11-03 06:30"]


def test_the_hours_after_the_clock_was_set_back_are_due_as_on_the_wall():
    after = datetime(2026, 11, 1, 5, tzinfo=UTC)
    times = due("cron(0 * * * ? *)", "America/New_York", after=after, begin=after, count=3)
    assert times == ["2026-11-01 07:00", "2026-11-01 08:00", "2026-11-01 09:00"]


def test_cron_has_no_due_time_before_it_begins():
    begin = datetime(2026, 11, 5, 9, tzinfo=UTC)
    assert due("cron(0 9 * * ? *)", begin=begin, count=1) == ["2026-11-05 09:00"]
