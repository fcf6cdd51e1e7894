"""Models: an image, an archive and variables under a name; knows documents, runs nothing.

Left out: inference pipelines of several containers, multi-model containers, uncompressed models.
"""

from helpers.local_aws.context import Context
from helpers.local_aws.documents import Documents
from helpers.local_aws.errors import AwsError
from helpers.local_aws.s3.store import ObjectStore
from helpers.local_aws.shelf import Shelf, now
from helpers.local_aws.tags import Tags


def page(items: list[dict], name: str, request: dict) -> dict:
    """Return one page of a List operation, newest first unless asked otherwise."""
    items.sort(
        key=lambda item: item["CreationTime"], reverse=request.get("SortOrder") != "Ascending"
    )
    start = int(request.get("NextToken") or 0)
    end = start + request.get("MaxResults", 100)
    more = {"NextToken": str(end)} if end < len(items) else {}
    return {name: items[start:end], **more}


class Models:
    """The engine of CreateModel and its kin."""

    def __init__(self, context: Context, documents: Documents, store: ObjectStore, tags: Tags):
        self._context, self._store, self._tags = context, store, tags
        self._documents = Shelf(documents, "model")

    def create_model(self, request: dict) -> dict:
        name = request["ModelName"]
        arn = self._context.arn("sagemaker", f"model/{name}")
        if name in self._documents:
            raise AwsError("ValidationException", f'Cannot create already existing model "{arn}".')
        containers = request.get("Containers") or [request.get("PrimaryContainer") or {}]
        if len(containers) != 1 or not containers[0].get("ModelDataUrl"):
            message = "The local AWS serves models of one container with a ModelDataUrl."
            raise AwsError("ValidationException", message)
        self._check_archive(containers[0]["ModelDataUrl"])
        self._tags.set(arn, request.get("Tags", []))
        kept = {key: value for key, value in request.items() if key != "Tags"}
        about = {"ModelArn": arn, "CreationTime": now(), "EnableNetworkIsolation": False}
        self._documents.put(name, {**about, **kept})
        return {"ModelArn": arn}

    def _check_archive(self, uri: str) -> None:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        try:
            self._store.info(bucket, key)
        except AwsError:
            message = f"Could not access model data at {uri}: there is no such object."
            raise AwsError("ValidationException", message) from None

    def describe_model(self, request: dict) -> dict:
        return self.document(request["ModelName"])

    def document(self, name: str) -> dict:
        """Return a model's document.

        Raises:
            AwsError: there is none of that name.
        """
        if (document := self._documents.get(name)) is None:
            arn = self._context.arn("sagemaker", f"model/{name}")
            raise AwsError("ValidationException", f'Could not find model "{arn}".')
        return document

    def list_models(self, request: dict) -> dict:
        part = request.get("NameContains", "")
        fields = ("ModelName", "ModelArn", "CreationTime")
        found = [
            {field: model[field] for field in fields}
            for model in self._documents
            if part in model["ModelName"]
        ]
        return page(found, "Models", request)

    def delete_model(self, request: dict) -> dict:
        self.document(request["ModelName"])
        self._documents.delete(request["ModelName"])
        self._tags.forget(self._context.arn("sagemaker", f"model/{request['ModelName']}"))
        return {}
