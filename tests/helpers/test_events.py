"""One call makes a rule with its target and permission, another lets a bucket tell; both repeat."""

import dataclasses
import json
import time

import pytest

from helpers.account_settings import AccountSettings
from helpers.events import (
    ROLE,
    SERVICE,
    make_queue,
    make_rule,
    received,
    switched_off,
    tell_events,
    uploads,
)
from helpers.session import client
from local_aws.control import Fault, set_faults
from local_aws.role_trust import is_assumable
from tests.local_cloud import course_config

WORKFLOW = "arn:aws:glue:us-east-1:000000000000:workflow/birds-and-bins-birds-curate"


@pytest.fixture
def queue(config):
    return make_queue(config, "heard")


def state(config):
    """Return all that EventBridge, SQS and S3 know of it."""
    events, sqs, s3 = (client(config, name) for name in ("events", "sqs", "s3"))
    rules = events.list_rules()["Rules"]
    targets = [events.list_targets_by_rule(Rule=rule["Name"])["Targets"] for rule in rules]
    urls = sqs.list_queues().get("QueueUrls", [])
    policies = [
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
        for url in urls
    ]
    notices = s3.get_bucket_notification_configuration(Bucket=config.bucket)
    del notices["ResponseMetadata"]
    return rules, targets, urls, policies, notices


def test_a_rule_sends_nothing_while_it_is_switched_off(config, queue):
    tell_events(config, config.bucket)
    make_rule(config, "raw", uploads(config.bucket), queue)
    s3 = client(config, "s3")
    with pytest.raises(KeyboardInterrupt), switched_off(config, "raw"):
        s3.put_object(Bucket=config.bucket, Key="before", Body=b"1")
        time.sleep(0.5)  # events come within milliseconds
        raise KeyboardInterrupt
    s3.put_object(Bucket=config.bucket, Key="after", Body=b"1")
    (event,) = received(config, queue)
    assert event["detail"]["object"]["key"] == "after"


def test_an_upload_is_seen_in_a_queue_once(config, queue):
    tell_events(config, config.bucket)
    rule = make_rule(config, "raw", uploads(config.bucket, "raw/"), queue)
    assert repr(rule) == "<Rule birds-and-bins-birds-raw: events go to birds-and-bins-birds-heard>"
    s3 = client(config, "s3")
    for key in ("raw/a.ogg", "other/b.ogg", "raw/c.ogg"):
        s3.put_object(Bucket=config.bucket, Key=key, Body=b"1")
    events = received(config, queue, count=2)
    assert {event["detail"]["object"]["key"] for event in events} == {"raw/a.ogg", "raw/c.ogg"}
    assert received(config, queue, seconds=0.1) == []


def test_the_same_calls_again_change_nothing(config, queue):
    def make():
        make_queue(config, "heard")
        make_rule(config, "raw", uploads(config.bucket), queue, dead_letters=queue)
        tell_events(config, config.bucket)

    make()
    before = state(config)
    make()
    assert state(config) == before


def test_a_rule_has_one_target_and_the_courses_tag(config, queue):
    make_rule(config, "raw", uploads(config.bucket), queue)
    events = client(config, "events")
    other = {"Id": "other", "Arn": "arn:aws:sqs:us-east-1:000000000000:other"}
    events.put_targets(Rule="birds-and-bins-birds-raw", Targets=[other])
    make_rule(config, "raw", uploads(config.bucket), queue)
    [rule] = events.list_rules()["Rules"]
    [target] = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target == {"Id": "raw", "Arn": queue}
    tags = events.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"]
    assert tags == [{"Key": "course", "Value": "birds-and-bins"}]


def test_a_workflow_is_started_by_a_role_for_it_alone(config):
    make_rule(config, "raw", uploads(config.bucket), WORKFLOW)
    [target] = client(config, "events").list_targets_by_rule(Rule="birds-and-bins-birds-raw")[
        "Targets"
    ]
    assert target["RoleArn"].endswith(f":role/{ROLE}")
    policy = client(config, "iam").get_role_policy(RoleName=ROLE, PolicyName="course")
    statements = policy["PolicyDocument"]["Statement"]
    assert "glue:notifyEvent" in json.dumps(statements) and len(statements) == 2
    assert all("birds-and-bins" in line["Resource"][0] for line in statements)


def test_a_rule_is_made_once_its_role_is_seen(aws, config):
    """EventBridge takes a role that it does not see yet, and loses the events."""
    set_faults(aws.context, [Fault("lagging", "iam", "CreateRole", seconds=1.5)])
    patient = dataclasses.replace(config, role_seconds=2.5)
    make_rule(patient, "raw", uploads(config.bucket), WORKFLOW)
    role = client(config, "iam").get_role(RoleName=ROLE)["Role"]["Arn"]
    assert is_assumable(aws.parts, role, SERVICE)
    start = time.monotonic()
    time.sleep(1)
    make_rule(patient, "again", uploads(config.bucket), WORKFLOW)
    assert time.monotonic() - start < 3  # an old role is not waited for


def test_a_companys_bucket_is_not_changed(config, aws):
    own = course_config(aws, bucket="data", account=AccountSettings(bucket="data"))
    aws.store.create_bucket("data")
    with pytest.raises(ValueError, match="have Amazon EventBridge switched on"):
        tell_events(own, "data")
    assert not aws.store.objects.notices.are_on("data")
