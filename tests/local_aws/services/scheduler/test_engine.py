"""Schedules are kept, are sent when they are due, in order and once, and end as they say."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.jobs.requests import until
from tests.local_aws.services.scheduler.conftest import OFF, ROLE, stamp

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_schedule_is_read_back_with_aws_defaults(scheduler, put, queue):
    arn = put("cron(0 6 * * ? *)", "daily", "hello", Description="words")["ScheduleArn"]
    assert arn == "arn:aws:scheduler:us-east-1:000000000000:schedule/default/daily"
    schedule = scheduler.get_schedule(Name="daily")
    policy = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
    target = {"Arn": queue.arn, "RoleArn": ROLE, "Input": "hello", "RetryPolicy": policy}
    assert schedule["Target"] == target
    assert (schedule["State"], schedule["ScheduleExpressionTimezone"]) == ("ENABLED", "UTC")
    assert (schedule["ActionAfterCompletion"], schedule["Description"]) == ("NONE", "words")
    [summary] = scheduler.list_schedules(NamePrefix="d", State="ENABLED")["Schedules"]
    assert (summary["Name"], summary["Target"]) == ("daily", {"Arn": queue.arn})
    assert not scheduler.list_schedules(NamePrefix="x")["Schedules"]
    with pytest.raises(ClientError, match="ConflictException"):
        put("cron(0 6 * * ? *)", "daily")
    scheduler.delete_schedule(Name="daily")
    for call in (scheduler.get_schedule, scheduler.delete_schedule):
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            call(Name="daily")


def test_lists_have_pages(scheduler, put):
    for name in "abc":
        put("rate(1 hour)", name, State="DISABLED")
    pages = scheduler.get_paginator("list_schedules").paginate(PaginationConfig={"PageSize": 2})
    assert [[each["Name"] for each in page["Schedules"]] for page in pages] == [["a", "b"], ["c"]]


def test_the_same_request_again_is_answered_by_its_token(put):
    one = put("rate(1 hour)", ClientToken="t")
    assert put("rate(1 hour)", ClientToken="t")["ScheduleArn"] == one["ScheduleArn"]


def test_due_times_are_sent_in_order_when_the_clock_is_moved(aws, put, queue, midnight):
    put("cron(0 0/6 * * ? *)", "cron")
    put("rate(8 hours)", "rate", "rate <aws.scheduler.scheduled-time>", StartDate=midnight)
    put(f"at({midnight + 5 * HOUR:%Y-%m-%dT%H:%M:%S})", "at", "at", StartDate=midnight + 9 * HOUR)
    aws.parts.clock.advance(DAY.total_seconds())
    hours = [(0, ""), (0, "rate "), (5, "at"), (6, ""), (8, "rate "), (12, ""), (16, "rate ")]
    hours.append((18, ""))
    expected = [word if word == "at" else word + stamp(midnight + h * HOUR) for h, word in hours]
    assert sorted(queue.bodies()) == sorted(expected)
    aws.parts.clock.advance(20)
    assert sorted(queue.bodies()) == sorted(
        [stamp(midnight + DAY), "rate " + stamp(midnight + DAY)]
    )


def test_a_rate_begins_at_once(aws, put, queue):
    put("rate(1 hour)", text="x")
    assert until(queue.bodies) == ["x"]
    aws.parts.clock.advance(3601)
    assert queue.bodies() == ["x"]


def test_nothing_is_sent_before_the_start_after_the_end_or_while_disabled(
    aws, scheduler, put, queue, midnight
):
    dates = {"StartDate": midnight + 3 * HOUR, "EndDate": midnight + 6 * HOUR}
    put("cron(0 * * * ? *)", **dates)
    put("cron(0 * * * ? *)", "off", State="DISABLED")
    aws.parts.clock.advance(DAY.total_seconds())
    assert queue.bodies() == [stamp(midnight + h * HOUR) for h in (3, 4, 5, 6)]
    assert scheduler.get_schedule(Name="s")["State"] == "ENABLED"


def test_an_update_replaces_all_and_does_not_send_again(aws, scheduler, put, queue, midnight):
    put("cron(0 0 * * ? *)", Description="old")
    aws.parts.clock.advance(11)
    assert queue.bodies() == [stamp(midnight)]
    target = scheduler.get_schedule(Name="s")["Target"]
    request = {"Name": "s", "Target": target, "FlexibleTimeWindow": OFF}
    for expression in ("cron(0 0 * * ? *)", "cron(0 0,1 * * ? *)", "cron(0 0,2 * * ? *)"):
        scheduler.update_schedule(**request, ScheduleExpression=expression)
    assert "Description" not in scheduler.get_schedule(Name="s")
    aws.parts.clock.advance(3 * 3600)
    assert queue.bodies() == [stamp(midnight + 2 * HOUR)]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        scheduler.update_schedule(**request | {"Name": "none"}, ScheduleExpression="rate(1 day)")


def test_an_updated_rate_keeps_its_times(aws, scheduler, put, queue):
    put("rate(1 hour)", text="x")
    assert until(queue.bodies) == ["x"]
    aws.parts.clock.advance(600)
    target = scheduler.get_schedule(Name="s")["Target"] | {"Input": "y"}
    request = {"Name": "s", "Target": target, "FlexibleTimeWindow": OFF}
    scheduler.update_schedule(**request, ScheduleExpression="rate(1 hour)")
    aws.parts.clock.advance(2800)
    assert queue.bodies() == []
    aws.parts.clock.advance(200)
    assert queue.bodies() == ["y"]


def test_a_flexible_window_delays_a_due_time_by_less_than_itself(aws, put, queue, midnight):
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 60}
    for name in "abcdefgh":
        put("cron(0 0 * * ? *)", name, FlexibleTimeWindow=window)
    sent = []
    for _ in range(8):
        aws.parts.clock.advance(600)
        sent.append(queue.bodies())
    assert sum(sent, []) == [stamp(midnight)] * 8
    assert sum(map(bool, sent)) > 1 and not sent[-1], "they are spread over the hour"


@pytest.mark.parametrize(
    "window", [{"Mode": "FLEXIBLE"}, {"Mode": "OFF", "MaximumWindowInMinutes": 5}]
)
def test_a_window_has_minutes_if_it_is_flexible(put, window):
    with pytest.raises(ClientError, match="ValidationException"):
        put("rate(1 day)", FlexibleTimeWindow=window)


def test_a_completed_schedule_is_deleted_where_it_says_so(aws, scheduler, put, queue, midnight):
    at = f"at({midnight:%Y-%m-%dT%H:%M:%S})"
    put(at, "stays")
    put(at, "goes", ActionAfterCompletion="DELETE")
    put("rate(1 hour)", "ends", StartDate=midnight, EndDate=midnight + HOUR,
        ActionAfterCompletion="DELETE")  # fmt: skip
    aws.parts.clock.advance(20)
    names = [each["Name"] for each in scheduler.list_schedules()["Schedules"]]
    assert names == ["ends", "stays"]
    aws.parts.clock.advance(3600)
    assert [each["Name"] for each in scheduler.list_schedules()["Schedules"]] == ["stays"]
    assert len(queue.bodies()) == 4


def test_an_end_that_is_over_is_refused(put, midnight):
    for dates in (
        {"EndDate": midnight - HOUR},
        {"StartDate": midnight + 2 * HOUR, "EndDate": midnight + HOUR},
    ):
        with pytest.raises(ClientError, match="EndDate"):
            put("rate(1 hour)", **dates)


def test_a_deleted_group_takes_its_schedules_with_it(aws, scheduler, put, queue, midnight):
    scheduler.create_schedule_group(Name="g")
    put("cron(0 0 * * ? *)", GroupName="g")
    put("cron(0 0 * * ? *)", text="other")
    assert len(scheduler.list_schedules(GroupName="g")["Schedules"]) == 1
    scheduler.delete_schedule_group(Name="g")
    assert [each["GroupName"] for each in scheduler.list_schedules()["Schedules"]] == ["default"]
    aws.parts.clock.advance(11)
    assert queue.bodies() == ["other"]
    for call in (
        lambda: scheduler.list_schedules(GroupName="g"),
        lambda: put("rate(1 day)", "x", GroupName="g"),
    ):
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            call()
    with pytest.raises(ClientError, match="ValidationException"):
        scheduler.delete_schedule_group(Name="default")


def test_what_is_no_expression_is_refused_and_not_kept(scheduler, put):
    with pytest.raises(ClientError, match="ValidationException"):
        put("cron(0 0 * * * *)")
    assert not scheduler.list_schedules()["Schedules"]
