"""boto3 and the aws command serve on the local AWS, unmodified: each operation of an endpoint."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.local_aws.services.sagemaker.jobs.requests import ROLE, until
from tests.local_cloud import BUCKET, SERVING, make_client
from tests.two_models import CAPTURE, TYPE, captured, put_two_models

pytestmark = pytest.mark.slow


def by_boto3(aws):
    """Return what sends an operation by boto3."""

    def send(service, operation, **request):
        answer = getattr(make_client(aws, service), operation)(**request)
        if service == "sagemaker-runtime":
            return json.loads(answer["Body"].read())
        return answer

    return send


def by_command(aws):
    """Return what sends an operation by the aws command."""
    command = str(Path(sys.executable).with_name("aws"))
    environment = {**aws.context.environment(), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}

    def send(service, operation, **request):
        words = [command, service, operation.replace("_", "-")]
        if service == "sagemaker-runtime":
            return asked_by(words, request)
        words += ["--cli-input-json", json.dumps(request)]
        done = subprocess.run(words, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "{}")

    def asked_by(words, request):
        answer = aws.context.state / "answer"
        words += ["--endpoint-name", request["EndpointName"], "--content-type", "text/plain"]
        words += ["--body", request["Body"].decode(), str(answer)]
        done = subprocess.run(words, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(answer.read_bytes())

    return send


@pytest.mark.parametrize("sender", [by_boto3, by_command])
def test_boto3_and_the_aws_command_serve_update_shadow_capture_and_delete(aws, sender):
    put_two_models(aws)
    send, sagemaker = sender(aws), make_client(aws, "sagemaker")

    def variant(name, model, weight=1.0):
        return {
            "VariantName": name, "ModelName": model, "InstanceType": TYPE,
            "InitialInstanceCount": 1, "InitialVariantWeight": weight,
        }  # fmt: skip

    def configure(name, *variants, **more):
        send(
            "sagemaker", "create_endpoint_config", EndpointConfigName=name,
            ProductionVariants=list(variants), **more,
        )  # fmt: skip

    def settle():
        sagemaker.get_waiter("endpoint_in_service").wait(
            EndpointName="endpoint", WaiterConfig={"Delay": 1}
        )

    def update(name, **more):
        send(
            "sagemaker", "update_endpoint", EndpointName="endpoint", EndpointConfigName=name, **more
        )
        settle()

    def models(times=3):
        request = {"EndpointName": "endpoint", "Body": b"hello", "ContentType": "text/plain"}
        return {
            send("sagemaker-runtime", "invoke_endpoint", **request)["model"] for _ in range(times)
        }

    for name in ("first", "second"):
        container = {"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/{name}.tar.gz"}
        send(
            "sagemaker", "create_model", ModelName=name, PrimaryContainer=container,
            ExecutionRoleArn=ROLE,
        )  # fmt: skip
    options = [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}]
    capture = {
        "EnableCapture": True, "InitialSamplingPercentage": 100, "DestinationS3Uri": CAPTURE,
        "CaptureOptions": options,
    }  # fmt: skip
    configure("one", variant("all", "first"), DataCaptureConfig=capture)
    send("sagemaker", "create_endpoint", EndpointName="endpoint", EndpointConfigName="one")
    settle()
    assert models() == {"first"} and until(lambda: captured(aws))

    configure("two", variant("all", "second"))
    routing = {
        "Type": "CANARY", "WaitIntervalInSeconds": 1,
        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 50},
    }  # fmt: skip
    guard = {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": 0,
        },
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
    }  # fmt: skip
    update("two", DeploymentConfig=guard)
    assert models() == {"second"}

    configure("both", variant("a", "first"), variant("b", "second", 0.0))
    update("both")
    assert models() == {"first"}
    weights = [
        {"VariantName": "a", "DesiredWeight": 0.0},
        {"VariantName": "b", "DesiredWeight": 1.0},
    ]
    send(
        "sagemaker", "update_endpoint_weights_and_capacities", EndpointName="endpoint",
        DesiredWeightsAndCapacities=weights,
    )  # fmt: skip
    settle()
    assert models() == {"second"}

    configure(
        "shadowed", variant("all", "first"), ShadowProductionVariants=[variant("s", "second")]
    )
    update("shadowed")
    assert models() == {"first"}
    description = send("sagemaker", "describe_endpoint", EndpointName="endpoint")
    assert description["ShadowProductionVariants"][0]["VariantName"] == "s"

    send("sagemaker", "delete_endpoint", EndpointName="endpoint")
    sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="endpoint")
    for name in ("one", "two", "both", "shadowed"):
        send("sagemaker", "delete_endpoint_config", EndpointConfigName=name)
    for name in ("first", "second"):
        send("sagemaker", "delete_model", ModelName=name)
    assert not send("sagemaker", "list_models")["Models"]
    assert not send("sagemaker", "list_endpoint_configs")["EndpointConfigs"]
