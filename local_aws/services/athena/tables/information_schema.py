"""information_schema: tables of the catalog's schemas, tables, columns, views; reads no data."""

from collections.abc import Callable

import pyarrow as pa

from local_aws.services.athena.failures import Position, QueryFailed
from local_aws.state.catalog import Catalog

CATALOG = "awsdatacatalog"
COLUMNS = {
    "schemata": ("catalog_name", "schema_name"),
    "tables": ("table_catalog", "table_schema", "table_name", "table_type"),
    "views": ("table_catalog", "table_schema", "table_name", "view_definition"),
    "columns": (
        "table_catalog",
        "table_schema",
        "table_name",
        "column_name",
        "ordinal_position",
        "column_default",
        "is_nullable",
        "data_type",
        "comment",
        "extra_info",
    ),
}


def pages(method: Callable[[dict], dict], request: dict, name: str) -> list[dict]:
    """Return all items of a listing."""
    items: list[dict] = []
    token = None
    while True:
        answer = method({**request, "NextToken": token, "MaxResults": 1000})
        items += answer[name]
        token = answer.get("NextToken")
        if not token:
            return items


def tables_of(catalog: Catalog, database: str) -> list[dict]:
    """Return a database's tables."""
    return pages(catalog.get_tables, {"DatabaseName": database}, "TableList")


def information(catalog: Catalog, name: str, position: Position | None) -> pa.Table:
    """Return one table of information_schema.

    Raises:
        QueryFailed: information_schema has no table of this name.
    """
    if name not in COLUMNS:
        message = f"Table '{CATALOG}.information_schema.{name}' does not exist"
        raise QueryFailed("TABLE_NOT_FOUND", message, position)
    databases = [body["Name"] for body in pages(catalog.get_databases, {}, "DatabaseList")]
    if name == "schemata":
        rows = [(CATALOG, database) for database in [*databases, "information_schema"]]
    else:
        rows = [
            row
            for database in databases
            for table in tables_of(catalog, database)
            for row in _rows(name, database, table)
        ]
    columns = list(zip(*rows, strict=True)) or [[] for _ in COLUMNS[name]]
    kinds = [pa.int64() if c == "ordinal_position" else pa.string() for c in COLUMNS[name]]
    arrays = [pa.array(list(values), kind) for values, kind in zip(columns, kinds, strict=True)]
    return pa.table(arrays, names=list(COLUMNS[name]))


def _rows(name: str, database: str, table: dict) -> list[tuple]:
    head = (CATALOG, database, table["Name"])
    view = table.get("TableType") == "VIRTUAL_VIEW"
    if name == "tables":
        return [(*head, "VIEW" if view else "BASE TABLE")]
    if name == "views":
        return [(*head, table.get("ViewOriginalText"))] if view else []
    columns = table["StorageDescriptor"]["Columns"]
    keys = [(key, "partition key") for key in table["PartitionKeys"]]
    return [
        (*head, column["Name"], i, None, "YES", column["Type"], column.get("Comment"), extra)
        for i, (column, extra) in enumerate([*((c, None) for c in columns), *keys], 1)
    ]
