"""Alarms follow their metric on the one clock, and act on each change of their state once."""

import json

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws
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


@pytest.fixture
def put(aws):
    """Return a function that puts a value into the present period, and waits for its end."""

    def put(*values, seconds=60):
        for value in values:
            if value is not None:
                aws.engines.metrics.put(*METRIC.values(), {}, value, resolution=min(seconds, 60))
            aws.parts.clock.advance(seconds)

    clock = aws.parts.clock
    clock.advance(60 - clock.now().timestamp() % 60)
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
    assert state(cloudwatch) == aws.engines.alarms.state("many-errors") == "ALARM"
    put(2.0)
    assert state(cloudwatch) == "OK"
    put(None, None, None)
    assert state(cloudwatch) == "INSUFFICIENT_DATA"


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


def test_a_listener_hears_each_change(aws, cloudwatch, put):
    heard = []
    aws.engines.alarms.on_change(lambda name, state: heard.append((name, state)))
    cloudwatch.put_metric_alarm(**ALARM)
    put(9.0, 9.0, 0.0)
    assert heard == [("many-errors", "ALARM"), ("many-errors", "OK")]


def test_actions_of_the_new_state_are_done_once_unless_they_are_disabled(aws, cloudwatch, put):
    done = []
    aws.engines.alarms.actions["sns"] = lambda arn, alarm, before: done.append((arn, before))
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[TOPIC], OKActions=[TOPIC + "-ok"])
    put(9.0, 9.0, 0.0)
    assert done == [(TOPIC, "INSUFFICIENT_DATA"), (TOPIC + "-ok", "ALARM")]
    cloudwatch.disable_alarm_actions(AlarmNames=["many-errors"])
    put(9.0)
    assert state(cloudwatch) == "ALARM" and len(done) == 2
    cloudwatch.enable_alarm_actions(AlarmNames=["many-errors"])
    put(0.0)
    assert len(done) == 3


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
    with pytest.raises(KeyError):
        aws.engines.alarms.state("many-errors")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        cloudwatch.set_alarm_state(AlarmName="many-errors", StateValue="OK", StateReason="no")


def test_an_action_that_fails_is_noted_and_the_next_is_done(aws, cloudwatch, put, caplog):
    done = []
    aws.engines.alarms.actions["lambda"] = lambda arn, alarm, before: done.append(arn)
    function = "arn:aws:lambda:us-east-1:000000000000:function:f"
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[TOPIC, function])
    put(9.0)
    assert state(cloudwatch) == "ALARM" and done == [function]
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
        clock.advance(60 - clock.now().timestamp() % 60)
        server.engines.metrics.put(*METRIC.values(), {}, 9.0)
        clock.advance(60)
        assert server.engines.alarms.state("many-errors") == "ALARM"


def test_what_is_no_alarm_on_a_metric_is_refused_by_its_name(cloudwatch):
    metrics = [{"Id": "m", "Expression": "a / b"}]
    request = {name: ALARM[name] for name in ALARM if name not in (*METRIC, "Statistic", "Period")}
    with pytest.raises(ClientError, match="PutMetricAlarm with Metrics: leave that out"):
        cloudwatch.put_metric_alarm(**request, Metrics=metrics)
    with pytest.raises(ClientError, match="not support cloudwatch:PutCompositeAlarm"):
        cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(a)")
    with pytest.raises(ClientError, match="ComparisonOperator LessThanLowerThreshold"):
        cloudwatch.put_metric_alarm(**{**ALARM, "ComparisonOperator": "LessThanLowerThreshold"})


def test_an_alarms_message_reaches_a_queue_by_its_topic(cloudwatch, client, put):
    sns, sqs = client("sns"), client("sqs")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    url = sqs.create_queue(QueueName="alarms")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue["QueueArn"])
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[topic])
    put(0.0)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    put(9.0)
    [received] = sqs.receive_message(QueueUrl=url)["Messages"]
    notification = json.loads(received["Body"])
    assert notification["Subject"] == 'ALARM: "many-errors" in US East (N. Virginia)'
    content = json.loads(notification["Message"])
    assert (content["OldStateValue"], content["NewStateValue"]) == ("OK", "ALARM")
    assert content["NewStateReason"] == alarm(cloudwatch)["StateReason"]
    assert content["Trigger"]["MetricName"] == "errors"
    sqs.delete_message(QueueUrl=url, ReceiptHandle=received["ReceiptHandle"])
    put(9.0)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
