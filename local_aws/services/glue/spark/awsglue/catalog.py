"""Shows the Data Catalog's tables to Spark's SQL: each database and table is declared at the start.

Done as on AWS, where the run has `--enable-glue-datacatalog true`: `spark.sql("SELECT … FROM
db.table")`. A table of Parquet, ORC, JSON (one object a line) or CSV is declared with its columns,
place and partitions. Left out: views, other formats, tables that are made meanwhile, and tables
that Spark can't declare or whose files the run's role may not list (on AWS the first read of one of
these fails; here the log names it); and what Spark itself creates, alters or inserts stays in its
session: write files, and their entry by boto3.
"""

import logging

import boto3
from botocore.exceptions import ClientError
from pyspark.sql import SparkSession

log = logging.getLogger(__name__)

FORMATS = {
    "ParquetHiveSerDe": "PARQUET",
    "OrcSerde": "ORC",
    "JsonSerDe": "JSON",
    "OpenCSVSerde": "CSV",
    "LazySimpleSerDe": "CSV",
}
OPTIONS = {
    **{"field.delim": "sep", "separatorChar": "sep", "quoteChar": "quote", "escapeChar": "escape"},
    **{"serialization.format": "sep"},
}
"""Parameters of a SerDe, and the options of Spark's CSV."""


def declare(spark: SparkSession) -> None:
    """Declare all databases and tables of the Data Catalog."""
    glue = boto3.client("glue")
    for database in _all(glue, "get_databases", "DatabaseList"):
        name = database["Name"]
        spark.sql(f"CREATE DATABASE IF NOT EXISTS `{name}`")
        try:
            tables = _all(glue, "get_tables", "TableList", DatabaseName=name)
        except ClientError as error:  # on AWS, the first statement on one of them would fail
            log.warning("The tables of `%s` are not shown to Spark: %s", name, error)
            continue
        for table in tables:
            _declare_table(spark, glue, table)


def _declare_table(spark: SparkSession, glue: object, table: dict) -> None:
    """Declare a table, whole or not at all: one that can't be shown is no fault of this run."""
    if not (statement := _statement(table)):
        return
    try:
        spark.sql(statement)
        _add_partitions(spark, glue, table)
    except Exception as error:  # of Spark, or any of Java below it
        spark.sql(f"DROP TABLE IF EXISTS {_name(table)}")  # its files lie elsewhere and stay
        log.warning("%s is not shown to Spark: %s", _name(table), _reason(error))


def _reason(error: Exception) -> str:
    """Return what Spark says in a line, with the cause that it names last."""
    lines = str(error).splitlines()
    causes = [line.removeprefix("Caused by: ") for line in lines if line.startswith("Caused by: ")]
    return causes[-1] if causes else next((line for line in lines if line), type(error).__name__)


def _all(glue: object, operation: str, field: str, **request: str) -> list[dict]:
    pages = glue.get_paginator(operation).paginate(**request)
    return [item for page in pages for item in page[field]]


def _statement(table: dict) -> str:
    """Return the statement that declares a table; empty for one that Spark can't read."""
    storage = table.get("StorageDescriptor", {})
    serde = storage.get("SerdeInfo", {})
    kind = FORMATS.get(serde.get("SerializationLibrary", "").rpartition(".")[2])
    if kind is None or not storage.get("Location"):
        log.warning("%s is not shown to Spark: its format is not done", _name(table))
        return ""
    partitions = table.get("PartitionKeys", [])
    columns = ", ".join(
        f"`{column['Name']}` {column['Type']}" for column in [*storage["Columns"], *partitions]
    )
    keys = ", ".join(f"`{key['Name']}`" for key in partitions)
    return " ".join(
        [
            f"CREATE TABLE IF NOT EXISTS {_name(table)} ({columns}) USING {kind}",
            _options(table, serde) if kind == "CSV" else "",
            f"PARTITIONED BY ({keys})" if keys else "",
            f"LOCATION {_text(storage['Location'])}",
        ]
    )


def _options(table: dict, serde: dict) -> str:
    parameters = serde.get("Parameters", {})
    options = {OPTIONS[name]: value for name, value in parameters.items() if name in OPTIONS}
    if table.get("Parameters", {}).get("skip.header.line.count") == "1":
        options["header"] = "true"
    pairs = ", ".join(f"{name} {_text(value)}" for name, value in options.items())
    return f"OPTIONS ({pairs})" if pairs else ""


def _add_partitions(spark: SparkSession, glue: object, table: dict) -> None:
    """Add a table's partitions, a hundred a statement."""
    if not (keys := table.get("PartitionKeys")):
        return
    names = {"DatabaseName": table["DatabaseName"], "TableName": table["Name"]}
    clauses = []
    for partition in _all(glue, "get_partitions", "Partitions", **names):
        pairs = zip(keys, partition["Values"], strict=True)
        values = ", ".join(f"`{key['Name']}`={_text(value)}" for key, value in pairs)
        place = partition["StorageDescriptor"]["Location"]
        clauses.append(f"PARTITION ({values}) LOCATION {_text(place)}")
    for start in range(0, len(clauses), 100):
        part = " ".join(clauses[start : start + 100])
        spark.sql(f"ALTER TABLE {_name(table)} ADD IF NOT EXISTS {part}")


def _name(table: dict) -> str:
    return f"`{table['DatabaseName']}`.`{table['Name']}`"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
