"""Tags of the resources of SageMaker's engines; knows ARNs, and no resource."""

from local_aws.parts import Engine, Parts
from local_aws.state.collection import Collection

OPERATIONS = {
    "sagemaker": (
        "AddTags",
        "ListTags",
        "DeleteTags",
    ),
}


class Tags(Engine):
    """The engine of AddTags, ListTags and DeleteTags."""

    name, operations = "tags", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._documents = Collection(parts.documents, "tags")

    def set(self, arn: str, tags: list[dict]) -> None:
        """Set a new resource's tags, by key, in place of older tags of its ARN."""
        if tags:
            self._documents.put(arn, _by_key(tags))
        else:
            self._documents.delete(arn)

    def forget(self, arn: str) -> None:
        """Delete all tags of a resource."""
        self._documents.delete(arn)

    def add_tags(self, request: dict) -> dict:
        arn, new = request["ResourceArn"], _by_key(request["Tags"])
        with self._documents.transaction():
            self._documents.add(arn, {})
            self._documents.update(arn, lambda tags: tags.update(new))
        return self.list_tags(request)

    def list_tags(self, request: dict) -> dict:
        tags = self._documents.get(request["ResourceArn"]) or {}
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def delete_tags(self, request: dict) -> dict:
        arn = request["ResourceArn"]

        def drop(tags: dict) -> None:
            for key in request["TagKeys"]:
                tags.pop(key, None)

        if arn in self._documents:
            self._documents.update(arn, drop)
        return {}


def _by_key(tags: list[dict]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}
