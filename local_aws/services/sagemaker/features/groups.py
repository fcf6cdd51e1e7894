"""Feature groups: made, described, extended, deleted, each change some seconds after its request.

A group that is deleted leaves its files in S3 and its table in Glue, as on AWS.
Left out, and refused by name: the table format Iceberg, times to live, collections and vectors, the
in-memory store, provisioned throughput, tables of your own (DataCatalogConfig), metadata and search
of features. Keys are kept and have no effect. AWS publishes few of its refusals' words.
"""

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.role_permissions import check
from local_aws.services.sagemaker.features import table
from local_aws.services.sagemaker.features.offline import OfflineStore
from local_aws.services.sagemaker.features.values import features
from local_aws.state.collection import Collection, public
from local_aws.wire.listing import Listing

SECONDS = 1.0
"""From a request to its effect, on the one clock; AWS takes up to a minute."""
RECORD = "feature-record"
"""The kind of the online store's documents, with keys `<id of the group>/<identifier>`."""
STATUS, UPDATE = "FeatureGroupStatus", "LastUpdateStatus"
LISTING = Listing(
    "FeatureGroupSummaries",
    "FeatureGroupName",
    ("FeatureGroupName", "FeatureGroupArn", "CreationTime", STATUS, "OfflineStoreStatus"),
    STATUS,
    ((STATUS, STATUS),),
)
OPERATIONS = {
    "sagemaker": {
        "CreateFeatureGroup": """FeatureGroupName RecordIdentifierFeatureName EventTimeFeatureName
            FeatureDefinitions(FeatureName FeatureType) RoleArn Description Tags(*)
            OnlineStoreConfig(EnableOnlineStore StorageType=Standard SecurityConfig(KmsKeyId))
            OfflineStoreConfig(S3StorageConfig(S3Uri KmsKeyId) DisableGlueTableCreation
                TableFormat=Default|Glue)
            ThroughputConfig(ThroughputMode=OnDemand)""",
        "DescribeFeatureGroup": "FeatureGroupName",
        "ListFeatureGroups": f"""NameContains {STATUS}Equals CreationTimeAfter CreationTimeBefore
            SortBy=Name|{STATUS}|CreationTime SortOrder NextToken MaxResults""",
        "UpdateFeatureGroup": "FeatureGroupName FeatureAdditions(FeatureName FeatureType)",
        "DeleteFeatureGroup": "FeatureGroupName",
    },
}


