"""Model package groups: the names of models with versions; knows no versions.

Left out, and refused: managed configurations, groups of other accounts, resource policies (moto
has none either).
"""

import threading

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.state.collection import Collection, public
from local_aws.wire.listing import LISTED, Listing

PACKAGES = "model-package"
"""The kind of the documents in packages.py, with keys `<group>/<version>`."""
LISTING = Listing(
    "ModelPackageGroupSummaryList",
    "ModelPackageGroupName",
    (
        "ModelPackageGroupName",
        "ModelPackageGroupArn",
        "ModelPackageGroupDescription",
        "CreationTime",
        "ModelPackageGroupStatus",
    ),
)


OPERATIONS = {
    "sagemaker": {
        "CreateModelPackageGroup": """ModelPackageGroupName ModelPackageGroupDescription
            Tags(*)""",
        "DescribeModelPackageGroup": "ModelPackageGroupName",
        "ListModelPackageGroups": LISTED,
        "DeleteModelPackageGroup": "ModelPackageGroupName",
    },
}


class PackageGroups(Engine):
    """Executes the operations on model package groups."""

    name, operations = "package_groups", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._context, self._all, self._clock = parts.context, parts.documents, parts.clock
        self._documents = Collection(parts.documents, "model-package-group")
        self.lock = threading.RLock()
        """Lock for adding a version and deleting a group: no version outlives its group."""

    def _arn(self, name: str) -> str:
        return self._context.arn("sagemaker", f"model-package-group/{name}")

    def name_of(self, text: str) -> str:
        """Return the name from a name or an ARN; an ARN of another account stays as it is."""
        return text.removeprefix(self._arn(""))

    def document(self, text: str) -> dict:
        """Return a group by its name or ARN.

        Raises:
            AwsError: the group does not exist.
        """
        name = self.name_of(text)
        if (group := self._documents.get(name)) is None:
            arn = name if name.startswith("arn:") else self._arn(name)
            raise AwsError("ValidationException", f"ModelPackageGroup {arn} does not exist.")
        return group

    def next_version(self, text: str) -> int:
        """Return the number of a new version; no number is used twice."""
        name = self.document(text)["ModelPackageGroupName"]

        def count(group: dict) -> None:
            group["_versions"] += 1

        return self._documents.update(name, count)["_versions"]

    def create_model_package_group(self, request: dict) -> dict:
        name, arn = request["ModelPackageGroupName"], self._arn(request["ModelPackageGroupName"])
        group = {**request, "ModelPackageGroupArn": arn, "CreatedBy": {}}
        group |= {"CreationTime": self._clock.now()}
        group |= {"ModelPackageGroupStatus": "Completed", "_versions": 0}
        if not self._documents.add(name, group):
            raise AwsError("ValidationException", f"Model Package Group already exists: {arn}")
        return {"ModelPackageGroupArn": arn}

    def describe_model_package_group(self, request: dict) -> dict:
        return public(self.document(request["ModelPackageGroupName"]))

    def list_model_package_groups(self, request: dict) -> dict:
        return LISTING.answer(self._documents.listed(), {"SortOrder": "Ascending", **request})

    def delete_model_package_group(self, request: dict) -> dict:
        with self.lock:
            name = self.document(request["ModelPackageGroupName"])["ModelPackageGroupName"]
            if left := len(self._all.items(PACKAGES, f"{name}/")):
                message = (
                    f"Model Package Group {self._arn(name)} can't be deleted: it holds "
                    f"{left} model package(s). Delete those first."
                )
                raise AwsError("ConflictException", message)
            self._documents.delete(name)
        return {}
