"""Events reach the targets of the rules that they match, or the dead letters; S3's too."""

import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from local_aws.state.faults import Fault
from tests.local_aws.services.events.targets import Queue, until
from tests.local_cloud import BUCKET


def test_an_event_comes_whole(aim, queue, put, rule):
    aim(queue.arn)
    id_ = put(n=1)
    [event] = queue.events(1)
    assert event.pop("time").endswith("Z")
    assert event == {
        "version": "0", "id": id_, "detail-type": "news", "source": "course",
        "account": "0" * 12, "region": "us-east-1", "resources": [], "detail": {"n": 1},
    }  # fmt: skip


def test_an_entry_has_its_own_time_and_resources(aim, queue, events):
    aim(queue.arn)
    entry = {"Source": "course", "DetailType": "news", "Detail": "{}", "Resources": ["arn:x"]}
    events.put_events(Entries=[{**entry, "Time": datetime(2026, 1, 2, tzinfo=UTC)}])
    [event] = queue.events(1)
    assert (event["time"], event["resources"]) == ("2026-01-02T00:00:00Z", ["arn:x"])


def test_a_disabled_rule_gets_nothing_until_it_is_enabled(aim, queue, put, events):
    aim(queue.arn)
    events.disable_rule(Name="all")
    put(n=1)
    events.enable_rule(Name="all")
    put(n=2)
    assert [event["detail"] for event in queue.events(1)] == [{"n": 2}]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"Source": "aws.s3"}, "NotAuthorizedForSourceException"),
        ({"Source": ""}, "InvalidArgument"),
        ({"Detail": "no JSON"}, "MalformedDetail"),
        ({"Detail": "[]"}, "MalformedDetail"),
    ],
)
def test_a_bad_entry_fails_alone(events, entry, code):
    good = {"Source": "course", "DetailType": "news", "Detail": "{}"}
    answer = events.put_events(Entries=[{**good, **entry}, good])
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == code and "EventId" in answer["Entries"][1]


def test_more_than_one_megabyte_is_refused(events):
    entry = {"Source": "course", "DetailType": "news", "Detail": json.dumps({"a": "x" * 600_000})}
    with pytest.raises(ClientError, match="Total size of the entries"):
        events.put_events(Entries=[entry, entry])


def test_a_queue_without_permission_gets_nothing_and_the_dead_letter_says_why(
    aim, client, put, rule
):
    dead = Queue(client("sqs"), "dead", ArnEquals={"aws:SourceArn": rule})
    closed = Queue(client("sqs"), "closed", allowed=False)
    aim(closed.arn, DeadLetterConfig={"Arn": dead.arn})
    id_ = put(n=1)
    [letter] = dead.messages(1)
    assert json.loads(letter["Body"])["id"] == id_
    values = {name: each["StringValue"] for name, each in letter["MessageAttributes"].items()}
    assert values.pop("ERROR_MESSAGE")
    assert values == {
        "RULE_ARN": rule, "TARGET_ARN": closed.arn, "ERROR_CODE": "NO_PERMISSIONS",
        "RETRY_ATTEMPTS": "0",
    }  # fmt: skip


def test_a_throttled_target_is_tried_again_on_the_one_clock(aws, aim, queue, put):
    aim(queue.arn)
    aws.parts.faults.set([Fault("throttled", "sqs", "SendMessage", times=3)])
    put(n=1)
    until(lambda: aws.parts.clock.advance(2) and _retries(aws) in ([], [3]), "no third attempt")
    aws.parts.clock.advance(10)
    assert [event["detail"] for event in queue.events(1)] == [{"n": 1}]


def _retries(aws):
    return [each["Retries"] for _, each in aws.parts.documents.items("event-delivery")]


