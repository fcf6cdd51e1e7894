"""Athena: executes Trino SQL and Hive DDL over the objects in S3 and the Glue catalog.

Left out: Iceberg (DELETE, UPDATE, MERGE, OPTIMIZE, VACUUM), federated and Lambda catalogs, Spark
sessions and notebooks, user-defined functions, MATCH_RECOGNIZE, geospatial functions, sketches
(approx_distinct and approx_percentile are exact), lookaround in regular expressions, time zones
other than UTC in printed timestamps, result encryption, the local AWS's moved clock in SQL's now().
A statement or option that is not supported fails with an error that names it.
"""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from local_aws.services.athena.api.executions import QueryExecutions
from local_aws.services.athena.api.metadata import Metadata
from local_aws.services.athena.api.prepared_statements import PreparedStatements
from local_aws.services.athena.api.workgroups import WorkGroups
from local_aws.state.catalog import Catalog
from local_aws.state.clock import Clock
from local_aws.state.documents import Documents
from local_aws.state.objects.store import ObjectStore

Operation = Callable[[Any, dict], dict]


def _of(component: str, operation: Operation) -> Operation:
    """Return an operation of the engine that calls the same operation of a component."""

    @wraps(operation)
    def answer(engine: "AthenaEngine", request: dict) -> dict:
        return operation(getattr(engine, component), request)

    return answer


class AthenaEngine:
    """Athena's operations, from request to answer; each calls one component."""

    def __init__(self, folder: Path, catalog: Catalog, store: ObjectStore, clock: Clock):
        self._documents = Documents(folder / "athena.sqlite")
        self.workgroups = WorkGroups(self._documents, clock)
        self.metadata = Metadata(catalog, self.workgroups)
        self.prepared = PreparedStatements(self._documents, self.workgroups, clock)
        self.executions = QueryExecutions(
            folder, self._documents, catalog, store, self.workgroups, self.prepared, clock
        )

    def close(self) -> None:
        """Stop all executions and accept no more."""
        self.executions.close()
        self._documents.close()

    start_query_execution = _of("executions", QueryExecutions.start_query_execution)
    stop_query_execution = _of("executions", QueryExecutions.stop_query_execution)
    get_query_execution = _of("executions", QueryExecutions.get_query_execution)
    batch_get_query_execution = _of("executions", QueryExecutions.batch_get_query_execution)
    list_query_executions = _of("executions", QueryExecutions.list_query_executions)
    get_query_results = _of("executions", QueryExecutions.get_query_results)

    create_work_group = _of("workgroups", WorkGroups.create_work_group)
    get_work_group = _of("workgroups", WorkGroups.get_work_group)

    create_prepared_statement = _of("prepared", PreparedStatements.create_prepared_statement)
    get_prepared_statement = _of("prepared", PreparedStatements.get_prepared_statement)
    list_prepared_statements = _of("prepared", PreparedStatements.list_prepared_statements)
    update_prepared_statement = _of("prepared", PreparedStatements.update_prepared_statement)
    delete_prepared_statement = _of("prepared", PreparedStatements.delete_prepared_statement)

    list_databases = _of("metadata", Metadata.list_databases)
    get_table_metadata = _of("metadata", Metadata.get_table_metadata)
    list_table_metadata = _of("metadata", Metadata.list_table_metadata)
