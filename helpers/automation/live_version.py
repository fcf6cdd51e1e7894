"""Names the version that an endpoint serves: a function of Lambda, which has boto3 alone."""

from typing import Any

import boto3


def handle(event: dict[str, str], context: Any) -> dict[str, str]:
    """Return the live version: its number, its archive, and the shards of its training.

    Args:
        event: the `endpoint`, and the `shards` of versions that do not name theirs.
    """
    sagemaker = boto3.client("sagemaker")
    endpoint = sagemaker.describe_endpoint(EndpointName=event["endpoint"])
    configuration = sagemaker.describe_endpoint_config(
        EndpointConfigName=endpoint["EndpointConfigName"]
    )
    name = configuration["ProductionVariants"][0]["ModelName"]
    container = sagemaker.describe_model(ModelName=name)["PrimaryContainer"]
    if "ModelPackageName" not in container:
        raise LookupError(f"The model {name} is no version of the registry: run notebooks/08 again")
    version = sagemaker.describe_model_package(ModelPackageName=container["ModelPackageName"])
    properties = version.get("CustomerMetadataProperties", {})
    return {
        "version": str(version["ModelPackageVersion"]),
        "model": version["InferenceSpecification"]["Containers"][0]["ModelDataUrl"],
        "shards": properties.get("shards", event["shards"]),
    }
