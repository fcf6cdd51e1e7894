"""Models: an image, an archive and variables under a name; knows documents, runs nothing.

Left out: inference pipelines of several containers, multi-model containers, uncompressed models.
"""

from helpers.local_aws.context import Context
from helpers.local_aws.documents import Documents
from helpers.local_aws.errors import AwsError
from helpers.local_aws.listing import Listing
from helpers.local_aws.s3.store import ObjectStore
from helpers.local_aws.shelf import Shelf, now
from helpers.local_aws.tags import Tags

LISTING = Listing("Models", "ModelName", ("ModelName", "ModelArn", "CreationTime"))


class Models:
    """The engine of CreateModel and its kin."""

    def __init__(self, context: Context, documents: Documents, store: ObjectStore, tags: Tags):
        self._context, self._store, self._tags = context, store, tags
        self._documents = Shelf(documents, "model")

    def _arn(self, name: str) -> str:
        return self._context.arn("sagemaker", f"model/{name}")

    def create_model(self, request: dict) -> dict:
        name, arn = request["ModelName"], self._arn(request["ModelName"])
        containers = request.get("Containers") or [request.get("PrimaryContainer") or {}]
        if len(containers) != 1 or not containers[0].get("ModelDataUrl"):
            message = "The local AWS serves models of one container with a ModelDataUrl."
            raise AwsError("ValidationException", message)
        self._check_archive(containers[0]["ModelDataUrl"])
        kept = {key: value for key, value in request.items() if key != "Tags"}
        about = {"ModelArn": arn, "CreationTime": now(), "EnableNetworkIsolation": False}
        if not self._documents.add(name, {**about, **kept}):
            raise AwsError("ValidationException", f'Cannot create already existing model "{arn}".')
        self._tags.set(arn, request.get("Tags", []))
        return {"ModelArn": arn}

    def _check_archive(self, uri: str) -> None:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        try:
            self._store.info(bucket, key)
        except AwsError:
            message = f"Could not access model data at {uri}: there is no such object."
            raise AwsError("ValidationException", message) from None

    def describe_model(self, request: dict) -> dict:
        return self._document(request["ModelName"])

    def _document(self, name: str) -> dict:
        if (document := self._documents.get(name)) is None:
            raise AwsError("ValidationException", f'Could not find model "{self._arn(name)}".')
        return document

    def container(self, name: str) -> dict:
        """Return a model's one container.

        Raises:
            AwsError: there is no model of that name.
        """
        model = self._document(name)
        return (model.get("Containers") or [model.get("PrimaryContainer")])[0]

    def list_models(self, request: dict) -> dict:
        return LISTING.answer(self._documents, request)

    def delete_model(self, request: dict) -> dict:
        name = request["ModelName"]
        self._document(name)
        self._tags.forget(self._arn(name))
        self._documents.delete(name)
        return {}
