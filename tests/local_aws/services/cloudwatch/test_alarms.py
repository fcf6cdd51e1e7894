"""Alarms follow their metric on the one clock, and act on each change of their state once."""

import json
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws
from local_aws.services.cloudwatch.alarms import LATE_SECONDS
from tests.local_cloud import make_client

METRIC = {"Namespace": "Birds", "MetricName": "errors"}
ALARM = {
    "AlarmName": "many-errors", **METRIC, "Statistic": "Sum", "Period": 60,
    "EvaluationPeriods": 1, "Threshold": 5.0, "ComparisonOperator": "GreaterThanThreshold",
}  # fmt: skip
TOPIC = "arn:aws:sns:us-east-1:000000000000:nobody"


@pytest.fixture
def cloudwatch(client):
    return client("cloudwatch")


def measure(aws, value, resolution=60):
    datum = {"MetricName": "errors", "Value": value, "StorageResolution": resolution}
    aws.parts.call("cloudwatch", "PutMetricData", {"Namespace": "Birds", "MetricData": [datum]})


def begin_minute(clock):
    """Move the clock into the next minute, when the alarms of the last one have been evaluated."""
    clock.advance(60 - clock.now().timestamp() % 60 + LATE_SECONDS + 1)


@pytest.fixture
def put(aws):
    """Return a function that puts a value into the present period, and waits for its end."""

    def put(*values, seconds=60):
        for value in values:
            if value is not None:
                measure(aws, value, 1 if seconds < 60 else 60)
            aws.parts.clock.advance(seconds)

    begin_minute(aws.parts.clock)
    return put


def alarm(cloudwatch):
    [found] = cloudwatch.describe_alarms(AlarmNames=["many-errors"])["MetricAlarms"]
    return found


def state(cloudwatch):
    return alarm(cloudwatch)["StateValue"]


def test_an_alarm_has_no_state_before_its_first_period(cloudwatch):
    cloudwatch.put_metric_alarm(**ALARM)
    described = alarm(cloudwatch)
    assert described["StateValue"] == "INSUFFICIENT_DATA"
    assert described["StateReason"] == "Unchecked: Initial alarm creation"
    assert ALARM.items() <= described.items()
    assert described["AlarmArn"].endswith(":alarm:many-errors")


def test_its_state_follows_the_metric(aws, cloudwatch, put):
    cloudwatch.put_metric_alarm(**ALARM)
    put(1.0)
    assert state(cloudwatch) == "OK"
    put(6.0)
    assert alarm(cloudwatch)["StateReason"].startswith("Threshold Crossed: 1 datapoint [6.0 (")
    assert state(cloudwatch) == "ALARM"
    put(2.0)
    assert state(cloudwatch) == "OK"
    put(None, None, None)
    assert state(cloudwatch) == "INSUFFICIENT_DATA"


def test_data_that_come_a_second_after_their_period_count(aws, cloudwatch, put):
    cloudwatch.put_metric_alarm(**ALARM)
    clock = aws.parts.clock
    clock.advance(60 - clock.now().timestamp() % 60 + 1)
    data = [{"MetricName": "errors", "Value": 9.0, "Timestamp": clock.now() - timedelta(seconds=3)}]
    cloudwatch.put_metric_data(Namespace="Birds", MetricData=data)
    clock.advance(1)
    assert state(cloudwatch) == "ALARM"


def test_two_of_three_periods_are_enough_where_it_is_said(cloudwatch, put):
    cloudwatch.put_metric_alarm(**{**ALARM, "EvaluationPeriods": 3, "DatapointsToAlarm": 2})
    put(0.0, 9.0, 0.0)
    assert state(cloudwatch) == "OK"
    put(9.0)
    assert state(cloudwatch) == "ALARM"


def test_a_short_period_is_evaluated_each_ten_seconds(cloudwatch, put):
    request = {name: value for name, value in ALARM.items() if name != "Statistic"}
    cloudwatch.put_metric_alarm(**{**request, "Period": 10, "ExtendedStatistic": "p90"})
    put(9.0, seconds=10)
    assert state(cloudwatch) == "ALARM"


def test_a_long_period_is_a_window_that_moves_each_minute(cloudwatch, put):
    cloudwatch.put_metric_alarm(**{**ALARM, "Period": 300})
    put(4.0)
    assert state(cloudwatch) == "OK"
    put(4.0)
    assert state(cloudwatch) == "ALARM"


@pytest.fixture
def subscribe(client):
    """Return a function that makes a topic with a queue, and one that takes its messages."""

    def subscribe(name):
        sns, sqs = client("sns"), client("sqs")
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        topic = sns.create_topic(Name=name)["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=topic.replace(":sns:", ":sqs:"))

        def messages():
            request = {"QueueUrl": url, "MaxNumberOfMessages": 10, "VisibilityTimeout": 3600}
            received = sqs.receive_message(**request).get("Messages", [])
            return [json.loads(message["Body"]) for message in received]

        return topic, messages

    return subscribe


def test_actions_of_the_new_state_are_done_once_unless_they_are_disabled(
    cloudwatch, put, subscribe
):
    topic, messages = subscribe("alarms")
    topic_of_ok, messages_of_ok = subscribe("ok")
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[topic], OKActions=[topic_of_ok])
    put(9.0, 9.0, 0.0)
    assert (len(messages()), len(messages_of_ok())) == (1, 1)
    cloudwatch.disable_alarm_actions(AlarmNames=["many-errors"])
    put(9.0)
    assert state(cloudwatch) == "ALARM" and not messages()
    cloudwatch.enable_alarm_actions(AlarmNames=["many-errors"])
    put(0.0)
    assert len(messages_of_ok()) == 1


