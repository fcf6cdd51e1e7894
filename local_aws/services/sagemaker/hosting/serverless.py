"""ServerlessConfig: what is refused of it and beside it; knows requests, and starts nothing.

What serverless endpoints lack beside real-time ones (Feature exclusions):
https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html
AWS publishes no wording of its refusals: it is ours.
Left out: the quota of a Region's concurrency, containers of 10 GB at most, 5 GB of storage.
"""

from local_aws.errors import AwsError

MEMBERS = "ServerlessConfig(MemorySizeInMB MaxConcurrency ProvisionedConcurrency)"
MEGABYTES = range(1024, 6145, 1024)
_BESIDE = ("InstanceType", "InitialInstanceCount")
_EXCLUDED = ("ShadowProductionVariants", "DataCaptureConfig", "AsyncInferenceConfig")


def check(request: dict, networks: dict[str, dict | None]) -> None:
    """Check an endpoint configuration, which may have serverless variants.

    Args:
        networks: the VpcConfig of each model by its name, None without one.

    Raises:
        AwsError: AWS has no such endpoint.
    """
    variants = request["ProductionVariants"]
    if not any("ServerlessConfig" in variant for variant in variants):
        return
    if len(variants) > 1:
        raise _refused("Multiple production variants are not supported with a ServerlessConfig.")
    if excluded := [member for member in _EXCLUDED if request.get(member)]:
        raise _refused(f"{' and '.join(excluded)} can't be used with a ServerlessConfig.")
    (variant,) = variants
    if beside := [member for member in _BESIDE if member in variant]:
        raise _refused(f"A variant with a ServerlessConfig takes no {' and no '.join(beside)}.")
    if networks[variant["ModelName"]]:
        message = f"Model {variant['ModelName']} has a VpcConfig: serverless endpoints have none."
        raise _refused(message)
    config = variant["ServerlessConfig"]
    if (size := config["MemorySizeInMB"]) not in MEGABYTES:
        sizes = ", ".join(map(str, MEGABYTES))
        raise _refused(f"MemorySizeInMB must be one of {sizes}, not {size}.")
    if (kept := config.get("ProvisionedConcurrency", 0)) > config["MaxConcurrency"]:
        most = config["MaxConcurrency"]
        raise _refused(f"ProvisionedConcurrency {kept} is more than MaxConcurrency {most}.")


def is_serverless(plan: list[dict]) -> bool:
    """Say whether an endpoint's variants are serverless."""
    return any("ServerlessConfig" in variant for variant in plan)


def check_update(plan: list[dict], coming: list[dict]) -> None:
    """Check that an endpoint's variants may become others.

    Raises:
        AwsError: instances can't become serverless.
    """
    if is_serverless(coming) and not is_serverless(plan):
        raise _refused("An endpoint with instances can't be updated to a serverless endpoint.")


def _refused(message: str) -> AwsError:
    return AwsError("ValidationException", message)
