"""Prepared statements: texts with `?` for EXECUTE, by workgroup and name; runs none."""

from local_aws.errors import AwsError
from local_aws.services.athena.api.paging import page
from local_aws.services.athena.api.workgroups import WorkGroups
from local_aws.state.clock import Clock
from local_aws.state.documents import Documents


class PreparedStatements:
    """Creates, reads, changes and deletes prepared statements, for the API and for PREPARE."""

    def __init__(self, documents: Documents, workgroups: WorkGroups, clock: Clock):
        self._clock = clock
        self._documents, self._workgroups = documents, workgroups

    def _statement(self, group: str, name: str) -> dict:
        body = self._documents.get("prepared", f"{group}/{name}")
        if body is None:
            message = f"Prepared statement {name} does not exist in workgroup {group}"
            raise AwsError("ResourceNotFoundException", message)
        return body

    def create_prepared_statement(self, request: dict) -> dict:
        """Create a prepared statement."""
        group, name = request["WorkGroup"], request["StatementName"]
        self._workgroups.find(group)
        if self._documents.get("prepared", f"{group}/{name}"):
            message = f"Prepared statement {name} already exists in workgroup {group}"
            raise AwsError("InvalidRequestException", message)
        self.keep(group, name, request["QueryStatement"], request.get("Description", ""))
        return {}

    def keep(self, group: str, name: str, text: str, description: str = "") -> None:
        """Write a prepared statement; it replaces one of the same name."""
        body = {
            "StatementName": name,
            "QueryStatement": text,
            "WorkGroupName": group,
            "Description": description,
            "LastModifiedTime": self._clock.now(),
        }
        self._documents.put("prepared", f"{group}/{name}", body)

    def texts(self, group: str) -> dict[str, str]:
        """Return the texts of a workgroup's prepared statements, by lower-case name."""
        items = self._documents.items("prepared", f"{group}/")
        return {body["StatementName"].lower(): body["QueryStatement"] for _, body in items}

    def get_prepared_statement(self, request: dict) -> dict:
        """Return a prepared statement."""
        body = self._statement(request["WorkGroup"], request["StatementName"])
        return {"PreparedStatement": body}

    def list_prepared_statements(self, request: dict) -> dict:
        """Return the names of a workgroup's prepared statements, by pages."""
        group = request["WorkGroup"]
        self._workgroups.find(group)
        names = ("StatementName", "LastModifiedTime")
        items = self._documents.items("prepared", f"{group}/")
        statements = [{name: body[name] for name in names} for _, body in items]
        return page(statements, "PreparedStatements", request)

    def update_prepared_statement(self, request: dict) -> dict:
        """Change a prepared statement."""
        group, name = request["WorkGroup"], request["StatementName"]
        old = self._statement(group, name)
        description = request.get("Description", old["Description"])
        self.keep(group, name, request["QueryStatement"], description)
        return {}

    def delete_prepared_statement(self, request: dict) -> dict:
        """Delete a prepared statement."""
        group, name = request["WorkGroup"], request["StatementName"]
        self._statement(group, name)
        self._documents.delete("prepared", f"{group}/{name}")
        return {}

    def drop(self, group: str, name: str) -> bool:
        """Delete a prepared statement by its name in any case; return False if there is none."""
        for key, body in self._documents.items("prepared", f"{group}/"):
            if body["StatementName"].lower() == name:
                return self._documents.delete("prepared", key)
        return False
