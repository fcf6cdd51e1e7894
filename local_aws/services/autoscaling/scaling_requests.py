"""Requests of Application Auto Scaling: what AWS refuses, errors, pages; knows no state."""

import re

from local_aws.errors import AwsError
from local_aws.state import positions

NAMESPACE, DIMENSION = "sagemaker", "sagemaker:variant:DesiredInstanceCount"
OF = f"ServiceNamespace={NAMESPACE} ResourceId ScalableDimension={DIMENSION}"
"""Members of requests that name a target, as `members.py` has them."""
PAGE = 50
_RESOURCE = re.compile(r"endpoint/([a-zA-Z0-9-]+)/variant/([a-zA-Z0-9-]+)")
_BURSTABLE = re.compile(r"ml\.t\d")


def refused(message: str) -> AwsError:
    """Return the error that refuses a request."""
    return AwsError("ValidationException", message)


def not_there(what: str, request: dict) -> AwsError:
    """Return the error that says that a target or a policy is not there."""
    return AwsError(
        "ObjectNotFoundException",
        f"No {what} for service namespace: {NAMESPACE}, resource ID: {request['ResourceId']},"
        f" scalable dimension: {DIMENSION}",
    )


def variant_of(resource: str) -> tuple[str, str]:
    """Return the endpoint and the variant that a ResourceId names.

    Raises:
        AwsError: it names none.
    """
    if (match := _RESOURCE.fullmatch(resource)) is None:
        raise refused(f"Unsupported resource type for {DIMENSION}: {resource}")
    return match[1], match[2]


def check_limits(least: int | None, most: int | None, variant: dict, is_async: bool) -> None:
    """Refuse a target that AWS refuses.

    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html: no
    burstable instances, and no zero instances but for asynchronous endpoints (of those without
    inference components).

    Args:
        variant: of the endpoint's configuration.

    Raises:
        AwsError: it says why.
    """
    if least is None or most is None:
        raise refused("MinCapacity and MaxCapacity are required for a new scalable target")
    if most < least:
        raise refused("Maximum capacity cannot be less than minimum capacity")
    if least < (0 if is_async else 1):
        raise refused("MinCapacity must be at least 1: only asynchronous endpoints scale to zero")
    if "InstanceType" not in variant:
        raise refused("A serverless variant has no instances to scale")
    if _BURSTABLE.match(variant["InstanceType"]):
        raise refused(f"Burstable instances such as {variant['InstanceType']} do not scale")


def check_configuration(configuration: dict | None) -> None:
    """Refuse a policy that AWS refuses.

    Raises:
        AwsError: it says why.
    """
    if configuration is None:
        raise refused("TargetTrackingScalingPolicyConfiguration is required")
    kinds = ("PredefinedMetricSpecification", "CustomizedMetricSpecification")
    if sum(kind in configuration for kind in kinds) != 1:
        raise refused(f"Exactly one of {' and '.join(kinds)} must be specified")
    if configuration["TargetValue"] <= 0:
        raise refused("TargetValue must be larger than 0")
    own = configuration.get("CustomizedMetricSpecification", {})
    if own and (missing := {"Namespace", "MetricName", "Statistic"} - own.keys()):
        raise refused(f"CustomizedMetricSpecification needs {', '.join(sorted(missing))}")


def page(items: list[dict], request: dict, key: str) -> dict:
    """Return one page of items.

    Raises:
        AwsError: the token or the size of the page is not valid; botocore's model has no bounds.
    """
    if not 1 <= request.get("MaxResults", PAGE) <= PAGE:
        raise refused(f"MaxResults must be between 1 and {PAGE}")
    no_token = AwsError("InvalidNextTokenException", "The token is not valid.")
    return positions.page(items, request, key, PAGE, no_token)
