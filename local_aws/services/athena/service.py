"""Athena among the engines: its rows of the table, and the engine made from the server's parts."""

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
        context = parts.context
        self.engine = AthenaEngine(
            context.state / "athena", parts.catalog, parts.store, context.account, context.region
        )

    def method(self, operation: str) -> Callable[[dict], dict]:
        """Return what executes an operation."""
        return getattr(self.engine, xform_name(operation))

    def shut_down(self) -> None:
        """End the running queries."""
        self.engine.close()