def test_an_alarms_message_reaches_a_queue_by_its_topic(cloudwatch, put, subscribe):
    topic, messages = subscribe("alarms")
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[topic])
    put(0.0)
    assert not messages()
    put(9.0)
    [notification] = messages()
    assert notification["Subject"] == 'ALARM: "many-errors" in US East (N. Virginia)'
    content = json.loads(notification["Message"])
    assert (content["OldStateValue"], content["NewStateValue"]) == ("OK", "ALARM")
    assert content["NewStateReason"] == alarm(cloudwatch)["StateReason"]
    assert content["Trigger"]["MetricName"] == "errors"


def test_a_state_that_was_set_lasts_until_the_next_evaluation(aws, cloudwatch, put):
    cloudwatch.put_metric_alarm(**ALARM)
    put(0.0)
    cloudwatch.set_alarm_state(AlarmName="many-errors", StateValue="ALARM", StateReason="a test")
    assert (state(cloudwatch), alarm(cloudwatch)["StateReason"]) == ("ALARM", "a test")
    put(0.0)
    assert state(cloudwatch) == "OK"


def test_a_change_of_its_settings_keeps_its_state(cloudwatch, put):
    cloudwatch.put_metric_alarm(**ALARM)
    put(9.0)
    cloudwatch.put_metric_alarm(**{**ALARM, "Threshold": 50.0})
    assert (state(cloudwatch), alarm(cloudwatch)["Threshold"]) == ("ALARM", 50)
    put(9.0)
    assert state(cloudwatch) == "OK"


def test_a_deleted_alarm_is_not_evaluated(aws, cloudwatch, put):
    cloudwatch.put_metric_alarm(**ALARM)
    put(9.0)
    cloudwatch.delete_alarms(AlarmNames=["many-errors", "nobody"])
    put(0.0)
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
    with pytest.raises(ClientError, match="ResourceNotFound"):
        cloudwatch.set_alarm_state(AlarmName="many-errors", StateValue="OK", StateReason="no")


def test_an_action_that_fails_is_noted_and_the_next_is_done(cloudwatch, put, subscribe, caplog):
    topic, messages = subscribe("alarms")
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[TOPIC, topic])
    put(9.0)
    assert state(cloudwatch) == "ALARM" and len(messages()) == 1
    assert f"alarm many-errors: action {TOPIC} failed: NotFound" in caplog.text


def test_alarms_are_listed_by_what_they_are(cloudwatch, put):
    for name in ("a-1", "a-2", "b-1"):
        cloudwatch.put_metric_alarm(**{**ALARM, "AlarmName": name})
    cloudwatch.put_metric_alarm(**ALARM)
    put(9.0)

    def names(**request):
        pages = cloudwatch.get_paginator("describe_alarms").paginate(
            **request, PaginationConfig={"PageSize": 2}
        )
        return [each["AlarmName"] for page in pages for each in page["MetricAlarms"]]

    assert names() == ["a-1", "a-2", "b-1", "many-errors"]
    assert names(AlarmNamePrefix="a-") == ["a-1", "a-2"]
    assert names(StateValue="OK") == [] and len(names(StateValue="ALARM")) == 4


def test_an_alarm_goes_on_after_a_restart(tmp_path):
    with LocalAws(tmp_path) as server:
        make_client(server, "cloudwatch").put_metric_alarm(**ALARM)
    with LocalAws(tmp_path) as server:
        clock = server.parts.clock
        begin_minute(clock)
        measure(server, 9.0)
        clock.advance(60)
        assert state(make_client(server, "cloudwatch")) == "ALARM"


def test_what_is_no_alarm_on_a_metric_is_refused_by_its_name(cloudwatch):
    metrics = [{"Id": "m", "Expression": "a / b"}]
    request = {name: ALARM[name] for name in ALARM if name not in (*METRIC, "Statistic", "Period")}
    with pytest.raises(ClientError, match="PutMetricAlarm with Metrics: leave that out"):
        cloudwatch.put_metric_alarm(**request, Metrics=metrics)
    with pytest.raises(ClientError, match="not support cloudwatch:PutCompositeAlarm"):
        cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(a)")
    with pytest.raises(ClientError, match="ComparisonOperator LessThanLowerThreshold"):
        cloudwatch.put_metric_alarm(**{**ALARM, "ComparisonOperator": "LessThanLowerThreshold"})


def test_tags_come_with_the_alarm_and_stay_when_it_is_put_again(cloudwatch):
    cloudwatch.put_metric_alarm(**ALARM, Tags=[{"Key": "team", "Value": "birds"}])
    cloudwatch.put_metric_alarm(**ALARM, Tags=[{"Key": "team", "Value": "bins"}])
    arn = alarm(cloudwatch)["AlarmArn"]
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [
        {"Key": "team", "Value": "birds"}
    ]


def test_the_tags_of_no_alarm_are_refused(cloudwatch):
    arn = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:absent"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        cloudwatch.list_tags_for_resource(ResourceARN=arn)
