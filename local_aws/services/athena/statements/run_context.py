"""The context of a running statement: catalog, store, connection, defaults; runs nothing."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb

from local_aws.errors import AwsError
from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.tables.query_tables import QueryTables
from local_aws.state.catalog import Catalog
from local_aws.state.disk import Reserve
from local_aws.state.objects.store import ObjectStore

log = logging.getLogger(__name__)


@dataclass
class RunContext:
    """One running statement."""

    id: str
    catalog: Catalog
    store: ObjectStore
    connection: duckdb.DuckDBPyConnection
    default_database: str | None
    output: str
    """s3:// address of the folder of results, with a slash at the end."""
    prepared: dict[str, str]
    """Texts of the workgroup's prepared statements, by name."""
    limit: int | None = None
    values: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    used: QueryTables | None = None
    reserve: Reserve | None = None
    """Disk space for the result and the execution's record, if the statement writes."""
    undo: list[Callable[[], object]] = field(default_factory=list)
    """Functions that delete the files and tables that the statement has made so far."""

    def done(self) -> None:
        """Release the reserved space: the statement is done, only its record is to be written."""
        if self.reserve:
            self.reserve.give()

    def take_back(self) -> None:
        """Delete all files and tables of a failed statement."""
        self.done()
        while self.undo:
            try:
                self.undo.pop()()
            except Exception:  # delete the others all the same
                log.exception("query %s: some of its files were not deleted", self.id)

    def sources(self) -> QueryTables:
        """Return the tables of one query."""
        self.used = QueryTables(
            self.connection, self.catalog, self.store, self.default_database, self.stop.is_set
        )
        return self.used

    def qualify(self, name: tuple[str | None, str]) -> tuple[str, str]:
        """Return database and table name.

        Raises:
            QueryFailed: neither name nor query context give a database, or it does not exist.
        """
        database = name[0] or self.default_database
        if not database:
            message = "Schema must be specified when session schema is not set"
            raise QueryFailed("MISSING_SCHEMA_NAME", message)
        self.database(database)
        return database, name[1]

    def database(self, name: str) -> dict:
        """Return a database of the catalog."""
        try:
            return self.catalog.get_database({"Name": name})["Database"]
        except AwsError:
            raise QueryFailed("SCHEMA_NOT_FOUND", f"Schema '{name}' does not exist") from None

    def table(self, name: tuple[str | None, str]) -> dict:
        """Return a table of the catalog.

        Raises:
            QueryFailed: it does not exist.
        """
        database, table = self.qualify(name)
        try:
            return self.catalog.get_table({"DatabaseName": database, "Name": table})["Table"]
        except AwsError:
            message = f"Table 'awsdatacatalog.{database}.{table}' does not exist"
            raise QueryFailed("TABLE_NOT_FOUND", message) from None

    def has_table(self, database: str, name: str) -> bool:
        """Say whether a table exists."""
        try:
            return bool(self.catalog.get_table({"DatabaseName": database, "Name": name}))
        except AwsError:
            return False

    def register(self, database: str, table: dict, exists: bool) -> None:
        """Create a table in the catalog; with `exists`, an existing one stays as it is."""
        try:
            self.catalog.create_table({"DatabaseName": database, "TableInput": table})
        except AwsError as error:
            if not exists:
                message = (
                    "FAILED: Execution Error, return code 1 from "
                    "org.apache.hadoop.hive.ql.exec.DDLTask. AlreadyExistsException(message:Table "
                    f"{table['Name']} already exists)"
                )
                raise QueryFailed("", message) from error

    def forget(self, database: str, name: str, only: str) -> None:
        """Delete a table of one type if it exists."""
        if self.has_table(database, name):
            table = self.table((database, name))
            if table.get("TableType") == only:
                self.catalog.delete_table({"DatabaseName": database, "Name": name})

    def add_partitions(self, table: dict, new: list[tuple[list[str], str]]) -> list[dict]:
        """Register partitions by values and location; return the errors."""
        names = {"DatabaseName": table["DatabaseName"], "TableName": table["Name"]}
        inputs = [
            {
                "Values": list(values),
                "StorageDescriptor": {**table["StorageDescriptor"], "Location": location},
            }
            for values, location in new
        ]
        request = {**names, "PartitionInputList": inputs}
        return self.catalog.batch_create_partition(request)["Errors"] if inputs else []
