"""Deploys models to endpoints and sends requests; knows SageMaker's hosting calls, no networks."""

import json
import time
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from tqdm import tqdm

from helpers.config import Config
from helpers.session import client, role_arn

PROGRAM = {
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
}


class Refused(RuntimeError):
    """An endpoint refused a request; the message has the model's reason."""


def wait_in_service(config: Config, name: str) -> dict[str, Any]:
    """Wait until an endpoint serves its newest configuration; return its description.

    Raises:
        RuntimeError: the endpoint failed, or its update did; the message has the reason.
    """
    sagemaker = client(config, "sagemaker")
    with tqdm(bar_format="{desc} {elapsed}") as bar:
        while True:
            description = sagemaker.describe_endpoint(EndpointName=name)
            status = description["EndpointStatus"]
            bar.set_description_str(f"{name}: {status}")
            bar.update()
            if status in ("Failed", "OutOfService", "UpdateRollbackFailed"):
                raise RuntimeError(f"Endpoint {name} {status}: {description.get('FailureReason')}")
            if status == "InService":
                break
            time.sleep(config.poll_seconds)
    if reason := description.get("FailureReason"):
        raise RuntimeError(f"Endpoint {name} still serves the version before the update: {reason}")
    return description


def make_model(config: Config, name: str, image: str, model_data: str) -> None:
    """Create the SageMaker model `name` from a model archive; replace an existing one."""
    _make(config, name, {"Image": image, "ModelDataUrl": model_data, "Environment": PROGRAM})


def make_model_of(config: Config, name: str, package: str) -> None:
    """Create the SageMaker model `name` from a version of the registry, given by its ARN."""
    _make(config, name, {"ModelPackageName": package})


def _make(config: Config, name: str, container: dict[str, Any]) -> None:
    sagemaker = client(config, "sagemaker")
    try:
        sagemaker.delete_model(ModelName=name)
    except ClientError as error:
        if "Could not find" not in str(error):
            raise
    sagemaker.create_model(
        ModelName=name, PrimaryContainer=container, ExecutionRoleArn=role_arn(config)
    )


def serve(config: Config, name: str, model: str, instance_type: str, instances: int = 1) -> None:
    """Deploy `model` to the endpoint `name`; a running endpoint is updated without a gap.

    A failed endpoint can't be updated: it is deleted and created again.
    """
    sagemaker = client(config, "sagemaker")
    configuration = f"{name[:40]}-{datetime.now():%Y%m%d-%H%M%S-%f}"
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": model,
        "InstanceType": instance_type,
        "InitialInstanceCount": instances,
    }
    sagemaker.create_endpoint_config(EndpointConfigName=configuration, ProductionVariants=[variant])
    status = _status(config, name)
    if status == "Failed":
        sagemaker.delete_endpoint(EndpointName=name)
        sagemaker.get_waiter("endpoint_deleted").wait(EndpointName=name)
    serves = status not in (None, "Failed")
    call = sagemaker.update_endpoint if serves else sagemaker.create_endpoint
    call(EndpointName=name, EndpointConfigName=configuration)


def _status(config: Config, name: str) -> str | None:
    """Return an endpoint's status, None where there is no such endpoint."""
    try:
        return client(config, "sagemaker").describe_endpoint(EndpointName=name)["EndpointStatus"]
    except ClientError as error:
        if "Could not find" in str(error):
            return None
        raise


def ask(config: Config, name: str, body: bytes, content_type: str) -> dict[str, Any]:
    """Send one clip or photo to an endpoint and return its answer.

    Raises:
        Refused: there is no such endpoint, or the model can't read the request's body.
    """
    try:
        reply = client(config, "sagemaker-runtime").invoke_endpoint(
            EndpointName=name, Body=body, ContentType=content_type, Accept="application/json"
        )
    except ClientError as error:
        response = error.response
        text = response.get("OriginalMessage") or response["Error"]["Message"]
        raise Refused(f"{response['Error']['Code']}: {text}") from None
    return json.loads(reply["Body"].read())