def test_a_target_that_never_takes_it_has_its_retries_and_then_a_dead_letter(
    aws, aim, queue, put, client
):
    dead = Queue(client("sqs"), "dead")
    letters = {"DeadLetterConfig": {"Arn": dead.arn}}
    aim(queue.arn, RetryPolicy={"MaximumRetryAttempts": 2}, **letters)
    # The dead-letter queue has the same operation: it meets no fault any more.
    aws.parts.faults.set([Fault("throttled", "sqs", "SendMessage", times=3)])
    put(n=1)
    until(lambda: aws.parts.clock.advance(5) and not _retries(aws), "it is still tried")
    [letter] = dead.messages(1)
    values = {name: each["StringValue"] for name, each in letter["MessageAttributes"].items()}
    assert values["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
    assert (values["ERROR_CODE"], values["RETRY_ATTEMPTS"]) == ("THROTTLING", "2")


def test_an_event_that_is_too_old_has_a_dead_letter(aws, aim, queue, put, client):
    dead = Queue(client("sqs"), "dead")
    policy = {"RetryPolicy": {"MaximumEventAgeInSeconds": 60}}
    aim(queue.arn, DeadLetterConfig={"Arn": dead.arn}, **policy)
    aws.parts.faults.set([Fault("throttled", "sqs", "SendMessage", times=2)])
    put(n=1)
    until(lambda: _retries(aws) == [1], "it was not tried")
    aws.parts.clock.advance(90)
    [letter] = dead.messages(1)
    condition = letter["MessageAttributes"]["EXHAUSTED_RETRY_CONDITION"]["StringValue"]
    assert condition == "MaximumEventAgeInSeconds"


def test_events_come_twice_and_late_where_a_fault_says_so(aws, aim, queue, put):
    aim(queue.arn)
    twice = Fault("duplicated", "events", "Deliver", times=1)
    aws.parts.faults.set([twice, Fault("reordered", "events", "Deliver", seconds=500, times=2)])
    first = put(n=1)
    second = put(n=2)
    assert [event["id"] for event in queue.events(1)] == [second]
    aws.parts.clock.advance(501)
    assert [event["id"] for event in queue.events(2)] == [first, first]


@pytest.fixture
def told(client, events, queue):
    """Return an S3 client; the queue hears of all objects of the bucket."""
    events.put_rule(Name="objects", EventPattern='{"source": ["aws.s3"]}')
    events.put_targets(Rule="objects", Targets=[{"Id": "one", "Arn": queue.arn}])
    s3 = client("s3")
    configuration = {"EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=configuration)
    return s3


def test_s3_tells_of_a_new_object_in_its_documented_form(told, queue):
    answer = told.put_object(Bucket=BUCKET, Key="birds/ü.ogg", Body=b"12345")
    [event] = queue.events(1)
    assert (event["source"], event["detail-type"]) == ("aws.s3", "Object Created")
    assert event["resources"] == [f"arn:aws:s3:::{BUCKET}"]
    detail = event["detail"]
    assert int(detail["object"].pop("sequencer"), 16) > 0
    assert detail == {
        "version": "0", "event-version": "1.0", "bucket": {"name": BUCKET},
        "object": {"key": "birds/ü.ogg", "size": 5, "etag": answer["ETag"].strip('"')},
        "request-id": answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-request-id"],
        "requester": "0" * 12, "source-ip-address": "127.0.0.1", "reason": "PutObject",
    }  # fmt: skip


def test_s3_tells_the_time_of_the_one_clock(aws, told, queue):
    aws.parts.clock.advance(24 * 3600)
    told.put_object(Bucket=BUCKET, Key="late", Body=b"1")
    [event] = queue.events(1)
    apart = aws.parts.clock.now() - datetime.fromisoformat(event["time"])
    assert abs(apart.total_seconds()) < 60
    written = told.head_object(Bucket=BUCKET, Key="late")["LastModified"]
    assert abs((aws.parts.clock.now() - written).total_seconds()) < 60


def test_s3_tells_how_an_object_came_and_that_it_went(told, queue):
    told.put_object(Bucket=BUCKET, Key="one", Body=b"1")
    told.copy_object(Bucket=BUCKET, Key="two", CopySource=f"{BUCKET}/one")
    upload = told.create_multipart_upload(Bucket=BUCKET, Key="three")["UploadId"]
    where = {"Bucket": BUCKET, "Key": "three", "UploadId": upload}
    part = {"ETag": told.upload_part(**where, PartNumber=1, Body=b"1")["ETag"], "PartNumber": 1}
    told.complete_multipart_upload(**where, MultipartUpload={"Parts": [part]})
    told.delete_object(Bucket=BUCKET, Key="missing")
    told.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "one"}, {"Key": "two"}]})
    details = [event["detail"] for event in queue.events(5)]
    assert {(each["object"]["key"], each["reason"]) for each in details} == {
        ("one", "PutObject"), ("two", "CopyObject"), ("three", "CompleteMultipartUpload"),
        ("one", "DeleteObject"), ("two", "DeleteObject"),
    }  # fmt: skip
    gone = [each for each in details if each["reason"] == "DeleteObject"]
    assert {each["deletion-type"] for each in gone} == {"Permanently Deleted"}


def test_a_bucket_that_tells_no_longer_is_silent(told, queue):
    told.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={})
    assert "EventBridgeConfiguration" not in told.get_bucket_notification_configuration(
        Bucket=BUCKET
    )
    told.put_object(Bucket=BUCKET, Key="one", Body=b"1")
    configuration = {"EventBridgeConfiguration": {}}
    told.put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration=configuration
    )
    told.put_object(Bucket=BUCKET, Key="two", Body=b"1")
    assert [event["detail"]["object"]["key"] for event in queue.events(1)] == ["two"]


def test_notices_to_other_services_are_refused_by_name(client):
    topic = {"TopicArn": "arn:aws:sns:us-east-1:000000000000:t", "Events": ["s3:ObjectCreated:*"]}
    with pytest.raises(ClientError, match="TopicConfigurations") as refusal:
        client("s3").put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration={"TopicConfigurations": [topic]}
        )
    assert refusal.value.response["Error"]["Code"] == "NotImplemented"


def test_an_alarm_tells_of_its_state(client, events, queue):
    events.put_rule(Name="alarms", EventPattern='{"source": ["aws.cloudwatch"]}')
    events.put_targets(Rule="alarms", Targets=[{"Id": "one", "Arn": queue.arn}])
    cloudwatch = client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="loud", Namespace="N", MetricName="m", Statistic="Sum", Period=60,
        EvaluationPeriods=1, Threshold=1.0, ComparisonOperator="GreaterThanThreshold",
        Dimensions=[{"Name": "d", "Value": "v"}],
    )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName="loud", StateValue="ALARM", StateReason="a test")
    [event] = queue.events(1)
    assert event["detail-type"] == "CloudWatch Alarm State Change"
    assert event["resources"] == ["arn:aws:cloudwatch:us-east-1:000000000000:alarm:loud"]
    detail = event["detail"]
    assert (detail["state"]["value"], detail["state"]["reason"]) == ("ALARM", "a test")
    assert detail["previousState"]["value"] == "INSUFFICIENT_DATA"
    [metric] = detail["configuration"]["metrics"]
    assert metric["metricStat"] == {
        "metric": {"namespace": "N", "name": "m", "dimensions": {"d": "v"}},
        "period": 60, "stat": "Sum",
    }  # fmt: skip
