"""Model packages: versions of a model with metrics, image, archive, approval; runs nothing.

A package in a group is a version (1, 2, …) without a name, which the SDK relies on; a package
without a group has no approval. Left out, and refused: validation jobs, algorithms, the
marketplace, managed storage. A key of KMS is kept and encrypts nothing.
"""

from datetime import datetime

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker import state_events
from local_aws.services.sagemaker.archives import check_archive
from local_aws.services.sagemaker.registry.card_content import check_content, only_metadata
from local_aws.services.sagemaker.registry.groups import PACKAGES, PackageGroups
from local_aws.state.collection import Collection, public
from local_aws.wire.listing import LISTED, Listing

SUMMARY = (
    "ModelPackageName",
    "ModelPackageGroupName",
    "ModelPackageVersion",
    "ModelPackageArn",
    "ModelPackageDescription",
    "CreationTime",
    "ModelPackageStatus",
    "ModelApprovalStatus",
    "ModelLifeCycle",
    "ModelPackageRegistrationType",
)
LISTING = Listing("ModelPackageSummaryList", "_key", SUMMARY)
UPDATED = (
    "ApprovalDescription",
    "InferenceSpecification",
    "ModelApprovalStatus",
    "ModelLifeCycle",
    "ModelPackageRegistrationType",
    "SourceUri",
)
APPROVAL = {"ModelApprovalStatus", "ApprovalDescription"}
MOST_PROPERTIES = 50


OPERATIONS = {
    "sagemaker": {
        "CreateModelPackage": """ModelPackageName ModelPackageGroupName ModelPackageDescription
            ModelPackageRegistrationType InferenceSpecification(*) ModelApprovalStatus
            AdditionalInferenceSpecifications(*) SkipModelValidation ClientToken ModelCard(*)
            ModelMetrics(*) DriftCheckBaselines(*) MetadataProperties(*) ModelLifeCycle(*)
            CustomerMetadataProperties Domain Task SamplePayloadUrl SourceUri
            SecurityConfig(KmsKeyId) Tags(*) CertifyForMarketplace=false""",
        "DescribeModelPackage": "ModelPackageName IncludedData",
        "ListModelPackages": f"""{LISTED} ModelPackageGroupName ModelApprovalStatus
            ModelPackageType""",
        "UpdateModelPackage": """ModelPackageArn ModelApprovalStatus ApprovalDescription
            ModelPackageRegistrationType InferenceSpecification(*) ModelCard(*) ModelLifeCycle(*)
            AdditionalInferenceSpecificationsToAdd(*) SourceUri CustomerMetadataProperties
            CustomerMetadataPropertiesToRemove""",
        "DeleteModelPackage": "ModelPackageName",
    },
}


