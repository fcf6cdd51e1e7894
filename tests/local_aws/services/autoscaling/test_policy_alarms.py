"""A policy's alarms follow its metric and its settings."""

from tests.local_aws.services.autoscaling.conftest import CONCURRENT, OF, RESOURCE

OWN = {
    "Namespace": "Birds", "MetricName": "backlog", "Statistic": "Average",
    "Dimensions": [{"Name": "EndpointName", "Value": "endpoint"}],
}  # fmt: skip


def test_a_policy_that_is_put_again_keeps_its_alarms(client, put):
    before, after = put(), put(TargetValue=50)
    assert before["Alarms"] == after["Alarms"]
    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert sorted(alarm["Threshold"] for alarm in alarms) == [45, 50]


def test_the_alarm_to_scale_in_goes_where_scaling_in_is_disabled(client, put):
    put()
    put(DisableScaleIn=True)
    [alarm] = client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert "-AlarmHigh-" in alarm["AlarmName"]


def test_a_policy_may_follow_a_metric_of_ones_own(client, hosting, scaling):
    scaling.register_scalable_target(**OF, MinCapacity=1, MaxCapacity=2)
    scaling.put_scaling_policy(
        **OF, PolicyName="own", PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 5.0, "CustomizedMetricSpecification": OWN,
        },
    )  # fmt: skip
    for alarm in client("cloudwatch").describe_alarms()["MetricAlarms"]:
        assert OWN.items() <= alarm.items()
        assert alarm["AlarmName"].startswith(f"TargetTracking-{RESOURCE}-Alarm")


def test_concurrent_requests_scale_out_after_half_a_minute_and_in_as_late_as_others(client, put):
    put(metric=CONCURRENT)
    high, low = client("cloudwatch").describe_alarms()["MetricAlarms"]
    for alarm in (high, low):
        assert alarm["MetricName"] == "ConcurrentRequestsPerModel"
        assert alarm["Statistic"] == "Maximum"
    assert (high["Period"], high["EvaluationPeriods"]) == (10, 3)
    assert (low["Period"], low["EvaluationPeriods"]) == (60, 15)


def test_the_alarms_of_a_deleted_policy_are_gone(client, put, scaling):
    put()
    scaling.delete_scaling_policy(**OF, PolicyName="load")
    assert not client("cloudwatch").describe_alarms()["MetricAlarms"]
