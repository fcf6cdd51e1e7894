"""Updates the live endpoint from a job: approves a version, serves it under guardrails, scales it.

Takes clients, and knows no settings of the course: a job has arguments alone.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from helpers.deployment import (
    alarm_requests,
    guardrails,
    judgment,
    policy_request,
    renewed,
    target_request,
)

APPROVED, REJECTED, WAITS = "Approved", "Rejected", "PendingManualApproval"
CHANGING = ("Creating", "Updating", "RollingBack", "SystemUpdating")
LIMIT_SECONDS, POLL_SECONDS = 3600, 2.0


class NotDeployed(RuntimeError):
    """The endpoint does not serve the version; the message has the reason."""


@dataclass(frozen=True)
class Guard:
    """The limits of an update.

    Attributes:
        errors: share of the requests that may end with a 5xx of the model, in one minute.
        seconds: that the model may take for a request, as the mean of one minute.
        wait: seconds between the first share of the requests and all.
        keep: seconds for which the old instances stay after that.
    """

    errors: float = 0.05
    seconds: float = 2.0
    wait: int = 120
    keep: int = 60


def approve(sagemaker: Any, package: str, why: str, *, by_policy: bool) -> int:
    """Approve a version, if that is the policy, and return its number.

    Raises:
        NotDeployed: it waits for a person, or one has rejected it.
    """
    about = sagemaker.describe_model_package(ModelPackageName=package)
    status, number = about["ModelApprovalStatus"], about["ModelPackageVersion"]
    if status == WAITS and by_policy:
        sagemaker.update_model_package(**judgment(package, APPROVED, why))
    elif status != APPROVED:
        raise NotDeployed(f"Version {number} is {status}: a person has to approve it first")
    return number


def settled(sagemaker: Any, endpoint: str) -> dict[str, Any]:
    """Wait until an endpoint is not changing, and return its description.

    Raises:
        NotDeployed: it changes for longer than an hour.
    """
    end = time.monotonic() + LIMIT_SECONDS
    while True:
        about = sagemaker.describe_endpoint(EndpointName=endpoint)
        if about["EndpointStatus"] not in CHANGING:
            return about
        if time.monotonic() > end:
            raise NotDeployed(f"{endpoint} is {about['EndpointStatus']} for more than an hour")
        time.sleep(POLL_SECONDS)


def serve(
    client: Callable[[str], Any], endpoint: str, package: str, model: str, role: str, guard: Guard,
    compared: int | None = None,
) -> None:  # fmt: skip
    """Let an endpoint serve a version, unless it does so already.

    Args:
        client: makes a client of a service.
        package: ARN of the version.
        model: name of its model, which is created if it is not there.
        role: ARN of the role of models.
        compared: number of the version that it is not worse than; None asks for none.

    Raises:
        NotDeployed: an alarm went off or the instances failed, and the version is rejected; or a
            newer version is live already, or another one than it was compared with.
    """
    sagemaker = client("sagemaker")
    live = settled(sagemaker, endpoint)
    configuration = sagemaker.describe_endpoint_config(
        EndpointConfigName=live["EndpointConfigName"]
    )
    if len(variants := configuration["ProductionVariants"]) != 1:
        names = ", ".join(each["VariantName"] for each in variants)
        raise NotDeployed(f"{endpoint} has the variants {names}: deploy by hand, or leave one")
    [variant] = variants
    if variant["ModelName"] == model:
        return
    before = sagemaker.describe_model(ModelName=variant["ModelName"])
    _check(package, before.get("PrimaryContainer", {}).get("ModelPackageName", ""), compared)
    network = {"VpcConfig": before["VpcConfig"]} if "VpcConfig" in before else {}
    _make_model(sagemaker, model, package, ExecutionRoleArn=role, **network)
    alarms = alarm_requests(endpoint, guard.errors, guard.seconds, variant["VariantName"])
    for alarm in alarms:
        client("cloudwatch").put_metric_alarm(**alarm)
    members = renewed(configuration, model, live["ProductionVariants"][0]["CurrentInstanceCount"])
    name = f"{endpoint[:40]}-{time.strftime('%Y%m%d-%H%M%S')}"
    sagemaker.create_endpoint_config(EndpointConfigName=name, **members)
    deployment = guardrails([alarm["AlarmName"] for alarm in alarms], guard.wait, guard.keep)
    sagemaker.update_endpoint(
        EndpointName=endpoint, EndpointConfigName=name, DeploymentConfig=deployment
    )
    now = settled(sagemaker, endpoint)
    if now["EndpointConfigName"] != name or now["EndpointStatus"] != "InService":
        why = f"{endpoint} returned to the version before: {now.get('FailureReason')}"
        sagemaker.update_model_package(**judgment(package, REJECTED, why))
        raise NotDeployed(why)


def _check(package: str, live: str, compared: int | None) -> None:
    """Check that the live version is the compared one, and none newer: an execution may be late."""
    (group, _, number), (live_group, _, live_number) = (
        arn.rpartition("/") for arn in (package, live)
    )
    if group == live_group and int(live_number) > int(number):
        raise NotDeployed(f"Version {live_number} is live, which is newer than {number}")
    if group == live_group and compared not in (None, int(live_number)):
        raise NotDeployed(
            f"Version {live_number} is live, and {number} was compared with {compared}: start the "
            "pipeline again"
        )


def _make_model(sagemaker: Any, name: str, package: str, **members: Any) -> None:
    """Create a version's model, unless it is there, in the network of the live one."""
    pages = sagemaker.get_paginator("list_models").paginate(NameContains=name)
    if any(each["ModelName"] == name for page in pages for each in page["Models"]):
        there = sagemaker.describe_model(ModelName=name).get("PrimaryContainer", {})
        if there.get("ModelPackageName") != package:
            raise NotDeployed(f"The model {name} is not of {package}: delete that model first")
        return
    sagemaker.create_model(
        ModelName=name, PrimaryContainer={"ModelPackageName": package}, **members
    )


def scale(client: Callable[[str], Any], endpoint: str, per_minute: float, most: int) -> None:
    """Let an endpoint have as many instances as its load needs.

    Args:
        per_minute: requests that one instance shall answer.
    """
    about = client("sagemaker").describe_endpoint(EndpointName=endpoint)
    resource = f"endpoint/{endpoint}/variant/{about['ProductionVariants'][0]['VariantName']}"
    scaling = client("application-autoscaling")
    scaling.register_scalable_target(**target_request(resource, most))
    scaling.put_scaling_policy(**policy_request(resource, endpoint, per_minute))
