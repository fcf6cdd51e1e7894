"""Athena's engine for the table of operations, made from the server's parts; knows no SQL."""

from collections.abc import Callable

from botocore import xform_name

from local_aws.parts import Engine, Parts
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
