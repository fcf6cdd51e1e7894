"""Queries that Athena keeps: named queries and prepared statements."""

import uuid
from datetime import UTC, datetime

from local_aws.errors import AwsError
from local_aws.state.documents import Documents


class SavedQueries:
    """Named queries by id, prepared statements by workgroup and name."""

    def __init__(self, documents: Documents, workgroups):
        self._documents, self._workgroups = documents, workgroups

    def create_named_query(self, request: dict) -> dict:
        """Keep a query under a name."""
        group = request.get("WorkGroup", "primary")
        self._workgroups.find(group)
        id_ = str(uuid.uuid4())
        names = ("Name", "Description", "Database", "QueryString")
        body = {name: request[name] for name in names if name in request}
        self._documents.put("named_query", id_, {**body, "NamedQueryId": id_, "WorkGroup": group})
        return {"NamedQueryId": id_}

    def _named(self, id_: str) -> dict:
        found = self._documents.get("named_query", id_)
        if found is None:
            raise AwsError("InvalidRequestException", f"NamedQuery {id_} was not found")
        return found

    def get_named_query(self, request: dict) -> dict:
        """Return a named query."""
        return {"NamedQuery": self._named(request["NamedQueryId"])}

    def batch_get_named_query(self, request: dict) -> dict:
        """Return several named queries."""
        found, lost = [], []
        for id_ in request["NamedQueryIds"]:
            body = self._documents.get("named_query", id_)
            if body:
                found.append(body)
            else:
                error = {"NamedQueryId": id_, "ErrorCode": "INTERNAL_FAILURE"}
                lost.append({**error, "ErrorMessage": f"NamedQuery {id_} was not found"})
        return {"NamedQueries": found, "UnprocessedNamedQueryIds": lost}

    def list_named_queries(self, request: dict) -> dict:
        """Return the ids of a workgroup's named queries."""
        group = request.get("WorkGroup", "primary")
        found = self._documents.items("named_query")
        return {"NamedQueryIds": [key for key, body in found if body["WorkGroup"] == group]}

    def update_named_query(self, request: dict) -> dict:
        """Change a named query."""
        body = self._named(request["NamedQueryId"])
        names = ("Name", "Description", "QueryString")
        changes = {name: request[name] for name in names if name in request}
        self._documents.put("named_query", body["NamedQueryId"], {**body, **changes})
        return {}

    def delete_named_query(self, request: dict) -> dict:
        """Delete a named query."""
        self._named(request["NamedQueryId"])
        self._documents.delete("named_query", request["NamedQueryId"])
        return {}

    def _prepared(self, group: str, name: str) -> dict:
        found = self._documents.get("prepared", f"{group}/{name}")
        if found is None:
            message = f"Prepared statement {name} does not exist in workgroup {group}"
            raise AwsError("ResourceNotFoundException", message)
        return found

    def create_prepared_statement(self, request: dict) -> dict:
        """Keep a statement with `?` in it."""
        group, name = request["WorkGroup"], request["StatementName"]
        self._workgroups.find(group)
        if self._documents.get("prepared", f"{group}/{name}"):
            message = f"Prepared statement {name} already exists in workgroup {group}"
            raise AwsError("InvalidRequestException", message)
        self.keep(group, name, request["QueryStatement"], request.get("Description", ""))
        return {}

    def keep(self, group: str, name: str, text: str, description: str = "") -> None:
        """Write a prepared statement, replacing what was there."""
        body = {
            "StatementName": name,
            "QueryStatement": text,
            "WorkGroupName": group,
            "Description": description,
            "LastModifiedTime": datetime.now(UTC),
        }
        self._documents.put("prepared", f"{group}/{name}", body)

    def texts(self, group: str) -> dict[str, str]:
        """Return the texts of a workgroup's prepared statements, by lower-case name."""
        found = self._documents.items("prepared", f"{group}/")
        return {body["StatementName"].lower(): body["QueryStatement"] for _, body in found}

    def get_prepared_statement(self, request: dict) -> dict:
        """Return a prepared statement."""
        found = self._prepared(request["WorkGroup"], request["StatementName"])
        return {"PreparedStatement": found}

    def list_prepared_statements(self, request: dict) -> dict:
        """Return the names of a workgroup's prepared statements."""
        group = request["WorkGroup"]
        self._workgroups.find(group)
        names = ("StatementName", "LastModifiedTime")
        found = self._documents.items("prepared", f"{group}/")
        return {"PreparedStatements": [{name: body[name] for name in names} for _, body in found]}

    def update_prepared_statement(self, request: dict) -> dict:
        """Change a prepared statement."""
        found = self._prepared(request["WorkGroup"], request["StatementName"])
        description = request.get("Description", found["Description"])
        args = (found["WorkGroupName"], found["StatementName"], request["QueryStatement"])
        self.keep(*args, description)
        return {}

    def delete_prepared_statement(self, request: dict) -> dict:
        """Delete a prepared statement."""
        group, name = request["WorkGroup"], request["StatementName"]
        self._prepared(group, name)
        self._documents.delete("prepared", f"{group}/{name}")
        return {}

    def drop(self, group: str, name: str) -> bool:
        """Delete a prepared statement by its name in any case; False when there is none."""
        for key, body in self._documents.items("prepared", f"{group}/"):
            if body["StatementName"].lower() == name:
                return self._documents.delete("prepared", key)
        return False
