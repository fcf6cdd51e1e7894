"""The requests of a deployment are such as botocore's models take."""

import botocore.session
from botocore.validate import validate_parameters

from helpers.deployment import (
    alarm_requests,
    guardrails,
    judgment,
    policy_request,
    renewed,
    target_request,
)

SESSION = botocore.session.get_session()
RESOURCE = "endpoint/birds/variant/AllTraffic"
CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://b/capture",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}


def check(service: str, operation: str, members: dict) -> None:
    model = SESSION.get_service_model(service).operation_model(operation)
    validate_parameters(members, model.input_shape)


def test_two_alarms_watch_the_variant_that_serves():
    requests = alarm_requests("birds", errors=0.05, seconds=2, variant="Other")
    for request in requests:
        check("cloudwatch", "PutMetricAlarm", request)
        assert {"Name": "VariantName", "Value": "Other"} in request["Dimensions"]
    assert [request["Threshold"] for request in requests] == [0.05, 2_000_000]


def test_a_canary_names_its_alarms():
    config = guardrails(["a", "b"], wait_seconds=120, keep_seconds=60)
    members = {"EndpointName": "birds", "EndpointConfigName": "c", "DeploymentConfig": config}
    check("sagemaker", "UpdateEndpoint", members)
    assert config["AutoRollbackConfiguration"]["Alarms"] == [{"AlarmName": "a"}, {"AlarmName": "b"}]


def test_a_renewed_configuration_keeps_capture_and_the_variants_own_settings():
    variant = {
        "VariantName": "AllTraffic", "ModelName": "old", "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1, "ContainerStartupHealthCheckTimeoutInSeconds": 600,
    }  # fmt: skip
    before = {"ProductionVariants": [variant], "DataCaptureConfig": CAPTURE, "CreationTime": 1}
    members = renewed(before, "new", instances=3)
    check("sagemaker", "CreateEndpointConfig", {"EndpointConfigName": "c", **members})
    assert members["DataCaptureConfig"] == CAPTURE
    assert members["ProductionVariants"] == [
        {**variant, "ModelName": "new", "InitialInstanceCount": 3}
    ]
    [few] = renewed(before, "new", instances=1)["ProductionVariants"]
    assert few["InitialInstanceCount"] == 2


def test_a_target_and_its_policy_name_the_same_variant():
    target, policy = target_request(RESOURCE, most=4), policy_request(RESOURCE, "birds", 600)
    check("application-autoscaling", "RegisterScalableTarget", target)
    check("application-autoscaling", "PutScalingPolicy", policy)
    assert target["ResourceId"] == policy["ResourceId"] == RESOURCE


def test_a_reason_is_one_line_that_aws_takes():
    members = judgment("arn:aws:sagemaker:r:1:model-package/g/2", "Rejected", "a\n - b\n" * 400)
    check("sagemaker", "UpdateModelPackage", members)
    assert "\n" not in members["ApprovalDescription"]
    assert len(members["ApprovalDescription"]) == 1024
