"""The Feature Store's runtime: writes and reads records; the online store has the newest of each.

A record whose event time is not greater than that of the online store's is written to the offline
store alone (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_PutRecord.html).
A soft deletion leaves its event time behind, a hard one nothing; what AWS does where there is no
record is not published: here a soft deletion leaves its event time then too.
Left out, and refused by name: times to live, batches of writes, updates of single features, lists.
"""

from collections.abc import Iterable
from datetime import timedelta

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.features.groups import RECORD, STATUS, FeatureGroups
from local_aws.services.sagemaker.features.values import checked, features, moment, refused, typed

ONLINE, OFFLINE = "OnlineStore", "OfflineStore"
OPERATIONS = {
    "sagemaker-featurestore-runtime": {
        "PutRecord": "FeatureGroupName Record(FeatureName ValueAsString) TargetStores",
        "GetRecord": """FeatureGroupName RecordIdentifierValueAsString FeatureNames
            ExpirationTimeResponse=Disabled""",
        "BatchGetRecord": """Identifiers(FeatureGroupName RecordIdentifiersValueAsString
            FeatureNames) ExpirationTimeResponse=Disabled""",
        "DeleteRecord": """FeatureGroupName RecordIdentifierValueAsString EventTime TargetStores
            DeletionMode""",
    },
}


class FeatureRecords(Engine):
    """Executes the operations on records."""

    name, operations = "feature_records", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._groups, self._documents = parts.engine(FeatureGroups), parts.documents

    def _group(self, name: str, code: str = "ValidationError") -> dict:
        group = self._groups.group(name, code)
        if group[STATUS] != "Created":
            words = f"FeatureGroup {group['FeatureGroupName']} is not ready"
            raise refused(f"{words}: its status is {group[STATUS]}.")
        return group

    def put_record(self, request: dict) -> dict:
        with self._documents.transaction():
            group = self._group(request["FeatureGroupName"])
            stores, values = _stores(group, request), checked(group, request["Record"])
            identifier = values[group["RecordIdentifierFeatureName"]]
            self._keep(group, stores, identifier, values, deleted=False)
        return {}

    def delete_record(self, request: dict) -> dict:
        with self._documents.transaction():
            group, text = self._group(request["FeatureGroupName"]), request["EventTime"]
            stores, identifier = _stores(group, request), request["RecordIdentifierValueAsString"]
            name = group["RecordIdentifierFeatureName"]
            typed(name, features(group)[name], identifier)
            values = {name: identifier, group["EventTimeFeatureName"]: text}
            hard = request.get("DeletionMode") == "HardDelete"
            self._keep(group, stores, identifier, values, deleted=True, hard=hard)
        return {}

    def _keep(
        self, group: dict, stores: set[str], identifier: str, values: dict, *, deleted, hard=False
    ) -> None:
        """Write a record, or the marker of its deletion, to the stores that it belongs to."""
        key, when = _key(group, identifier), moment(group, values[group["EventTimeFeatureName"]])
        old, invoked = self._documents.get(RECORD, key) or {}, self.parts.clock.now()
        if "invoked" in old:  # two records of one event time are told apart by it
            invoked = max(invoked, old["invoked"] + timedelta(milliseconds=1))
        new = {**old, "invoked": invoked}
        is_newer = "time" not in old or when > old["time"]
        if ONLINE in stores and hard and not is_newer:
            raise refused("EventTime: it must be later than that of the record in the OnlineStore.")
        if ONLINE in stores and hard:
            new = {"invoked": invoked}
        elif ONLINE in stores and is_newer:
            new |= {"time": when, "values": None if deleted else values}
        self._documents.put(RECORD, key, new)
        if OFFLINE in stores:
            row = {"values": values, "time": when, "invoked": invoked, "deleted": deleted}
            self._groups.offline.add(group, row)

    def get_record(self, request: dict) -> dict:
        group = self._group(request["FeatureGroupName"], "ResourceNotFound")
        names = request.get("FeatureNames")
        record = self._read(group, request["RecordIdentifierValueAsString"], names)
        return {"Record": record} if record else {}

    def batch_get_record(self, request: dict) -> dict:
        records, errors = [], []
        for asked in request["Identifiers"]:
            for identifier in asked["RecordIdentifiersValueAsString"]:
                name = asked["FeatureGroupName"]
                place = {"FeatureGroupName": name, "RecordIdentifierValueAsString": identifier}
                try:
                    group = self._group(name, "ResourceNotFound")
                    if record := self._read(group, identifier, asked.get("FeatureNames")):
                        records.append({**place, "Record": record})
                except AwsError as error:
                    told = {"ErrorCode": error.code, "ErrorMessage": error.message}
                    errors.append({**place, **told})
        return {"Records": records, "Errors": errors, "UnprocessedIdentifiers": []}

    def _read(self, group: dict, identifier: str, names: Iterable[str] | None) -> list[dict]:
        """Return a record of the online store; it is empty where there is none."""
        _stores(group, {"TargetStores": [ONLINE]})
        if unknown := {*(names or ())} - features(group).keys():
            raise refused(f"{group['FeatureGroupName']} has no feature {min(unknown)!r}.")
        document = self._documents.get(RECORD, _key(group, identifier)) or {}
        values = document.get("values") or {}
        return [
            {"FeatureName": name, "ValueAsString": values[name]}
            for name in features(group)
            if name in values and (names is None or name in names)
        ]


def _key(group: dict, identifier: str) -> str:
    return f"{group['_id']}/{identifier}"


def _stores(group: dict, request: dict) -> set[str]:
    """Return the stores that a request is for: those of the group, or those that it names.

    Raises:
        AwsError: the group has not got one of them.
    """
    has = {OFFLINE} if group.get("OfflineStoreConfig") else set()
    if group.get("OnlineStoreConfig", {}).get("EnableOnlineStore"):
        has.add(ONLINE)
    asked = {*(request.get("TargetStores") or has)}
    if missing := asked - has:
        raise refused(f"FeatureGroup {group['FeatureGroupName']} has no {min(missing)}.")
    return asked
