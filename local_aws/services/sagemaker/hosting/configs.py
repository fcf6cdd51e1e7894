"""Endpoint configurations: which models, on what, in what shares; runs nothing.

Left out, and refused: serverless, asynchronous and shadow variants, data capture, explainers.
"""

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.hosting.models import Models
from local_aws.state.collection import Collection
from local_aws.wire.listing import LISTED, Listing

LISTING = Listing(
    "EndpointConfigs",
    "EndpointConfigName",
    ("EndpointConfigName", "EndpointConfigArn", "CreationTime"),
)


OPERATIONS = {
    "sagemaker": {
        "CreateEndpointConfig": """EndpointConfigName KmsKeyId Tags(*)
            ProductionVariants(VariantName ModelName InstanceType InitialInstanceCount
                InitialVariantWeight)""",
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
        self._check(request["ProductionVariants"])
        config = {**request, "EndpointConfigArn": arn, "CreationTime": self._clock.now()}
        if not self._documents.add(name, config):
            message = f'Cannot create already existing endpoint configuration "{arn}".'
            raise AwsError("ValidationException", message)
        return {"EndpointConfigArn": arn}

    def _check(self, variants: list[dict]) -> None:
        names = [variant["VariantName"] for variant in variants]
        if len(set(names)) < len(names):
            message = f"Variant names must be unique, not {', '.join(names)}."
            raise AwsError("ValidationException", message)
        for variant in variants:
            if "ServerlessConfig" in variant or not variant.get("ModelName"):
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

    def plan(self, name: str) -> list[dict]:
        """Return a configuration's variants, each with its model's container.

        An endpoint serves what its configuration and models were when it was made: both may be
        deleted or made anew under the same name while it runs.

        Raises:
            AwsError: the configuration or one of its models is not there.
        """
        return [
            {**variant, "Container": self._models.container(variant["ModelName"])}
            for variant in self._document(name)["ProductionVariants"]
        ]
