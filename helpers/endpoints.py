"""Deploys models to endpoints and sends requests; knows SageMaker's hosting calls, no networks."""

import json
from collections.abc import Callable
from datetime import datetime
from operator import itemgetter
from typing import Any

from botocore.exceptions import ClientError

from helpers.config import Config
from helpers.session import client, role_arn
from helpers.waiting import until

PROGRAM = {
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
}


VARIANT = "AllTraffic"
LOGS = "/aws/sagemaker/Endpoints"
FAILED = ("Failed", "OutOfService", "UpdateRollbackFailed")
GONE = "NotThere"
"""The status of an endpoint that does not exist: the course's own word."""


class Refused(RuntimeError):
    """An endpoint refused a request; the message has the model's reason."""


def wait_in_service(config: Config, name: str) -> dict[str, Any]:
    """Wait until an endpoint serves its newest configuration; return its description.

    Raises:
        RuntimeError: the endpoint failed, or its update did; the message has the reason.
        LookupError: there is no such endpoint.
        NotTold: its state can't be asked for; the message says what to do.
    """
    description = _settled(config, name)
    if (status := description["EndpointStatus"]) == GONE:
        raise LookupError(f"No endpoint {name}: call `serve` first")
    if status != "InService":
        reason = description.get("FailureReason")
        raise RuntimeError(f"Endpoint {name} {status}: {reason} (its log is in {LOGS}/{name})")
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
    """Deploy `model` to the endpoint `name`; a running endpoint is updated without a gap."""
    deploy(config, name, new_variant(model, instance_type, instances))


def deploy(config: Config, name: str, variant: dict[str, Any], **members: Any) -> None:
    """Deploy a variant to the endpoint `name`; a running endpoint is updated without a gap.

    A failed endpoint can't be updated: it is deleted and created again. One that is changing takes
    no other change: its end is waited for.

    Args:
        members: other members of CreateEndpointConfig.
    """
    sagemaker = client(config, "sagemaker")
    configuration = new_configuration(config, name, [variant], **members)
    status = _settled(config, name)["EndpointStatus"]
    if status in FAILED:
        delete_endpoint(config, name)
    if status == "InService":
        update(config, name, configuration)
    else:
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=configuration)


def update(config: Config, name: str, configuration: str, **members: Any) -> None:
    """Begin to update an endpoint to a configuration that no other update has.

    A request whose answer is late is sent again by the client, and finds the endpoint changing: by
    the first one, if the configuration is the same.

    Args:
        members: other members of UpdateEndpoint.
    """
    sagemaker = client(config, "sagemaker")
    try:
        sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=configuration, **members)
    except ClientError as error:
        if "in-progress" not in str(error):
            raise
        description = sagemaker.describe_endpoint(EndpointName=name)
        pending = description.get("PendingDeploymentSummary", {}).get("EndpointConfigName")
        if configuration not in (pending, description["EndpointConfigName"]):
            raise


def delete_endpoint(config: Config, name: str) -> None:
    """Delete an endpoint, which ends its bill, and wait until it is gone; its model stays."""
    if _settled(config, name)["EndpointStatus"] != GONE:
        client(config, "sagemaker").delete_endpoint(EndpointName=name)
        _wait(config, name, lambda endpoint: endpoint["EndpointStatus"] == GONE)


def new_variant(
    model: str, instance_type: str, instances: int = 1, name: str = VARIANT
) -> dict[str, Any]:
    """Return a variant of an endpoint's configuration."""
    return {
        "VariantName": name,
        "ModelName": model,
        "InstanceType": instance_type,
        "InitialInstanceCount": instances,
        "InitialVariantWeight": 1.0,
    }


def new_configuration(
    config: Config, endpoint: str, variants: list[dict[str, Any]], **more: Any
) -> str:
    """Create a configuration for an endpoint and return its name, which has the time.

    Args:
        more: other members of CreateEndpointConfig.
    """
    name = f"{endpoint[:40]}-{datetime.now():%Y%m%d-%H%M%S-%f}"
    client(config, "sagemaker").create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=variants, **more
    )
    return name


def _settled(config: Config, name: str) -> dict[str, Any]:
    """Wait until an endpoint is not changing any more, and return its description."""
    final = {"InService", GONE, *FAILED}
    return _wait(config, name, lambda endpoint: endpoint["EndpointStatus"] in final)


def _wait(config: Config, name: str, is_final: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    def read() -> dict[str, Any]:
        try:
            return client(config, "sagemaker").describe_endpoint(EndpointName=name)
        except ClientError as error:
            if "Could not find" not in str(error):
                raise
            return {"EndpointStatus": GONE}

    return until(
        read, is_final, name=name, words=itemgetter("EndpointStatus"), pause=config.poll_seconds
    )


def ask(
    config: Config, name: str, body: bytes, content_type: str, inference_id: str = ""
) -> dict[str, Any]:
    """Send one clip or photo to an endpoint and return its answer.

    Args:
        inference_id: the caller's own name for the request, by which its label can come later.

    Raises:
        Refused: there is no such endpoint, or the model can't read the request's body.
    """
    try:
        reply = client(config, "sagemaker-runtime").invoke_endpoint(
            EndpointName=name, Body=body, ContentType=content_type, Accept="application/json",
            **({"InferenceId": inference_id} if inference_id else {}),
        )  # fmt: skip
    except ClientError as error:
        response = error.response
        text = response.get("OriginalMessage") or response["Error"]["Message"]
        raise Refused(f"{response['Error']['Code']}: {text}") from None
    return json.loads(reply["Body"].read())
