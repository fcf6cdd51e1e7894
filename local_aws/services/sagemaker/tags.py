"""Tags of SageMaker's resources, as each was made with them and changed; knows no kind of resource.

Left out: removing tags, further pages (a resource has at most 50 tags, AWS's smallest page). A
version of the registry has none of its own. The error for what is gone is the ValidationException
of https://github.com/aws/amazon-sagemaker-feedback/issues/108; AWS publishes no words for too many.
"""

from local_aws.errors import AwsError
from local_aws.parts import Engine

OPERATIONS = {"sagemaker": {"ListTags": "ResourceArn", "AddTags": "ResourceArn Tags(*)"}}
MOST = 50


class Tags(Engine):
    """Executes the operations on tags."""

    name, operations = "tags", OPERATIONS

    def list_tags(self, request: dict) -> dict:
        _, _, document = self._document(request["ResourceArn"])
        return {"Tags": document.get("Tags", [])}

    def add_tags(self, request: dict) -> dict:
        """Add tags; one with a key that is there replaces its value."""
        with self.parts.documents.transaction():
            kind, key, document = self._document(request["ResourceArn"])
            values = {tag["Key"]: tag["Value"] for tag in document.get("Tags", [])}
            values |= {tag["Key"]: tag["Value"] for tag in request["Tags"]}
            if reserved := [name for name in values if name.lower().startswith("aws:")]:
                raise AwsError("ValidationException", f"aws: is AWS's own prefix: {reserved[0]}")
            if len(values) > MOST:
                words = f"A resource has at most {MOST} tags, not {len(values)}."
                raise AwsError("ResourceLimitExceeded", words)
            document["Tags"] = [{"Key": name, "Value": value} for name, value in values.items()]
            self.parts.documents.put(kind, key, document)
        return {"Tags": document["Tags"]}

    def _document(self, arn: str) -> tuple[str, str, dict]:
        """Return the kind, the key and the document of a resource.

        Raises:
            AwsError: there is none of this ARN.
        """
        kind, _, name = arn.removeprefix(self.parts.context.arn("sagemaker", "")).partition("/")
        if kind.endswith("-job"):  # `training-job` of an ARN is a document of `TrainingJob`
            kind = kind.title().replace("-", "")
        document = self.parts.documents.get(kind, name)
        # Some ARNs are in lower case, whatever the name is.
        named = [(name, document)] if document else self.parts.documents.items(kind)
        for key, each in named:
            if key.lower() == name.lower() and _is_resource(each, arn):
                return kind, key, each
        raise AwsError("ValidationException", f"Could not find the resource {arn}.")


def _is_resource(document: dict, arn: str) -> bool:
    """Say whether a document has this ARN itself: an engine's notes have none."""
    own = (value for name, value in document.items() if name.endswith("Arn"))
    return any(isinstance(value, str) and value.lower() == arn.lower() for value in own)
