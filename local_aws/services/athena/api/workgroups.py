"""Athena's workgroups: output location and limit of scanned bytes; runs no query."""

from local_aws.errors import AwsError
from local_aws.state.clock import Clock
from local_aws.state.documents import Documents

ENGINE_VERSION = {
    "SelectedEngineVersion": "AUTO",
    "EffectiveEngineVersion": "Athena engine version 3",
}
DEFAULTS = {
    "EnforceWorkGroupConfiguration": False,
    "PublishCloudWatchMetricsEnabled": False,
    "RequesterPaysEnabled": False,
    "EngineVersion": ENGINE_VERSION,
    "ResultConfiguration": {},
}


class WorkGroups:
    """Creates, reads, changes and deletes workgroups; `primary` always exists.

    Left out: encryption, CloudWatch metrics, IAM Identity Center, capacity reservations.
    """

    def __init__(self, documents: Documents, clock: Clock):
        self._clock = clock
        self._documents = documents
        if documents.get("workgroup", "primary") is None:
            self._write("primary", {}, "")

    def _write(self, name: str, configuration: dict, description: str) -> None:
        body = {
            "Name": name,
            "State": "ENABLED",
            "Configuration": {**DEFAULTS, **configuration, "EngineVersion": ENGINE_VERSION},
            "Description": description,
            "CreationTime": self._clock.now(),
        }
        self._documents.put("workgroup", name, body)

    def find(self, name: str) -> dict:
        """Return a workgroup.

        Raises:
            AwsError: it does not exist.
        """
        body = self._documents.get("workgroup", name)
        if body is None:
            raise AwsError("InvalidRequestException", f"WorkGroup {name} is not found.")
        return body

    def create_work_group(self, request: dict) -> dict:
        """Create a workgroup."""
        name = request["Name"]
        if self._documents.get("workgroup", name):
            raise AwsError("InvalidRequestException", "WorkGroup is already created")
        self._write(name, request.get("Configuration", {}), request.get("Description", ""))
        return {}

    def get_work_group(self, request: dict) -> dict:
        """Return a workgroup."""
        return {"WorkGroup": self.find(request["WorkGroup"])}

    def list_work_groups(self, request: dict) -> dict:
        """Return all workgroups."""
        names = ("Name", "State", "Description", "CreationTime")
        summaries = [
            {**{name: body[name] for name in names}, "EngineVersion": ENGINE_VERSION}
            for _, body in self._documents.items("workgroup")
        ]
        return {"WorkGroups": summaries}

    def update_work_group(self, request: dict) -> dict:
        """Change a workgroup's settings, state or description."""
        body = self.find(request["WorkGroup"])
        updates = dict(request.get("ConfigurationUpdates", {}))
        configuration = body["Configuration"]
        if updates.pop("RemoveBytesScannedCutoffPerQuery", False):
            configuration.pop("BytesScannedCutoffPerQuery", None)
        results = updates.pop("ResultConfigurationUpdates", {})
        if results.pop("RemoveOutputLocation", False):
            configuration["ResultConfiguration"].pop("OutputLocation", None)
        changes = {key: value for key, value in results.items() if not key.startswith("Remove")}
        configuration["ResultConfiguration"] |= changes
        body["Configuration"] = {**configuration, **updates, "EngineVersion": ENGINE_VERSION}
        body["State"] = request.get("State", body["State"])
        body["Description"] = request.get("Description", body["Description"])
        self._documents.put("workgroup", body["Name"], body)
        return {}

    def delete_work_group(self, request: dict) -> dict:
        """Delete a workgroup; one with queries needs RecursiveDeleteOption."""
        name = request["WorkGroup"]
        if name == "primary":
            raise AwsError("InvalidRequestException", "Cannot delete primary workgroup")
        self.find(name)
        saved = [
            (kind, key)
            for kind in ("named_query", "prepared")
            for key, body in self._documents.items(kind)
            if body.get("WorkGroup", body.get("WorkGroupName")) == name
        ]
        if saved and not request.get("RecursiveDeleteOption"):
            raise AwsError("InvalidRequestException", f"WorkGroup {name} is not empty")
        with self._documents.transaction():
            for kind, key in saved:
                self._documents.delete(kind, key)
            self._documents.delete("workgroup", name)
        return {}