class Packages(Engine):
    """Executes the operations on model packages."""

    name, operations = "packages", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._context, self._store, self._clock = parts.context, parts.store, parts.clock
        self._groups = parts.engine(PackageGroups)
        self._documents = Collection(parts.documents, PACKAGES)

    def _arn(self, name: str) -> str:
        return self._context.arn("sagemaker", f"model-package/{name}")

    def document(self, text: str) -> dict:
        """Return a package by its ARN, its name, or `<group>/<version>`.

        Raises:
            AwsError: there is no such package.
        """
        name = text.removeprefix(self._arn(""))
        group, _, version = name.partition("/")
        key = f"{group}/{int(version):09d}" if version.isdigit() else name
        if (package := self._documents.get(key)) is None:
            arn = name if name.startswith("arn:") else self._arn(name)
            raise AwsError("ValidationException", f"ModelPackage {arn} does not exist.")
        return package

    def container(self, text: str) -> dict:
        """Return the one container of a package.

        Raises:
            AwsError: the package does not exist, or can't be served.
        """
        package = self.document(text)
        containers = package.get("InferenceSpecification", {}).get("Containers", [])
        if len(containers) != 1 or not containers[0].get("ModelDataUrl"):
            message = (
                f"ModelPackage {package['ModelPackageArn']} can't be served: the local AWS serves "
                "packages of one container with a ModelDataUrl."
            )
            raise AwsError("ValidationException", message)
        return containers[0]

    # The operations.

    def create_model_package(self, request: dict) -> dict:
        self._check(request)
        name, group = request.get("ModelPackageName"), request.get("ModelPackageGroupName")
        with self._groups.lock:
            if known := self._made_before(request):
                return {"ModelPackageArn": known}
            if not group:
                return self._keep(name, name, {}, request)
            group = self._groups.document(group)["ModelPackageGroupName"]
            version = self._groups.next_version(group)
            approval = request.get("ModelApprovalStatus", "PendingManualApproval")
            in_group = {"ModelPackageGroupName": group, "ModelPackageVersion": version}
            in_group |= {"ModelApprovalStatus": approval}
            return self._keep(f"{group}/{version:09d}", f"{group}/{version}", in_group, request)

    def _check(self, request: dict) -> None:
        """Check a Create request."""
        name, group = request.get("ModelPackageName"), request.get("ModelPackageGroupName")
        if name and group:
            _refuse(
                "Both ModelPackageName and ModelPackageGroupName are provided in the input. "
                "Cannot determine which one to use."
            )
        if not name and not group:
            _refuse("Missing ARN.")
        if group and request.get("Tags"):
            _refuse(
                "Tags are not supported in Model Package versions. "
                "Please add them to the Model Package Group"
            )
        if name and request.get("ModelApprovalStatus"):
            _refuse(
                "ModelApprovalStatus is only for a package in a group: give ModelPackageGroupName."
            )
        if card := request.get("ModelCard"):
            check_content(card.get("ModelCardContent", "{}"), of_package=True)
        if request.get("SkipModelValidation") != "All":
            for container in request.get("InferenceSpecification", {}).get("Containers", []):
                if uri := container.get("ModelDataUrl"):
                    check_archive(self._store, uri)

    def _made_before(self, request: dict) -> str | None:
        """Return the package that an earlier request with the same token made, or None."""
        token = request.get("ClientToken")
        arns = (each["ModelPackageArn"] for each in self._documents if each["_token"] == token)
        return next(arns, None) if token else None

    def _keep(self, key: str, name: str, in_group: dict, request: dict) -> dict:
        arn = self._arn(name)
        package = {k: v for k, v in request.items() if k != "ClientToken"}
        package |= {"ModelPackageArn": arn, "CreationTime": self._clock.now(), "CreatedBy": {}}
        # No validation jobs, so the package is Completed at once.
        details = {"ValidationStatuses": [], "ImageScanStatuses": []}
        package |= {"ModelPackageStatus": "Completed", "ModelPackageStatusDetails": details}
        package |= {**in_group, "_key": key, "_token": request.get("ClientToken")}
        with self._documents.transaction():
            if not self._documents.add(key, package):
                raise AwsError("ConflictException", f"ModelPackage {arn} already exists.")
            self._tell(package)
        return {"ModelPackageArn": arn}

    def _tell(self, package: dict) -> None:
        arn = package["ModelPackageArn"]
        state_events.tell(self.parts, state_events.PACKAGE, arn, package)

    def describe_model_package(self, request: dict) -> dict:
        package = public(self.document(request["ModelPackageName"]))
        if request.get("IncludedData") == "MetadataOnly" and "ModelCard" in package:
            content = only_metadata(package["ModelCard"].get("ModelCardContent", "{}"))
            package["ModelCard"]["ModelCardContent"] = content
        return package

    def list_model_packages(self, request: dict) -> dict:
        query = {"SortOrder": "Ascending", **request}
        group, approval = query.pop("ModelPackageGroupName", None), "ModelApprovalStatus"
        kind = query.pop("ModelPackageType", "Versioned" if group else "Unversioned")
        words, status = query.pop("NameContains", ""), query.pop(approval, None)
        name = self._groups.document(group)["ModelPackageGroupName"] if group else None
        chosen = [
            package
            for package in self._documents.listed()
            if kind in ("Both", "Versioned" if "ModelPackageVersion" in package else "Unversioned")
            and (not group or package.get("ModelPackageGroupName") == name)
            and words.lower() in package["_key"].partition("/")[0].lower()
            and (not status or package.get(approval) == status)
        ]
        return LISTING.answer(chosen, query)

    def update_model_package(self, request: dict) -> dict:
        if card := request.get("ModelCard"):
            check_content(card.get("ModelCardContent", "{}"), of_package=True)
        with self._groups.lock, self._documents.transaction():
            package = self.document(request["ModelPackageArn"])
            arn, approval = package["ModelPackageArn"], APPROVAL & request.keys()
            if approval and "ModelPackageVersion" not in package:
                _refuse(f"ModelPackage {arn} has no group, so it has no approval.")
            time = self._clock.now()
            key = package["_key"]
            self._tell(self._documents.update(key, lambda kept: _change(kept, request, time)))
        return {"ModelPackageArn": arn}

    def delete_model_package(self, request: dict) -> dict:
        with self._groups.lock:
            self._documents.delete(self.document(request["ModelPackageName"])["_key"])
        return {}


def _change(package: dict, request: dict, time: datetime) -> None:
    """Apply an update; fields that it does not name stay.

    Raises:
        AwsError: the package would have too many properties.
    """
    package.update({field: request[field] for field in UPDATED if field in request})
    properties = {
        **package.get("CustomerMetadataProperties", {}),
        **request.get("CustomerMetadataProperties", {}),
    }
    for key in request.get("CustomerMetadataPropertiesToRemove", []):
        properties.pop(key, None)
    if len(properties) > MOST_PROPERTIES:
        _refuse(f"CustomerMetadataProperties would have more than {MOST_PROPERTIES} entries.")
    package["CustomerMetadataProperties"] = properties
    if not properties:
        del package["CustomerMetadataProperties"]
    if more := request.get("AdditionalInferenceSpecificationsToAdd"):
        package["AdditionalInferenceSpecifications"] = [
            *package.get("AdditionalInferenceSpecifications", []),
            *more,
        ]
    if "ModelCard" in request:
        package["ModelCard"] = {**package.get("ModelCard", {}), **request["ModelCard"]}
    package.update(LastModifiedTime=time, LastModifiedBy={})


def _refuse(message: str) -> None:
    raise AwsError("ValidationException", message)
