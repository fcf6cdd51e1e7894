"""The alarm goes off when a report has violations, and its queue hears of it once."""

from helpers import drift_alarm
from helpers.alarms import alarms_on
from helpers.drift_alarm import call_off, is_on, make_alarm, messages, rehearse, went_off
from helpers.events import make_queue, make_rule, received
from helpers.monitor_jobs import NAMESPACE, SCHEDULE
from helpers.rehearsal import now
from local_aws.control import Fault, set_faults


def report(config, client, violations):
    dimensions = {"Endpoint": "birds-and-bins-birds", "MonitoringSchedule": SCHEDULE}
    metric = {
        "MetricName": "violations",
        "Timestamp": now(config),
        "Value": float(violations),
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
    }
    client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=[metric])


def test_a_report_without_a_violation_is_quiet_and_one_with_some_is_heard(
    rehearsed, client, monkeypatch
):
    config = rehearsed
    alarm = make_alarm(config, config.name)
    assert repr(alarm) == f"<DriftAlarm {config.name}-drift>"
    report(config, client, 0)
    assert not is_on(config, alarm)
    report(config, client, 3)
    assert is_on(config, alarm)
    (message,) = messages(config, alarm)
    assert message["NewStateValue"] == "ALARM" and message["AlarmName"] == alarm.name
    monkeypatch.setattr(drift_alarm, "LATE_SECONDS", 0.1)
    assert messages(config, alarm) == []


def test_a_new_alarm_is_shown_where_cloudwatch_is_late(config, aws, client):
    set_faults(aws.context, [Fault("lagging", "sagemaker", "List*", seconds=1)])
    alarm = make_alarm(config, config.name)
    [shown] = client("cloudwatch").describe_alarms(AlarmNames=[alarm.name])["MetricAlarms"]
    assert shown["AlarmActions"] == [alarm.topic]


def test_making_it_again_changes_nothing(config, client):
    assert make_alarm(config, config.name) == make_alarm(config, config.name)
    assert len(client("sns").list_topics()["Topics"]) == 1
    topic = client("sns").list_topics()["Topics"][0]["TopicArn"]
    assert len(client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 1


def test_a_rehearsal_is_told_of_each_time_and_only_where_it_goes_off(config, client):
    alarm, other = make_alarm(config, config.name), make_alarm(config, "other")
    queue = make_queue(config, "heard")
    make_rule(config, "drift", went_off(alarm), queue)
    rehearse(config, other)
    for _ in range(2):
        rehearse(config, alarm)
    told = received(config, queue, count=2)
    assert [each["detail"]["state"]["value"] for each in told] == ["ALARM", "ALARM"]
    assert {each["detail"]["alarmName"] for each in told} == {alarm.name}
    call_off(config, alarm)
    assert alarms_on(config, [alarm.name, other.name]) == [other.name]
