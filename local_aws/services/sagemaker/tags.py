"""Tags of SageMaker's resources, as each was made with them; knows ARNs, and no kind of resource.

Left out: changes of tags, further pages (a resource has at most 50 tags, AWS's smallest page). A
version of the registry has none of its own. The error for what is gone is the ValidationException
of https://github.com/aws/amazon-sagemaker-feedback/issues/108.
"""

from local_aws.errors import AwsError
from local_aws.parts import Engine

OPERATIONS = {"sagemaker": {"ListTags": "ResourceArn"}}


class Tags(Engine):
    """Executes the operation on tags."""

    name, operations = "tags", OPERATIONS

    def list_tags(self, request: dict) -> dict:
        arn = request["ResourceArn"]
        kind, _, name = arn.removeprefix(self.parts.context.arn("sagemaker", "")).partition("/")
        if kind.endswith("-job"):  # `training-job` of an ARN is a document of `TrainingJob`
            kind = kind.title().replace("-", "")
        if (document := self._document(kind, name)) is None:
            raise AwsError("ValidationException", f"Could not find the resource {arn}.")
        return {"Tags": document.get("Tags", [])}

    def _document(self, kind: str, name: str) -> dict | None:
        if document := self.parts.documents.get(kind, name):
            return document
        # Some ARNs are in lower case, whatever the name is.
        named = self.parts.documents.items(kind)
        return next((each for key, each in named if key.lower() == name.lower()), None)
