"""Tags of the resources that our own engines keep; knows ARNs, and no resource."""

from helpers.local_aws.documents import Documents
from helpers.local_aws.shelf import Shelf


class Tags:
    """The engine of AddTags, ListTags and DeleteTags."""

    def __init__(self, documents: Documents):
        self._documents = Shelf(documents, "tags")

    def set(self, arn: str, tags: list[dict]) -> None:
        """Keep a resource's tags, by key."""
        if tags:
            self._documents.put(arn, {tag["Key"]: tag["Value"] for tag in tags})

    def forget(self, arn: str) -> None:
        """Drop all tags of a resource."""
        self._documents.delete(arn)

    def add_tags(self, request: dict) -> dict:
        arn = request["ResourceArn"]
        old = self._documents.get(arn) or {}
        new = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
        self._documents.put(arn, {**old, **new})
        return self.list_tags(request)

    def list_tags(self, request: dict) -> dict:
        tags = self._documents.get(request["ResourceArn"]) or {}
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def delete_tags(self, request: dict) -> dict:
        tags = self._documents.get(request["ResourceArn"]) or {}
        left = {key: value for key, value in tags.items() if key not in request["TagKeys"]}
        self._documents.put(request["ResourceArn"], left)
        return {}
