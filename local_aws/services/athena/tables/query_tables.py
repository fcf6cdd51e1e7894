"""The tables of a query: empty while it is analyzed, then with their data; knows no formats."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass

import duckdb
from sqlglot import exp

from local_aws.errors import AwsError
from local_aws.services.athena.failures import Cancelled, QueryFailed
from local_aws.services.athena.sql.dialect import parse, position_of_node, to_sql
from local_aws.services.athena.sql.queries import QueryRewriter
from local_aws.services.athena.sql.types import Type, literal, parse_type, quote, to_duckdb
from local_aws.services.athena.tables import information_schema
from local_aws.services.athena.tables.formats import reader_of, scanned_bytes
from local_aws.services.athena.tables.partitions import partitions_of, prunable, table_files
from local_aws.services.athena.tables.readers import Scan, empty_select
from local_aws.state.catalog import Catalog
from local_aws.state.objects.store import ObjectStore
from local_aws.state.partition_filter import NULL_PARTITION, values_table

PARTITIONS = "$partitions"
VIEW_PREFIX = "/* Presto View: "


@dataclass
class Opened:
    """One occurrence of a table in a query."""

    name: str
    table: dict
    condition: str | None


class QueryTables:
    """The tables of one query over one DuckDB connection."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        catalog: Catalog,
        store: ObjectStore,
        database: str | None,
        stopped: Callable[[], bool],
    ):
        self._connection, self._catalog, self._store = connection, catalog, store
        self.database = database
        self._stopped = stopped
        self._opened: list[Opened] = []
        self._views: list[str] = []
        self.wanted: set[str] | None = set()
        self.scanned = 0
        self.mentions: list[str] = []
        self.lengths: dict[str, int] = {}
        """The n of the tables' columns of type varchar(n) or char(n), which DuckDB has not."""

    def note_columns(self, tree: exp.Expression) -> None:
        """Record the column names that a query uses; `*` means all."""
        for star in tree.find_all(exp.Star):
            if not isinstance(star.parent, exp.Anonymous | exp.Count):
                self.wanted = None
        if self.wanted is not None:
            self.wanted |= {node.name.lower() for node in tree.find_all(exp.Identifier)}

    def lookup(self, node: exp.Table, text: str, name: str | None = None) -> dict:
        """Return a table of the catalog, by a node's name or another.

        Raises:
            QueryFailed: the table, its schema or its catalog does not exist.
        """
        catalog = node.catalog.lower() or "awsdatacatalog"
        database = node.db.lower() or self.database
        position, name = position_of_node(node, text), name or node.name.lower()
        if catalog != "awsdatacatalog":
            raise QueryFailed("CATALOG_NOT_FOUND", f"Catalog '{catalog}' does not exist", position)
        if not database:
            message = "Schema must be specified when session schema is not set"
            raise QueryFailed("MISSING_SCHEMA_NAME", message, position)
        try:
            request = {"DatabaseName": database, "Name": name}
            return self._catalog.get_table(request)["Table"]
        except AwsError as error:
            if error.message.startswith("Database"):
                message = f"Schema '{database}' does not exist"
                raise QueryFailed("SCHEMA_NOT_FOUND", message, position) from None
            message = f"Table 'awsdatacatalog.{database}.{name}' does not exist"
            raise QueryFailed("TABLE_NOT_FOUND", message, position) from None

    def open(self, node: exp.Table, text: str) -> tuple[str, bool]:
        """Return a table as a FROM text, and whether it has hidden columns."""
        if node.db.lower() == "information_schema":
            name = f"{node.name.lower()}:{len(self._opened)}:{len(self.mentions)}"
            self.mentions.append(name)
            table = information_schema.information(
                self._catalog, node.name.lower(), position_of_node(node, text)
            )
            self._connection.register(name, table)
            return quote(name), False
        if node.name.lower().endswith(PARTITIONS):
            return self._partitions(node, text), False
        table = self.lookup(node, text)
        self.mentions.append(f"{table['DatabaseName']}.{table['Name']}")
        if table.get("TableType") == "VIRTUAL_VIEW":
            return self._view(table), False
        name = f"{table['Name']}:{len(self._opened)}"
        keys = [key["Name"] for key in table["PartitionKeys"]]
        select = node.find_ancestor(exp.Select)
        condition = prunable(select, node.alias_or_name, keys) if select else None
        self._opened.append(Opened(name, table, condition))
        columns, partitions = typed_columns(table)
        self.lengths |= {column: kind.numbers[0] for column, kind in columns if _has_length(kind)}
        self._connection.execute(
            f"CREATE TEMP TABLE {quote(name)} AS {empty_select(columns, partitions)}"
        )
        return quote(name), True

    def _partitions(self, node: exp.Table, text: str) -> str:
        """Return the hidden table of a table's partitions: a row each, a column for each key."""
        table = self.lookup(node, text, node.name.lower().removesuffix(PARTITIONS))
        keys = typed_columns(table)[1]
        if not keys:
            message = f"Table '{table['DatabaseName']}.{node.name.lower()}' does not exist"
            raise QueryFailed("TABLE_NOT_FOUND", message, position_of_node(node, text))
        name = f"{node.name.lower()}:{len(self._opened)}:{len(self.mentions)}"
        self.mentions.append(name)
        rows = values_table(table["PartitionKeys"], partitions_of(self._catalog, table))
        self._connection.register(name, rows)
        columns = ", ".join(
            f"CAST(nullif({quote(key)}, {literal(NULL_PARTITION)}) AS {to_duckdb(kind)})"
            f" AS {quote(key)}"
            for key, kind in keys
        )
        return f"(SELECT {columns} FROM {quote(name)})"

    def _view(self, table: dict) -> str:
        view = view_definition(table)
        if table["Name"] in self._views:
            raise QueryFailed("VIEW_IS_RECURSIVE", f"View '{table['Name']}' names itself")
        tree = parse(view["originalSql"])
        self.note_columns(tree)
        outer, self.database = self.database, view.get("schema") or self.database
        self._views.append(table["Name"])
        try:
            query = QueryRewriter(view["originalSql"], self).rewrite(tree, self._connection)
        except QueryFailed as error:
            message = f"Failed analyzing stored view '{table['Name']}': {error.reason}"
            raise QueryFailed("INVALID_VIEW", message) from None
        finally:
            self.database = outer
            self._views.pop()
        names = ", ".join(quote(column["Name"]) for column in table["StorageDescriptor"]["Columns"])
        return f"(SELECT * FROM ({to_sql(query)}) AS view({names}))"

    def load(self, limit: int | None) -> None:
        """Replace the empty tables by tables with data.

        Raises:
            QueryFailed: the files exceed the workgroup's limit, or can't be read.
            Cancelled: the query was stopped.
        """
        scans = [(opened, self._scan(opened)) for opened in self._opened]
        for opened, scan in scans:
            serde = opened.table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"]
            reader = reader_of(serde)
            if not scan.files:
                continue
            self.scanned += scanned_bytes(serde, scan)
            if limit is not None and self.scanned > limit:
                # Athena stops a query that reads too much: it ends CANCELLED.
                raise Cancelled("Bytes scanned limit was exceeded")
            if self._stopped():
                raise Cancelled
            reader(scan)

    def _scan(self, opened: Opened) -> Scan:
        columns, partitions = typed_columns(opened.table)
        storage = opened.table["StorageDescriptor"]
        return Scan(
            connection=self._connection,
            name=opened.name,
            columns=columns,
            partitions=partitions,
            files=table_files(self._catalog, self._store, opened.table, opened.condition),
            wanted=self.wanted,
            serde=storage["SerdeInfo"].get("Parameters") or {},
            parameters={**(storage.get("Parameters") or {}), **opened.table["Parameters"]},
            stopped=self._stopped,
        )


def typed_columns(table: dict) -> tuple[list[tuple[str, Type]], list[tuple[str, Type]]]:
    """Return a table's data columns and partition keys, with their types."""
    columns = table["StorageDescriptor"]["Columns"]
    return tuple(
        [(column["Name"].lower(), parse_type(column["Type"])) for column in part]
        for part in (columns, table["PartitionKeys"])
    )


def view_definition(table: dict) -> dict:
    """Return the stored form of a view: originalSql, catalog, schema, columns."""
    text = table["ViewOriginalText"]
    encoded = text.removeprefix(VIEW_PREFIX).removesuffix(" */")
    return json.loads(base64.b64decode(encoded))


def encode_view(definition: dict) -> str:
    """Return a view's definition in the form that Glue keeps."""
    encoded = base64.b64encode(json.dumps(definition).encode()).decode()
    return f"{VIEW_PREFIX}{encoded} */"


def _has_length(kind: Type) -> bool:
    return kind.base in ("varchar", "char") and bool(kind.numbers)