class FeatureGroups(Engine):
    """Executes the operations on feature groups."""

    name, operations = "feature_groups", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._groups = Collection(parts.documents, "feature-group")
        self.offline = OfflineStore(parts, self._groups)

    def recover(self) -> None:
        """Finish the changes that the last server began, and write what it has left."""
        for group in self._groups:
            self._soon(group["FeatureGroupName"])
        self.offline.recover()

    def _soon(self, name: str) -> None:
        self.parts.clock.after(SECONDS, lambda: self._go_on(name))

    def _arn(self, name: str) -> str:
        return self.parts.context.arn("sagemaker", f"feature-group/{name}")

    def group(self, text: str, code: str = "ResourceNotFound") -> dict:
        """Return a group by its name or ARN.

        Args:
            code: of the error; PutRecord has another one.

        Raises:
            AwsError: there is no such group.
        """
        name = text.removeprefix(self._arn(""))
        if (group := self._groups.get(name)) is None:
            words = f"Amazon SageMaker can't find a FeatureGroup with name {name}"
            raise AwsError(code, f"Resource Not Found: {words}", 404 if code[0] == "R" else 400)
        return group

    def create_feature_group(self, request: dict) -> dict:
        name, now = request["FeatureGroupName"], self.parts.clock.now()
        _check(request)
        arn, group_id = self._arn(name), f"{name}-{int(now.timestamp())}"
        group = {**request, "FeatureGroupArn": arn, "_id": group_id, STATUS: "Creating"}
        group |= {"CreationTime": now, "LastModifiedTime": now}
        group |= {"OfflineStoreStatus": {"Status": "Disabled"}}
        if config := request.get("OfflineStoreConfig"):
            storage = config["S3StorageConfig"]
            resolved = table.place(self.parts.context, storage["S3Uri"], group_id)
            config = {"DisableGlueTableCreation": False, "TableFormat": "Glue", **config}
            config["S3StorageConfig"] = {**storage, "ResolvedOutputS3Uri": resolved}
            if not config["DisableGlueTableCreation"]:
                names = {"TableName": table.name(group), "Database": table.DATABASE}
                config["DataCatalogConfig"] = {**names, "Catalog": "AwsDataCatalog"}
            group |= {"OfflineStoreConfig": config, "OfflineStoreStatus": {"Status": "Active"}}
        if not self._groups.add(name, group):
            words = f"FeatureGroup with name {name} already exists. Choose a different name."
            raise AwsError("ResourceInUse", f"Resource Already Exists: {words}")
        self._soon(name)
        return {"FeatureGroupArn": arn}

    def describe_feature_group(self, request: dict) -> dict:
        return public(self.group(request["FeatureGroupName"]))

    def list_feature_groups(self, request: dict) -> dict:
        status = request.get(f"{STATUS}Equals")
        return LISTING.answer(self._groups.listed(), {**request, "StatusEquals": status})

    def update_feature_group(self, request: dict) -> dict:
        with self._groups.transaction():
            group = self.group(request["FeatureGroupName"])
            additions = request.get("FeatureAdditions") or []
            if group[STATUS] != "Created" or group.get(UPDATE, {}).get("Status") == "InProgress":
                raise _busy(group)
            definitions = [*group["FeatureDefinitions"], *additions]
            _check({**group, "FeatureDefinitions": definitions})
            group |= {"_additions": additions, UPDATE: {"Status": "InProgress"}}
            self._groups.put(group["FeatureGroupName"], group)
        self._soon(group["FeatureGroupName"])
        return {"FeatureGroupArn": group["FeatureGroupArn"]}

    def delete_feature_group(self, request: dict) -> dict:
        with self._groups.transaction():
            group = self.group(request["FeatureGroupName"])
            if group[STATUS] in ("Creating", "Deleting"):
                raise _busy(group)
            self._groups.put(group["FeatureGroupName"], {**group, STATUS: "Deleting"})
        self._soon(group["FeatureGroupName"])
        return {}

    def _go_on(self, name: str) -> None:
        """Do what a group's request asked for."""
        if (group := self._groups.get(name)) is None:
            return
        if group[STATUS] == "Creating":
            self._make(group)
        elif group[STATUS] == "Deleting":
            self._delete(group)
        elif group.get(UPDATE, {}).get("Status") == "InProgress":
            self._extend(group)

    def _change(self, group: dict, change: dict) -> None:
        change = {**change, "LastModifiedTime": self.parts.clock.now()}
        self._groups.update(group["FeatureGroupName"], lambda each: each.update(change), late=True)

    def _make(self, group: dict) -> None:
        try:
            if config := group.get("OfflineStoreConfig"):
                bucket, key = table.split(config["S3StorageConfig"]["ResolvedOutputS3Uri"])
                if not self.parts.store.has_bucket(bucket):
                    raise AwsError("NoSuchBucket", f"The bucket {bucket} does not exist.")
                resource = f"arn:aws:s3:::{bucket}/{key}/object"
                check(self.parts.call, group["RoleArn"], "s3:PutObject", resource)
                if "DataCatalogConfig" in config:
                    table.make(self.parts.call, group)
            self._change(group, {STATUS: "Created"})
        except AwsError as error:
            self._change(group, {STATUS: "CreateFailed", "FailureReason": error.message[:1024]})

    def _extend(self, group: dict) -> None:
        definitions = [*group["FeatureDefinitions"], *group["_additions"]]
        change = {"FeatureDefinitions": definitions, UPDATE: {"Status": "Successful"}}
        try:
            if "DataCatalogConfig" in group.get("OfflineStoreConfig", {}):
                table.renew(self.parts.call, {**group, **change})
        except AwsError as error:
            change = {UPDATE: {"Status": "Failed", "FailureReason": error.message[:1024]}}
        self._change(group, {**change, "_additions": []})

    def _delete(self, group: dict) -> None:
        """Write what was acknowledged, then forget the group."""
        name = group["FeatureGroupName"]
        if config := group.get("OfflineStoreConfig"):
            self.offline.flush(name)
            bucket, _ = table.split(config["S3StorageConfig"]["S3Uri"])
            if self.offline.is_behind(group) and self.parts.store.has_bucket(bucket):
                reason = self.group(name)["OfflineStoreStatus"].get("BlockedReason", "not written")
                self._change(group, {STATUS: "DeleteFailed", "FailureReason": reason})
                return
        with self._groups.transaction():
            self.offline.drop(group)
            self.parts.documents.delete_prefix(RECORD, f"{group['_id']}/")
            self._groups.delete(name)


def _busy(group: dict) -> AwsError:
    words = f"FeatureGroup {group['FeatureGroupName']} is being changed or failed"
    return AwsError("ValidationException", f"{words}: its status is {group[STATUS]}.")


def _check(request: dict) -> None:
    """Check what botocore's model does not say.

    Raises:
        AwsError: AWS would refuse it.
    """
    types, reason = features(request), None
    names = [each["FeatureName"].lower() for each in request["FeatureDefinitions"]]
    if len({*names}) < len(names):
        reason = "Each FeatureName must be there once; they differ in more than capitals."
    elif taken := {*names} & {*table.ADDED, *table.PARTITIONS}:
        reason = f"A FeatureName cannot be any of the following: {', '.join(sorted(taken))}."
    elif missing := [
        f"{role} {request[role]}"
        for role in ("RecordIdentifierFeatureName", "EventTimeFeatureName")
        if request[role] not in types
    ]:
        reason = f"{missing[0]} must be one of the FeatureDefinitions' names."
    elif types[request["EventTimeFeatureName"]] == "Integral":
        reason = "The feature of the event time must be of the type String or Fractional."
    elif not request.get("OnlineStoreConfig", {}).get("EnableOnlineStore") and not request.get(
        "OfflineStoreConfig"
    ):
        reason = "A FeatureGroup must have an OnlineStore, an OfflineStore, or both."
    elif request.get("OfflineStoreConfig") and not request.get("RoleArn"):
        reason = "RoleArn is required for an OfflineStore."
    if reason:
        raise AwsError("ValidationException", f"Validation Error: {reason}")
