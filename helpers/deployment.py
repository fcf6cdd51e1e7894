"""The requests that give a live endpoint another model: alarms, guardrails, scaling; sends none.

Notebook 08 and the pipeline's step Deploy send the same ones.
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from helpers.endpoints import VARIANT
from helpers.resources.scalable_targets import names_of

NAMESPACE = "AWS/SageMaker"
PERIOD_SECONDS = 60
"""SageMaker writes its metrics once a minute; an alarm on them has no shorter period."""
MICROSECONDS = 1_000_000
LIMIT_SECONDS = 3600
METRIC = "SageMakerVariantInvocationsPerInstance"
KEPT = ("KmsKeyId", "DataCaptureConfig")


def judgment(package: str, status: str, why: str) -> dict[str, str]:
    """Return the members of UpdateModelPackage that approve or reject a version.

    Args:
        why: the reason; AWS takes one line of at most 1,024 characters.
    """
    reason = " ".join(why.split())[:1024]
    return {
        "ModelPackageArn": package, "ModelApprovalStatus": status, "ApprovalDescription": reason
    }  # fmt: skip


def alarm_requests(
    endpoint: str, errors: float, seconds: float, variant: str = VARIANT
) -> list[dict[str, Any]]:
    """Return the members of PutMetricAlarm of the two alarms that guard an endpoint.

    Args:
        errors: share of the requests that may end with a 5xx of the model, in one minute.
        seconds: that the model may take for a request, as the mean of one minute.
    """
    limits = {
        f"{endpoint}-errors": ("Invocation5XXErrors", errors),
        f"{endpoint}-latency": ("ModelLatency", seconds * MICROSECONDS),
    }
    return [
        {
            "AlarmName": name,
            "AlarmDescription": f"Guards updates of the endpoint {endpoint}",
            "Namespace": NAMESPACE,
            "MetricName": metric,
            "Dimensions": dimensions(endpoint, variant),
            "Statistic": "Average",
            "Period": PERIOD_SECONDS,
            "EvaluationPeriods": 1,
            "Threshold": most,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        }
        for name, (metric, most) in limits.items()
    ]


def dimensions(endpoint: str, variant: str) -> list[dict[str, str]]:
    """Return the dimensions of a variant's metrics."""
    return [
        {"Name": "EndpointName", "Value": endpoint},
        {"Name": "VariantName", "Value": variant},
    ]


def guardrails(
    alarms: Sequence[str], wait_seconds: int, keep_seconds: int, percent: int = 50
) -> dict[str, Any]:
    """Return the DeploymentConfig of a canary.

    Args:
        alarms: names of those that return all requests to the version before.
        wait_seconds: between the first share of the requests and all.
        keep_seconds: for which the old instances stay after that.
        percent: the first share.
    """
    routing = {
        "Type": "CANARY",
        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": percent},
        "WaitIntervalInSeconds": wait_seconds,
    }
    policy = {
        "TrafficRoutingConfiguration": routing,
        "TerminationWaitInSeconds": keep_seconds,
        "MaximumExecutionTimeoutInSeconds": LIMIT_SECONDS,
    }
    rollback = {"Alarms": [{"AlarmName": name} for name in alarms]}
    return {"BlueGreenUpdatePolicy": policy, "AutoRollbackConfiguration": rollback}


def renewed(configuration: Mapping[str, Any], model: str, instances: int) -> dict[str, Any]:
    """Return the members of CreateEndpointConfig that serve a model as another one was served.

    A canary needs two instances at least: one of them answers the first share.

    Args:
        configuration: the answer of DescribeEndpointConfig.
        instances: that the variant has now.
    """
    variant = configuration["ProductionVariants"][0]
    kept = {**variant, "ModelName": model, "InitialInstanceCount": max(instances, 2)}
    more = {name: configuration[name] for name in KEPT if name in configuration}
    return {"ProductionVariants": [kept], **more}


def target_request(resource: str, most: int, least: int = 1) -> dict[str, Any]:
    """Return the members of RegisterScalableTarget.

    Args:
        resource: the variant, as Application Auto Scaling names it.
        least, most: instances.
    """
    return {**names_of(resource), "MinCapacity": least, "MaxCapacity": most}


def policy_request(
    resource: str, endpoint: str, per_minute: float, out_seconds: int = 300, in_seconds: int = 300
) -> dict[str, Any]:
    """Return the members of PutScalingPolicy that track the requests per instance and minute.

    Args:
        out_seconds, in_seconds: the cooldowns after instances came, and after some went.
    """
    return {
        **names_of(resource),
        "PolicyName": f"{endpoint}-load",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": per_minute,
            "PredefinedMetricSpecification": {"PredefinedMetricType": METRIC},
            "ScaleOutCooldown": out_seconds,
            "ScaleInCooldown": in_seconds,
        },
    }
