"""Endpoint configurations: which models, on what, in what shares, what is captured; runs nothing.

Left out, and refused: explainers, instance pools, networks and roles of the configuration itself.
"""

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.hosting import async_config, serverless
from local_aws.services.sagemaker.hosting.models import Models
from local_aws.state.collection import Collection
from local_aws.wire.listing import LISTED, Listing

LISTING = Listing(
    "EndpointConfigs",
    "EndpointConfigName",
    ("EndpointConfigName", "EndpointConfigArn", "CreationTime"),
)

RETAINED = {"DesiredInstanceCount": "InitialInstanceCount", "DesiredWeight": "InitialVariantWeight"}
"""Properties of a variant that an update may keep, by the members that set them."""

_VARIANT = "VariantName ModelName InstanceType InitialInstanceCount InitialVariantWeight"
OPERATIONS = {
    "sagemaker": {
        "CreateEndpointConfig": f"""EndpointConfigName KmsKeyId Tags(*)
            ProductionVariants({_VARIANT} {serverless.MEMBERS}) ShadowProductionVariants({_VARIANT})
            {async_config.MEMBERS}
            DataCaptureConfig(EnableCapture InitialSamplingPercentage DestinationS3Uri KmsKeyId
                CaptureOptions(CaptureMode) CaptureContentTypeHeader(*))""",
        "DescribeEndpointConfig": "EndpointConfigName",
        "ListEndpointConfigs": LISTED,
        "DeleteEndpointConfig": "EndpointConfigName",
    },
}


class EndpointConfigs(Engine):
    """Executes the operations on endpoint configurations."""

    name, operations = "endpoint_configs", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._context, self._clock = parts.context, parts.clock
        self._models = parts.engine(Models)
        self._documents = Collection(parts.documents, "endpoint-config")

    def create_endpoint_config(self, request: dict) -> dict:
        name = request["EndpointConfigName"]
        arn = self._context.arn("sagemaker", f"endpoint-config/{name}")
        self._check(request["ProductionVariants"], request.get("ShadowProductionVariants", []))
        models = [variant["ModelName"] for variant in request["ProductionVariants"]]
        serverless.check(request, {model: self._models.network(model) for model in models})
        if "AsyncInferenceConfig" in request:
            async_config.check(request)
        captured = request.get("DataCaptureConfig", {}).get("DestinationS3Uri", "s3://")
        if not captured.startswith("s3://"):
            raise AwsError("ValidationException", "DestinationS3Uri must begin with s3://.")
        config = {**request, "EndpointConfigArn": arn, "CreationTime": self._clock.now()}
        if not self._documents.add(name, config):
            message = f'Cannot create already existing endpoint configuration "{arn}".'
            raise AwsError("ValidationException", message)
        return {"EndpointConfigArn": arn}

    def _check(self, variants: list[dict], shadows: list[dict]) -> None:
        names = [variant["VariantName"] for variant in (*variants, *shadows)]
        if len(set(names)) < len(names):
            message = f"Variant names must be unique, not {', '.join(names)}."
            raise AwsError("ValidationException", message)
        if shadows and (len(variants), len(shadows)) != (1, 1):
            message = "A shadow variant needs exactly one production and one shadow variant."
            raise AwsError("ValidationException", message)
        for variant in (*variants, *shadows):
            if not variant.get("ModelName"):
                message = "The local AWS supports variants with a ModelName and instances alone."
                raise AwsError("ValidationException", message)
            self._models.container(variant["ModelName"])

    def describe_endpoint_config(self, request: dict) -> dict:
        return self._document(request["EndpointConfigName"])

    def list_endpoint_configs(self, request: dict) -> dict:
        return LISTING.answer(self._documents.listed(), request)

    def delete_endpoint_config(self, request: dict) -> dict:
        self._document(request["EndpointConfigName"])
        self._documents.delete(request["EndpointConfigName"])
        return {}

    def _document(self, name: str) -> dict:
        if (config := self._documents.get(name)) is None:
            arn = self._context.arn("sagemaker", f"endpoint-config/{name}")
            message = f'Could not find endpoint configuration "{arn}".'
            raise AwsError("ValidationException", message)
        return config

    def deployment(self, name: str) -> dict:
        """Return what an endpoint is made of: variants with their models' containers, capture.

        An endpoint serves what its configuration and models were when it was made: both may be
        deleted or made anew under the same name while it runs.

        Raises:
            AwsError: the configuration or one of its models is not there.
        """
        config = self._document(name)
        plan = [self._planned(variant) for variant in config["ProductionVariants"]]
        for variant in config.get("ShadowProductionVariants", []):
            plan.append({**self._planned(variant), "Shadow": True})
        return {
            "config": name,
            "plan": plan,
            "capture": config.get("DataCaptureConfig"),
            "async": config.get("AsyncInferenceConfig"),
        }

    def _planned(self, variant: dict) -> dict:
        model = variant["ModelName"]
        return {
            **variant, "Container": self._models.container(model), "Role": self._models.role(model),
        }  # fmt: skip


def weight_of(variant: dict) -> float:
    """Return a variant's weight."""
    return variant.get("InitialVariantWeight", 1.0)


def count_of(variant: dict) -> int:
    """Return the number of a variant's instances, or of a serverless one's that are kept."""
    if config := variant.get("ServerlessConfig"):
        return config.get("ProvisionedConcurrency", 0)
    return variant.get("InitialInstanceCount", 1)


def redistribute(
    endpoint: dict, desired: list[dict]
) -> tuple[list[dict], dict[str, int], dict[str, float]]:
    """Return an endpoint's plan with other counts and weights, and these by variant.

    Raises:
        AwsError: the endpoint has no such variant, or one would have no instance.
    """
    plan = {variant["VariantName"]: {**variant} for variant in endpoint["_plan"]}
    counts, weights = {}, {}
    for each in desired:
        variant = each["VariantName"]
        if variant not in plan:
            message = (
                f'The variant name(s) "{variant}" is/are not present within endpoint'
                f' configuration "{endpoint["EndpointConfigName"]}".'
            )
            raise AwsError("ValidationException", message)
        if "DesiredInstanceCount" in each:
            if "ServerlessConfig" in plan[variant]:
                message = f"Variant {variant} is serverless: it has no number of instances."
                raise AwsError("ValidationException", message)
            if (count := each["DesiredInstanceCount"]) < (0 if endpoint.get("_async") else 1):
                message = f"Variant {variant} needs at least 1 instance, not {count}."
                raise AwsError("ValidationException", message)
            plan[variant]["InitialInstanceCount"] = counts[variant] = count
        if "DesiredWeight" in each:
            plan[variant]["InitialVariantWeight"] = weights[variant] = each["DesiredWeight"]
    return list(plan.values()), counts, weights


def retain(document: dict, deployment: dict, excluded: list[str]) -> None:
    """Keep the properties that variants and capture have now, but those that are excluded."""
    kept = {variant["VariantName"]: variant for variant in document["_plan"]}
    for variant in deployment["plan"]:
        current = kept.get(variant["VariantName"], {})
        for name, member in RETAINED.items():
            if name not in excluded and member in current:
                variant[member] = current[member]
    if "DataCaptureConfig" not in excluded:
        deployment["capture"] = document.get("_capture")
