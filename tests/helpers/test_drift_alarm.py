"""The alarm goes off when a report has violations, and its queue hears of it once."""

from helpers import drift_alarm
from helpers.drift_alarm import is_on, make_alarm, messages
from helpers.monitor_jobs import NAMESPACE, SCHEDULE
from helpers.rehearsal import now


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
    config, aws, client, monkeypatch
):
    monkeypatch.setenv("COURSE_LOCAL_STATE", str(aws.context.state))
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


def test_making_it_again_changes_nothing(config, client):
    assert make_alarm(config, config.name) == make_alarm(config, config.name)
    assert len(client("sns").list_topics()["Topics"]) == 1
    topic = client("sns").list_topics()["Topics"][0]["TopicArn"]
    assert len(client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 1
