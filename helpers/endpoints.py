"""Deploys models to endpoints and sends requests; knows SageMaker's hosting calls, no networks."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
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


LOGS = "/aws/sagemaker/Endpoints"
FAILED = ("Failed", "OutOfService", "UpdateRollbackFailed")
GONE = "NotThere"
"""The status of an endpoint that does not exist: the course's own word."""


class Refused(RuntimeError):
    """An endpoint refused a request; the message has the model's reason."""


@dataclass
class Answers:
    """What an endpoint answered about many clips, by the clips' names."""

    answers: dict[str, Any] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    """The reason of each clip that has no answer."""
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each answer took, where each was waited for by itself."""

    def __repr__(self) -> str:
        return f"<Answers: {len(self.answers)} answered, {len(self.failures)} failed>"


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
    deploy(config, name, model, {"InstanceType": instance_type, "InitialInstanceCount": instances})


def deploy(
    config: Config, name: str, model: str, capacity: dict[str, Any], **members: object
) -> None:
    """Deploy `model` to the endpoint `name`; a running endpoint is updated without a gap.

    A failed endpoint can't be updated: it is deleted and created again. One that is changing takes
    no other change: its end is waited for.

    Args:
        capacity: the members of its variant that say on what it runs.
        members: other members of its configuration.
    """
    sagemaker = client(config, "sagemaker")
    configuration = f"{name[:40]}-{datetime.now():%Y%m%d-%H%M%S-%f}"
    variant = {"VariantName": "AllTraffic", "ModelName": model, **capacity}
    sagemaker.create_endpoint_config(
        EndpointConfigName=configuration, ProductionVariants=[variant], **members
    )
    status = _settled(config, name)["EndpointStatus"]
    if status in FAILED:
        sagemaker.delete_endpoint(EndpointName=name)
        _wait(config, name, lambda endpoint: endpoint["EndpointStatus"] == GONE)
    call = sagemaker.update_endpoint if status == "InService" else sagemaker.create_endpoint
    call(EndpointName=name, EndpointConfigName=configuration)


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
