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
    """Creates and reads workgroups; `primary` always exists.

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
