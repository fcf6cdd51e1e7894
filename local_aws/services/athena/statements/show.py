"""Executes SHOW and DESCRIBE, in Athena's output format; changes nothing."""

import re
from collections.abc import Callable

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.token_stream import escaped
from local_aws.services.athena.statements.run_context import RunContext
from local_aws.services.athena.tables.information_schema import pages, tables_of
from local_aws.services.athena.tables.partitions import partitions_of
from local_aws.services.athena.tables.query_tables import view_definition


def _like(pattern: str | None, names: list[str]) -> list[str]:
    """Filter names by a Hive pattern: `*` is any text, `|` is or."""
    if pattern is None:
        return sorted(names)
    regex = "|".join(
        re.escape(part).replace(r"\*", ".*").replace("%", ".*") for part in pattern.split("|")
    )
    return sorted(name for name in names if re.fullmatch(regex, name, re.IGNORECASE))


def databases(context: RunContext, parts: dict) -> list[str]:
    """SHOW DATABASES."""
    bodies = pages(context.catalog.get_databases, {}, "DatabaseList")
    return _like(parts["like"], [body["Name"] for body in bodies])


def tables(context: RunContext, parts: dict) -> list[str]:
    """SHOW TABLES, views among them."""
    database, _ = context.qualify((parts["database"], ""))
    return _like(parts["like"], [table["Name"] for table in tables_of(context.catalog, database)])


def views(context: RunContext, parts: dict) -> list[str]:
    """SHOW VIEWS."""
    database, _ = context.qualify((parts["database"], ""))
    listed = tables_of(context.catalog, database)
    names = [table["Name"] for table in listed if table.get("TableType") == "VIRTUAL_VIEW"]
    return _like(parts["like"], names)


def columns(context: RunContext, parts: dict) -> list[str]:
    """SHOW COLUMNS."""
    table = context.table(parts["name"])
    both = [*table["StorageDescriptor"]["Columns"], *table["PartitionKeys"]]
    return [column["Name"].ljust(20) for column in both]


def partitions(context: RunContext, parts: dict) -> list[str]:
    """SHOW PARTITIONS."""
    table = context.table(parts["name"])
    keys = [key["Name"] for key in table["PartitionKeys"]]
    if not keys:
        message = f"FAILED: SemanticException Table {table['Name']} is not a partitioned table"
        raise QueryFailed("", message)
    bodies = partitions_of(context.catalog, table)
    return sorted(
        "/".join(f"{key}={value}" for key, value in zip(keys, body["Values"], strict=True))
        for body in bodies
    )


def describe(context: RunContext, parts: dict) -> list[str]:
    """DESCRIBE: one tab-joined value a row."""
    table = context.table(parts["name"])

    def line(column: dict) -> str:
        cells = (column["Name"], column["Type"], column.get("Comment", ""))
        return "\t".join(cell.ljust(20) for cell in cells)

    rows = [line(column) for column in table["StorageDescriptor"]["Columns"]]
    keys = [line(key) for key in table["PartitionKeys"]]
    rows += keys
    if keys:
        head = "# col_name".ljust(20) + "\t" + "data_type".ljust(20) + "\t" + "comment".ljust(20)
        rows += ["\t \t ", "# Partition Information\t \t ", head, "\t \t ", *keys]
    if parts["extended"]:
        storage = table["StorageDescriptor"]
        detail = {
            "Database": table["DatabaseName"],
            "Table Type": table.get("TableType", ""),
            "Location": storage.get("Location", ""),
            "SerDe Library": storage["SerdeInfo"].get("SerializationLibrary", ""),
            "InputFormat": storage.get("InputFormat", ""),
            "OutputFormat": storage.get("OutputFormat", ""),
            **table["Parameters"],
        }
        rows += ["\t \t ", "# Detailed Table Information\t \t "]
        rows += [f"{key}:".ljust(20) + f"\t{value}\t " for key, value in detail.items()]
    return rows


def create_table(context: RunContext, parts: dict) -> list[str]:
    """SHOW CREATE TABLE."""
    table = context.table(parts["name"])
    if table.get("TableType") == "VIRTUAL_VIEW":
        raise QueryFailed("", "FAILED: SemanticException use SHOW CREATE VIEW for a view")
    storage = table["StorageDescriptor"]
    lines = [f"CREATE EXTERNAL TABLE `{table['DatabaseName']}.{table['Name']}`("]
    lines += _column_lines(storage["Columns"], ")")
    if table["PartitionKeys"]:
        lines += ["PARTITIONED BY ( ", *_column_lines(table["PartitionKeys"], ")")]
    lines += ["ROW FORMAT SERDE ", f"  '{storage['SerdeInfo']['SerializationLibrary']}' "]
    if serde := storage["SerdeInfo"].get("Parameters"):
        lines += ["WITH SERDEPROPERTIES ( ", *_property_lines(serde)]
    lines += ["STORED AS INPUTFORMAT ", f"  '{storage['InputFormat']}' "]
    lines += ["OUTPUTFORMAT ", f"  '{storage['OutputFormat']}'"]
    lines += ["LOCATION", f"  '{storage['Location']}'"]
    properties = {k: v for k, v in table["Parameters"].items() if k != "EXTERNAL"}
    if properties:
        lines += ["TBLPROPERTIES (", *_property_lines(properties)]
    return lines


def _column_lines(columns: list[dict], end: str) -> list[str]:
    lines = [
        f"  `{column['Name']}` {column['Type']}"
        + (f" COMMENT '{escaped(column['Comment'])}'" if column.get("Comment") else "")
        for column in columns
    ]
    return [f"{line}, " for line in lines[:-1]] + [lines[-1] + end]


def _property_lines(properties: dict) -> list[str]:
    lines = [f"  '{escaped(key)}'='{escaped(value)}'" for key, value in sorted(properties.items())]
    return [f"{line}, " for line in lines[:-1]] + [lines[-1] + ") "]


def create_view(context: RunContext, parts: dict) -> list[str]:
    """SHOW CREATE VIEW."""
    table = context.table(parts["name"])
    if table.get("TableType") != "VIRTUAL_VIEW":
        message = f"Relation '{table['DatabaseName']}.{table['Name']}' is a table, not a view"
        raise QueryFailed("NOT_SUPPORTED", message)
    text = view_definition(table)["originalSql"]
    return [f'CREATE VIEW "{table["DatabaseName"]}"."{table["Name"]}" AS', *text.splitlines()]


def tblproperties(context: RunContext, parts: dict) -> list[str]:
    """SHOW TBLPROPERTIES [('name')]."""
    properties = context.table(parts["name"])["Parameters"]
    if parts["key"] is None:
        return [f"{key}\t{value}" for key, value in sorted(properties.items())]
    return [properties.get(parts["key"], f"Table does not have property: {parts['key']}")]


# By kind of statement: the function, and the names of the result's columns.
Show = Callable[[RunContext, dict], list[str]]
SHOWS: dict[str, tuple[Show, list[str]]] = {
    "show_databases": (databases, ["database_name"]),
    "show_tables": (tables, ["tab_name"]),
    "show_views": (views, ["views"]),
    "show_columns": (columns, ["field"]),
    "show_partitions": (partitions, ["partition"]),
    "show_create_table": (create_table, ["createtab_stmt"]),
    "show_create_view": (create_view, ["Create View"]),
    "show_tblproperties": (tblproperties, ["prpt_name", "prpt_value"]),
    "describe": (describe, ["col_name", "data_type", "comment"]),
}
