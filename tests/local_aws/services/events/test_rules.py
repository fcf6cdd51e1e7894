"""Rules and their targets are kept, changed, listed, tagged and deleted, as EventBridge does it."""

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws
from tests.local_cloud import make_client

PATTERN = '{"source": ["course"]}'


def refusal(call, **request):
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def test_a_rule_is_described_as_it_was_put_and_keeps_targets_and_tags(events, aim, queue, rule):
    aim(queue.arn)
    tags = [{"Key": "course", "Value": "yes"}]
    events.tag_resource(ResourceARN=rule, Tags=tags)
    events.put_rule(Name="all", EventPattern=PATTERN, Description="new", State="DISABLED")
    described = events.describe_rule(Name="all")
    described.pop("ResponseMetadata")
    assert described == {
        "Name": "all", "Arn": rule, "EventPattern": PATTERN, "Description": "new",
        "State": "DISABLED", "EventBusName": "default", "CreatedBy": "0" * 12,
    }  # fmt: skip
    assert events.list_targets_by_rule(Rule="all")["Targets"] == [{"Id": "one", "Arn": queue.arn}]
    assert events.list_tags_for_resource(ResourceARN=rule)["Tags"] == tags
    events.untag_resource(ResourceARN=rule, TagKeys=["course"])
    assert events.list_tags_for_resource(ResourceARN=rule)["Tags"] == []


def test_rules_are_listed_by_prefix_and_pages_and_by_their_target(events, aim, queue):
    aim(queue.arn)
    for number in range(3):
        events.put_rule(Name=f"my-{number}", EventPattern=PATTERN)
    pages = events.get_paginator("list_rules").paginate(
        NamePrefix="my-", PaginationConfig={"PageSize": 2}
    )
    names = [[rule["Name"] for rule in page["Rules"]] for page in pages]
    assert names == [["my-0", "my-1"], ["my-2"]]
    assert events.list_rule_names_by_target(TargetArn=queue.arn)["RuleNames"] == ["all"]


def test_a_rule_with_targets_stays_and_one_without_goes(events, aim, queue):
    aim(queue.arn)
    code, message = refusal(events.delete_rule, Name="all")
    assert (code, message) == ("ValidationException", "Rule can't be deleted since it has targets.")
    answer = events.remove_targets(Rule="all", Ids=["one", "two"])
    assert [each["TargetId"] for each in answer["FailedEntries"]] == ["two"]
    events.delete_rule(Name="all")
    events.delete_rule(Name="all")  # AWS says nothing of a rule that is gone
    code, message = refusal(events.describe_rule, Name="all")
    assert (code, message) == (
        "ResourceNotFoundException", "Rule all does not exist on EventBus default.",
    )  # fmt: skip


def test_a_sixth_target_is_refused_and_nothing_is_changed(events, rule, queue):
    targets = [{"Id": str(number), "Arn": queue.arn} for number in range(6)]
    code, _ = refusal(events.put_targets, Rule="all", Targets=targets)
    assert code == "LimitExceededException"
    assert events.list_targets_by_rule(Rule="all")["Targets"] == []


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"EventPattern": '{"a": "b"}'}, '"a" must be an object or an array'),
        ({}, "EventPattern or ScheduleExpression must be specified"),
        ({"ScheduleExpression": "rate(1 day)"}, "ScheduleExpression"),
        ({"EventPattern": PATTERN, "EventBusName": "mine"}, "EventBusName mine"),
    ],
)
def test_a_rule_that_is_not_done_is_refused_by_name(events, request_, words):
    assert words in refusal(events.put_rule, Name="bad", **request_)[1]
    assert events.list_rules()["Rules"] == []


def test_a_pattern_is_tried_on_an_event(events):
    event = (
        '{"id": "1", "account": "1", "source": "course", "time": "2026-01-01T00:00:00Z",'
        ' "region": "us-east-1", "resources": [], "detail-type": "news", "detail": {}}'
    )
    assert events.test_event_pattern(EventPattern=PATTERN, Event=event)["Result"]
    other = event.replace('"course"', '"other"')
    assert not events.test_event_pattern(EventPattern=PATTERN, Event=other)["Result"]
    code, _ = refusal(events.test_event_pattern, EventPattern=PATTERN, Event='{"id": "1"}')
    assert code == "InvalidEventPatternException"


def test_rules_and_targets_are_there_after_a_restart(tmp_path):
    with LocalAws(tmp_path / "again") as aws:
        events = make_client(aws, "events")
        events.put_rule(Name="all", EventPattern=PATTERN)
        target = {"Id": "one", "Arn": "arn:aws:sqs:us-east-1:000000000000:q"}
        events.put_targets(Rule="all", Targets=[target])
    with LocalAws(tmp_path / "again") as aws:
        events = make_client(aws, "events")
        assert events.list_targets_by_rule(Rule="all")["Targets"] == [target]
