"""Models: an image, an archive and variables under a name; knows documents, runs nothing.

A model of a package takes the package's image and archive; as on AWS, its approval isn't asked for.
Left out: inference pipelines of several containers, multi-model containers, uncompressed models.
"""

from local_aws.errors import AwsError
from local_aws.images.registry import find
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.archives import check_archive
from local_aws.services.sagemaker.registry.packages import Packages
from local_aws.state.collection import Collection, public
from local_aws.wire.listing import LISTED, Listing

LISTING = Listing("Models", "ModelName", ("ModelName", "ModelArn", "CreationTime"))


_CONTAINER = "Image ModelDataUrl Environment ModelPackageName Mode=SingleModel"
OPERATIONS = {
    "sagemaker": {
        "CreateModel": f"""ModelName ExecutionRoleArn PrimaryContainer({_CONTAINER})
            Containers({_CONTAINER}) EnableNetworkIsolation=false
            VpcConfig(*) Tags(*)""",
        "DescribeModel": "ModelName",
        "ListModels": LISTED,
        "DeleteModel": "ModelName",
    },
}


class Models(Engine):
    """Executes the operations on models."""

    name, operations = "models", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._context, self._store, self._clock = parts.context, parts.store, parts.clock
        self._packages = parts.engine(Packages)
        self._documents = Collection(parts.documents, "model")

    def _arn(self, name: str) -> str:
        return self._context.arn("sagemaker", f"model/{name}")

    def create_model(self, request: dict) -> dict:
        name, arn = request["ModelName"], self._arn(request["ModelName"])
        container = self._served(request)
        find(self._context, container.get("Image", ""))
        check_archive(self._store, container["ModelDataUrl"])
        model = {**request, "ModelArn": arn, "_container": container}
        if not self._documents.add(name, {**model, "CreationTime": self._clock.now()}):
            message = f'Cannot create already existing model "{arn}".'
            raise AwsError("ValidationException", message)
        return {"ModelArn": arn}

    def _served(self, request: dict) -> dict:
        """Return the one container that is served, a package's as the package has it."""
        containers = request.get("Containers") or [request.get("PrimaryContainer") or {}]
        container = containers[0]
        if len(containers) == 1 and (package := container.get("ModelPackageName")):
            packaged = self._packages.container(package)
            environment = {**packaged.get("Environment", {}), **container.get("Environment", {})}
            return {**packaged, "Environment": environment}
        if len(containers) != 1 or not container.get("ModelDataUrl"):
            message = "The local AWS serves models of one container with a ModelDataUrl."
            raise AwsError("ValidationException", message)
        return container

    def _document(self, name: str) -> dict:
        if (document := self._documents.get(name)) is None:
            raise AwsError("ValidationException", f'Could not find model "{self._arn(name)}".')
        return document

    def container(self, name: str) -> dict:
        """Return a model's one container, with what a package gave it.

        Raises:
            AwsError: there is no model of that name.
        """
        model = self._document(name)
        return model.get("_container") or self._served(model)

    def role(self, name: str) -> str | None:
        """Return a model's role."""
        return self._document(name).get("ExecutionRoleArn")

    def network(self, name: str) -> dict | None:
        """Return a model's VpcConfig."""
        return self._document(name).get("VpcConfig")

    def describe_model(self, request: dict) -> dict:
        return {"EnableNetworkIsolation": False, **public(self._document(request["ModelName"]))}

    def list_models(self, request: dict) -> dict:
        return LISTING.answer(self._documents.listed(), request)

    def delete_model(self, request: dict) -> dict:
        self._document(request["ModelName"])
        self._documents.delete(request["ModelName"])
        return {}
