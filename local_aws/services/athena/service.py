"""Athena's engine for the table of operations, made from the server's parts; knows no SQL."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore import xform_name

from local_aws.parts import Engine, Parts

if TYPE_CHECKING:
    from local_aws.services.athena.engine import AthenaEngine

OPERATIONS = {
    "athena": {
        "BatchGetQueryExecution": "QueryExecutionIds",
        "CreatePreparedStatement": "StatementName WorkGroup QueryStatement Description",
        "CreateWorkGroup": """Name Description Configuration(ResultConfiguration(OutputLocation)
            EnforceWorkGroupConfiguration BytesScannedCutoffPerQuery
            PublishCloudWatchMetricsEnabled=false RequesterPaysEnabled=false
            EngineVersion(SelectedEngineVersion=AUTO))""",
        "DeletePreparedStatement": "StatementName WorkGroup",
        "GetPreparedStatement": "StatementName WorkGroup",
        "GetQueryExecution": "QueryExecutionId",
        "GetQueryResults": "QueryExecutionId NextToken MaxResults",
        "GetTableMetadata": "CatalogName DatabaseName TableName WorkGroup",
        "GetWorkGroup": "WorkGroup",
        "ListDatabases": "CatalogName WorkGroup NextToken MaxResults",
        "ListPreparedStatements": "WorkGroup NextToken MaxResults",
        "ListQueryExecutions": "WorkGroup NextToken MaxResults",
        "ListTableMetadata": "CatalogName DatabaseName WorkGroup Expression NextToken MaxResults",
        "StartQueryExecution": """QueryString ClientRequestToken WorkGroup ExecutionParameters
            QueryExecutionContext(Database Catalog=AwsDataCatalog|awsdatacatalog)
            ResultConfiguration(OutputLocation EncryptionConfiguration(*))""",
        "StopQueryExecution": "QueryExecutionId",
        "UpdatePreparedStatement": "StatementName WorkGroup QueryStatement Description",
    },
}


class Athena(Engine):
    """Executes Athena's operations, with an engine that the first request makes."""

    name, operations = "athena", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._folder = parts.context.state / "athena"
        self._lock = threading.Lock()
        self._engine: AthenaEngine | None = None

    @property
    def engine(self) -> "AthenaEngine":
        """Return the engine; the first time, make it."""
        with self._lock:
            if self._engine is None:
                # DuckDB, Arrow and the parser of SQL are half of all that the server would import.
                from local_aws.services.athena.engine import AthenaEngine

                parts = self.parts
                self._engine = AthenaEngine(self._folder, parts.catalog, parts.store, parts.clock)
            return self._engine

    def method(self, operation: str) -> Callable[[dict], dict]:
        """Return the method that executes an operation."""
        return getattr(self.engine, xform_name(operation))

    def recover(self) -> None:
        """Let the engine fail the queries that a kill interrupted, and free their disk space."""
        # SQLite deletes its log when a file is closed: only a server that was killed leaves it.
        if (self._folder / "athena.sqlite-wal").exists():
            self.engine  # noqa: B018

    def shut_down(self) -> None:
        """End the running queries."""
        with self._lock:
            if self._engine:
                self._engine.close()
