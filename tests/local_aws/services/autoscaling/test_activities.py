"""An activity ends with its instances, or says why it failed; a restart forgets none."""

from local_aws.server import LocalAws
from local_aws.services.autoscaling import activities
from tests.local_aws.services.autoscaling.conftest import RESOURCE
from tests.local_aws.services.sagemaker.jobs.requests import until


def listed(aws):
    request = {"ServiceNamespace": "sagemaker", "ResourceId": RESOURCE}
    call = aws.parts.call
    return call("application-autoscaling", "DescribeScalingActivities", request)[
        "ScalingActivities"
    ]


def test_an_activity_is_in_progress_until_its_instances_are_there(aws, put):
    put(least=2)
    [begun] = listed(aws)
    assert begun["StatusMessage"].endswith("Waiting for change to be fulfilled by sagemaker.")
    assert begun["StatusCode"] == "InProgress" and "EndTime" not in begun
    until(lambda: listed(aws)[0]["StatusCode"] == "Successful")
    [ended] = listed(aws)
    assert ended["EndTime"] > ended["StartTime"]
    assert ended["StatusMessage"].endswith("Change successfully fulfilled by sagemaker.")


def test_an_activity_whose_endpoint_goes_fails_with_the_reason(aws, hosting, put, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(activities, "DONE_SECONDS", 3600)  # else it may see the instances first
        put(least=2)
        hosting.settled()
        hosting.sagemaker.delete_endpoint(EndpointName="endpoint")
    engine = aws.parts.engine(activities.Activities)
    engine.shut_down()
    engine.recover()
    until(lambda: listed(aws)[0]["StatusCode"] == "Failed")
    assert "Could not find endpoint" in listed(aws)[0]["StatusMessage"]


def test_targets_policies_and_begun_activities_survive_a_restart(aws, hosting, put, tmp_path):
    made = put(least=2)
    aws.stop()
    with LocalAws(aws.context.state, port=0) as again:
        until(lambda: listed(again)[0]["StatusCode"] == "Successful", seconds=60)
        call, of = again.parts.call, {"ServiceNamespace": "sagemaker"}
        [target] = call("application-autoscaling", "DescribeScalableTargets", of)["ScalableTargets"]
        [policy] = call("application-autoscaling", "DescribeScalingPolicies", of)["ScalingPolicies"]
        assert (target["MinCapacity"], policy["PolicyARN"]) == (2, made["PolicyARN"])
