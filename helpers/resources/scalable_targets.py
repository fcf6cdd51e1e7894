"""Scalable targets of the course's endpoints, with their policies and alarms; knows no endpoint."""

from collections.abc import Iterator, Mapping

from helpers.config import Config
from helpers.resources.kind import OURS, Resource
from helpers.session import client

SERVICE, NAMESPACE = "application-autoscaling", "sagemaker"


def targets(config: Config) -> Iterator[Resource]:
    """Yield the scalable targets whose endpoints have names of the course's."""
    pages = client(config, SERVICE).get_paginator("describe_scalable_targets")
    for page in pages.paginate(ServiceNamespace=NAMESPACE):
        for target in page["ScalableTargets"]:
            if target["ResourceId"].startswith(f"endpoint/{OURS}"):
                yield Resource(target["ResourceId"], target["ScalableTargetARN"])


def tags(config: Config, target: Resource) -> Mapping[str, str]:
    """Return a target's tags."""
    return client(config, SERVICE).list_tags_for_resource(ResourceARN=target.arn)["Tags"]


def delete(config: Config, name: str) -> None:
    """Deregister a target, which deletes its policies and their alarms."""
    client(config, SERVICE).deregister_scalable_target(**names_of(name))


def names_of(resource: str) -> dict[str, str]:
    """Return the members of a request that name a target.

    Args:
        resource: as Application Auto Scaling names it, such as `endpoint/birds/variant/AllTraffic`.
    """
    return {
        "ServiceNamespace": NAMESPACE, "ResourceId": resource,
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }  # fmt: skip
