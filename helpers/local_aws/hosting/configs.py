"""Endpoint configurations: which models, on what, in what shares; runs nothing."""

from helpers.local_aws.context import Context
from helpers.local_aws.documents import Documents
from helpers.local_aws.errors import AwsError
from helpers.local_aws.hosting.models import Models, page
from helpers.local_aws.shelf import Shelf, now
from helpers.local_aws.tags import Tags


class EndpointConfigs:
    """The engine of CreateEndpointConfig and its kin."""

    def __init__(self, context: Context, documents: Documents, tags: Tags, models: Models):
        self._context, self._tags, self._models = context, tags, models
        self._documents = Shelf(documents, "endpoint-config")

    def create_endpoint_config(self, request: dict) -> dict:
        name = request["EndpointConfigName"]
        arn = self._context.arn("sagemaker", f"endpoint-config/{name}")
        if name in self._documents:
            message = f'Cannot create already existing endpoint configuration "{arn}".'
            raise AwsError("ValidationException", message)
        for variant in request["ProductionVariants"]:
            if "ServerlessConfig" in variant or not variant.get("ModelName"):
                message = "The local AWS supports variants with a ModelName and instances alone."
                raise AwsError("ValidationException", message)
            self._models.document(variant["ModelName"])
        self._tags.set(arn, request.get("Tags", []))
        kept = {key: value for key, value in request.items() if key != "Tags"}
        self._documents.put(name, {"EndpointConfigArn": arn, "CreationTime": now(), **kept})
        return {"EndpointConfigArn": arn}

    def describe_endpoint_config(self, request: dict) -> dict:
        return self.document(request["EndpointConfigName"])

    def list_endpoint_configs(self, request: dict) -> dict:
        part = request.get("NameContains", "")
        fields = ("EndpointConfigName", "EndpointConfigArn", "CreationTime")
        found = [
            {field: config[field] for field in fields}
            for config in self._documents
            if part in config["EndpointConfigName"]
        ]
        return page(found, "EndpointConfigs", request)

    def delete_endpoint_config(self, request: dict) -> dict:
        self._tags.forget(self.document(request["EndpointConfigName"])["EndpointConfigArn"])
        self._documents.delete(request["EndpointConfigName"])
        return {}

    def document(self, name: str) -> dict:
        """Return a configuration.

        Raises:
            AwsError: there is none of that name.
        """
        if (config := self._documents.get(name)) is None:
            arn = self._context.arn("sagemaker", f"endpoint-config/{name}")
            message = f'Could not find endpoint configuration "{arn}".'
            raise AwsError("ValidationException", message)
        return config

    def variants(self, name: str) -> list[dict]:
        """Return the production variants of a configuration, none where it was deleted."""
        return (self._documents.get(name) or {}).get("ProductionVariants", [])
