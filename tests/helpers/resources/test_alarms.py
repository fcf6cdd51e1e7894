"""An alarm is marked when it is made, and goes without the alarms of others."""

from helpers.guarded_updates import make_alarms
from helpers.resources import alarms


def test_alarms_are_listed_with_their_tag_and_deleted(client, config):
    cloudwatch = client("cloudwatch")
    names = make_alarms(config, config.name, errors=0.1, seconds=1)
    own = list(alarms.alarms(config))
    assert sorted(alarm.name for alarm in own) == sorted(names)
    assert all(alarms.tags(config, alarm) == {"course": "birds-and-bins"} for alarm in own)
    one = {"Namespace": "N", "MetricName": "m", "Statistic": "Sum", "Period": 60}
    one |= {"EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold"}
    cloudwatch.put_metric_alarm(AlarmName="my-birds-and-bins-alarm", **one)
    for name in names:
        alarms.delete(config, name)
    assert not list(alarms.alarms(config))
    left = cloudwatch.describe_alarms()["MetricAlarms"]
    assert [alarm["AlarmName"] for alarm in left] == ["my-birds-and-bins-alarm"]
