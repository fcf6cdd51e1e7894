"""Targets and policies are kept and refused as on AWS, and the number of instances follows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from botocore.exceptions import ClientError

from local_aws.state.faults import Fault
from tests.local_aws.services.autoscaling.conftest import CONCURRENT, OF, RESOURCE, TARGET


def count(hosting):
    [variant] = hosting.settled()["ProductionVariants"]
    return variant["CurrentInstanceCount"]


def begin_minute(clock):
    clock.advance(60 - clock.now().timestamp() % 60 + 5)


def load(hosting, times, minutes):
    """Let an endpoint have had this many times the target of requests for some minutes.

    Return the number of instances after each.
    """
    counts = []
    for _ in range(minutes):
        instances = count(hosting)
        datum = {
            "MetricName": "InvocationsPerInstance", "Values": [1 / instances],
            "Counts": [float(times * TARGET)],
            "Timestamp": hosting.aws.parts.clock.now(),
            "Dimensions": [{"Name": "EndpointName", "Value": "endpoint"},
                           {"Name": "VariantName", "Value": "AllTraffic"}],
        }  # fmt: skip
        request = {"Namespace": "AWS/SageMaker", "MetricData": [datum]}
        hosting.aws.parts.call("cloudwatch", "PutMetricData", request)
        begin_minute(hosting.aws.parts.clock)
        counts.append(count(hosting))
    return counts


def test_a_policy_makes_its_two_alarms(client, put):
    made = put()
    high, low = [alarm["AlarmName"] for alarm in made["Alarms"]]
    assert high.startswith(f"TargetTracking-{RESOURCE}-AlarmHigh-")
    assert low.startswith(f"TargetTracking-{RESOURCE}-AlarmLow-")
    alarms = client("cloudwatch").describe_alarms(AlarmNames=[high, low])["MetricAlarms"]
    rules = {
        each["AlarmName"]: (each["Threshold"], each["EvaluationPeriods"], each["Period"])
        for each in alarms
    }
    assert rules == {high: (TARGET, 3, 60), low: (0.9 * TARGET, 15, 60)}
    assert {tuple(each["AlarmActions"]) for each in alarms} == {(made["PolicyARN"],)}


def test_a_policy_names_its_alarms_while_lists_lag(hosting, client, put):
    hosting.aws.parts.faults.set([Fault("lagging", "sagemaker", "List*", seconds=60)])
    made = {alarm["AlarmName"]: alarm["AlarmARN"] for alarm in put()["Alarms"]}
    describe = client("cloudwatch").describe_alarms
    assert not describe(AlarmNames=[*made])["MetricAlarms"]
    hosting.aws.parts.clock.advance(61)
    alarms = describe(AlarmNames=[*made])["MetricAlarms"]
    assert {alarm["AlarmName"]: alarm["AlarmArn"] for alarm in alarms} == made


def test_instances_follow_the_load(hosting, put, scaling):
    put()
    begin_minute(hosting.aws.parts.clock)
    assert load(hosting, 1, 2) == [1, 1]
    assert load(hosting, 4, 5) == [1, 1, 4, 4, 4]
    assert load(hosting, 1, 16) == [4] * 14 + [1, 1]
    inward, outward = scaling.describe_scaling_activities(**OF)["ScalingActivities"]
    assert [inward["StatusCode"], outward["StatusCode"]] == ["Successful"] * 2
    assert outward["Description"] == "Setting desired instance count to 4."
    assert outward["Cause"].endswith(" in state ALARM triggered policy load")
    assert "-AlarmHigh-" in outward["Cause"] and "-AlarmLow-" in inward["Cause"]


def test_instances_follow_the_requests_that_they_have_at_once(hosting, put):
    put(metric=CONCURRENT, TargetValue=1)
    begin_minute(hosting.aws.parts.clock)
    both, counts = Barrier(2), []

    def ask(_):
        both.wait()
        hosting.ask(b"slow")

    with ThreadPoolExecutor(2) as pool:
        for _ in range(4):  # 10 seconds each
            list(pool.map(ask, range(2)))
            hosting.aws.parts.clock.advance(10)
            counts.append(count(hosting))
    assert (counts[0], counts[-1]) == (1, 2)


def test_a_metric_of_another_service_is_refused_by_name(put):
    with pytest.raises(ClientError, match="RDSReaderAverageCPUUtilization"):
        put(metric="RDSReaderAverageCPUUtilization")


def test_nothing_scales_in_where_it_is_disabled_and_no_alarm_is_made(hosting, put):
    assert len(put(DisableScaleIn=True)["Alarms"]) == 1
    begin_minute(hosting.aws.parts.clock)
    assert load(hosting, 4, 3)[-1] == 4
    assert load(hosting, 1, 16)[-1] == 4


def test_what_is_suspended_does_not_scale(hosting, put, scaling):
    put()
    state = {"DynamicScalingOutSuspended": True}
    scaling.register_scalable_target(**OF, SuspendedState=state)
    begin_minute(hosting.aws.parts.clock)
    assert load(hosting, 4, 4)[-1] == 1


def test_a_target_below_its_minimum_is_scaled_at_once(hosting, put, scaling):
    put(least=2)
    assert count(hosting) == 2
    hosting.aws.parts.clock.advance(2)
    [activity] = scaling.describe_scaling_activities(**OF)["ScalingActivities"]
    assert activity["Cause"] == "minimum capacity was set to 2"


def test_without_requests_nothing_scales_in(hosting, put):
    put()
    begin_minute(hosting.aws.parts.clock)
    assert load(hosting, 4, 3)[-1] == 4
    hosting.aws.parts.clock.advance(timedelta(hours=1).total_seconds())
    assert count(hosting) == 4


def test_a_deregistered_target_has_no_policies_and_alarms(client, put, scaling):
    put()
    scaling.deregister_scalable_target(**OF)
    assert not client("cloudwatch").describe_alarms()["MetricAlarms"]
    of = {"ServiceNamespace": "sagemaker"}
    assert not scaling.describe_scaling_policies(**of)["ScalingPolicies"]
    assert not scaling.describe_scalable_targets(**of)["ScalableTargets"]
    with pytest.raises(ClientError, match="No scalable target found for service namespace"):
        scaling.deregister_scalable_target(**OF)


def test_a_synchronous_endpoint_does_not_scale_to_zero(hosting, scaling):
    with pytest.raises(ClientError, match="at least 1"):
        scaling.register_scalable_target(**OF, MinCapacity=0, MaxCapacity=2)


@pytest.mark.parametrize("operation", ["PutScheduledAction", "GetPredictiveScalingForecast"])
def test_what_is_left_out_is_not_executed(aws, operation):
    assert not aws.parts.is_executed("application-autoscaling", operation)


def test_step_scaling_is_refused_by_name(put, scaling):
    put()
    with pytest.raises(ClientError, match="PolicyType StepScaling"):
        scaling.put_scaling_policy(**OF, PolicyName="steps", PolicyType="StepScaling")
