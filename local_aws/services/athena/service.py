"""Athena's engine for the table of operations, made from the server's parts; knows no SQL."""

from collections.abc import Callable

from botocore import xform_name

from local_aws.parts import Engine, Parts
from local_aws.services.athena.engine import AthenaEngine

OPERATIONS = {
    "athena": (
        "BatchGetNamedQuery",
        "BatchGetQueryExecution",
        "CreateNamedQuery",
        "CreatePreparedStatement",
        "CreateWorkGroup",
        "DeleteNamedQuery",
        "DeletePreparedStatement",
        "DeleteWorkGroup",
        "GetDataCatalog",
        "GetDatabase",
        "GetNamedQuery",
        "GetPreparedStatement",
        "GetQueryExecution",
        "GetQueryResults",
        "GetQueryRuntimeStatistics",
        "GetTableMetadata",
        "GetWorkGroup",
        "ListDataCatalogs",
        "ListDatabases",
        "ListNamedQueries",
        "ListPreparedStatements",
        "ListQueryExecutions",
        "ListTableMetadata",
        "ListWorkGroups",
        "StartQueryExecution",
        "StopQueryExecution",
        "UpdateNamedQuery",
        "UpdatePreparedStatement",
        "UpdateWorkGroup",
    ),
}


class Athena(Engine):
    """Executes Athena's operations."""

    name, operations = "athena", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        folder = parts.context.state / "athena"
        self.engine = AthenaEngine(folder, parts.catalog, parts.store, parts.clock)

    def method(self, operation: str) -> Callable[[dict], dict]:
        """Return the method that executes an operation."""
        return getattr(self.engine, xform_name(operation))

    def shut_down(self) -> None:
        """End the running queries."""
        self.engine.close()
