"""Named queries: query texts by id; runs none."""

import uuid

from local_aws.errors import AwsError
from local_aws.services.athena.api.workgroups import WorkGroups
from local_aws.state.documents import Documents


class NamedQueries:
    """Creates, reads, changes and deletes the named queries of all workgroups."""

    def __init__(self, documents: Documents, workgroups: WorkGroups):
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
        body = self._documents.get("named_query", id_)
        if body is None:
            raise AwsError("InvalidRequestException", f"NamedQuery {id_} was not found")
        return body

    def get_named_query(self, request: dict) -> dict:
        """Return a named query."""
        return {"NamedQuery": self._named(request["NamedQueryId"])}

    def batch_get_named_query(self, request: dict) -> dict:
        """Return several named queries."""
        bodies, missing = [], []
        for id_ in request["NamedQueryIds"]:
            body = self._documents.get("named_query", id_)
            if body:
                bodies.append(body)
            else:
                error = {"NamedQueryId": id_, "ErrorCode": "INTERNAL_FAILURE"}
                missing.append({**error, "ErrorMessage": f"NamedQuery {id_} was not found"})
        return {"NamedQueries": bodies, "UnprocessedNamedQueryIds": missing}

    def list_named_queries(self, request: dict) -> dict:
        """Return the ids of a workgroup's named queries."""
        group = request.get("WorkGroup", "primary")
        items = self._documents.items("named_query")
        return {"NamedQueryIds": [key for key, body in items if body["WorkGroup"] == group]}

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
