"""Executes CREATE TABLE AS, INSERT INTO and UNLOAD: writes a query's rows; knows no formats."""

from functools import partial
from urllib.parse import unquote

import pyarrow as pa

from local_aws.services.athena.failures import Position, QueryFailed
from local_aws.services.athena.sql.scope import INTEGERS
from local_aws.services.athena.sql.types import (
    Type,
    athena_name,
    hive_name,
    quote,
    to_duckdb,
    trino_name,
)
from local_aws.services.athena.statements.query import AnalyzedQuery, analyze, batches, execute
from local_aws.services.athena.statements.run_context import RunContext
from local_aws.services.athena.tables.formats import FORMATS, WRITTEN
from local_aws.services.athena.tables.partitions import list_files, split_uri
from local_aws.services.athena.tables.query_tables import typed_columns
from local_aws.services.athena.tables.results import put
from local_aws.services.athena.tables.writers import (
    Output,
    bucket_numbers,
    checked_compression,
    write_rows,
)

MISMATCHED = "Insert query has mismatched column types: Table: [{}], Query: [{}]"
_PROPERTIES = {
    "format", "write_compression", "parquet_compression", "orc_compression", "external_location",
    "partitioned_by", "bucketed_by", "bucket_count", "field_delimiter", "table_type", "is_external",
    "location", "compression_level", "compression", "vacuum_max_snapshots_to_keep",
}  # fmt: skip


def create_table_as(context: RunContext, parts: dict) -> tuple[int, list[str]]:
    """CREATE TABLE … AS; return the rows written and their files."""
    database, name = context.qualify(parts["name"])
    if context.has_table(database, name):
        if parts["exists"]:
            return 0, []
        message = f"Destination table 'awsdatacatalog.{database}.{name}' already exists"
        raise QueryFailed("TABLE_ALREADY_EXISTS", message)
    query = analyze(context.connection, parts["text"], context.sources(), context.values)
    _check_columns(query)
    output = _ctas_output(context, parts["properties"], query)
    if next(list_files(context.store, output.location), None):
        raise QueryFailed(
            "HIVE_PATH_ALREADY_EXISTS",
            f"Target directory for table '{database}.{name}' already exists: {output.location}. "
            "You may need to manually clean the data at this location before retrying.",
        )
    rows, files = _write(context, query, output, _plain_types(query)) if parts["data"] else (0, [])
    table = _new_table(name, query, output)
    context.register(database, table, False)
    gone = {"DatabaseName": database, "Name": table["Name"]}
    context.undo.append(lambda: context.catalog.delete_table(gone))
    if output.partitions:
        _register_written(context, context.table((database, name)), files)
    return rows, files


def _check_columns(query: AnalyzedQuery) -> None:
    lowered = [name.lower() for name in query.names]
    for index, (name, kind) in enumerate(zip(lowered, query.types, strict=True), 1):
        if name == f"_col{index - 1}":
            message = f"Column name not specified at position {index}"
            raise QueryFailed("MISSING_COLUMN_NAME", message)
        if lowered.count(name) > 1:
            message = f"Column name '{name}' specified more than once"
            raise QueryFailed("DUPLICATE_COLUMN_NAME", message)
        if athena_name(kind) in ("json", "timestamp with time zone", "time", "unknown",
                                 "interval day to second"):  # fmt: skip
            message = f"Unsupported Hive type: {trino_name(kind)}"
            raise QueryFailed("NOT_SUPPORTED", f"{message} (column {name})")


def _ctas_output(context: RunContext, properties: dict, query: AnalyzedQuery) -> Output:
    for key in properties:
        if key not in _PROPERTIES:
            message = f"Catalog 'awsdatacatalog' table property '{key}' does not exist"
            raise QueryFailed("INVALID_TABLE_PROPERTY", message)
    if str(properties.get("table_type", "HIVE")).upper() != "HIVE":
        raise QueryFailed(
            "NOT_SUPPORTED", "the local AWS writes Hive tables only, not Iceberg ones"
        )
    format_ = str(properties.get("format", "PARQUET")).upper()
    named = properties.get(f"{format_.lower()}_compression")
    compression = checked_compression(format_, properties.get("write_compression", named))
    location = properties.get("external_location") or f"{context.output}tables/{context.id}/"
    split_uri(location)
    partitions = [name.lower() for name in properties.get("partitioned_by", [])]
    names = [name.lower() for name in query.names]
    if partitions and names[-len(partitions) :] != partitions:
        message = (
            "Partition keys must be the last columns in the table and in the same order as the "
            f"table properties: [{', '.join(partitions)}]"
        )
        raise QueryFailed("HIVE_COLUMN_ORDER_MISMATCH", message)
    buckets = [name.lower() for name in properties.get("bucketed_by", [])]
    count = int(properties.get("bucket_count", 0))
    if bool(buckets) != bool(count):
        message = "Must specify both bucketed_by and bucket_count"
        raise QueryFailed("INVALID_TABLE_PROPERTY", message)
    for name in buckets:
        if name not in names:
            message = f"Bucketing columns [{name}] not present in schema"
            raise QueryFailed("INVALID_TABLE_PROPERTY", message)
    return Output(
        location if location.endswith("/") else location + "/",
        format_,
        compression,
        tuple(partitions),
        tuple(buckets),
        count,
        str(properties.get("field_delimiter", "\x01")),
    )


def _plain_types(query: AnalyzedQuery) -> list[str]:
    """Return the types to write: bigint for DuckDB's wide sums."""
    return ["BIGINT" if athena_name(kind) == "bigint" else str(kind) for kind in query.types]


def _write(
    context: RunContext, query: AnalyzedQuery, output: Output, types: list[str]
) -> tuple[int, list[str]]:
    names = [name.lower() for name in query.names]
    inner = [f"c{i}" for i in range(len(names))]
    items = ", ".join(
        f"CAST({column} AS {kind}) AS {quote(name)}"
        for column, kind, name in zip(inner, types, names, strict=True)
    )
    query.sql = f"SELECT {items} FROM ({query.sql}) AS query({', '.join(inner)})"
    reader = execute(query, context.limit)
    table = pa.Table.from_batches(list(batches(query, reader)), reader.schema)
    kinds = list(context.connection.sql(query.sql).types)
    numbers = None
    if output.buckets:
        args = (table, output.buckets, output.bucket_count)
        numbers = bucket_numbers(context.connection, *args)
    files: list[str] = []
    if not table.num_rows and not output.buckets:
        return 0, files  # Trino makes a file for its first row
    for uri in write_rows(context.store, output, table, kinds, numbers):
        context.undo.append(partial(context.store.delete, *split_uri(uri)))
        files.append(uri)
    return table.num_rows, files


def _new_table(name: str, query: AnalyzedQuery, output: Output) -> dict:
    columns = [
        {"Name": column.lower(), "Type": hive_name(kind)}
        for column, kind in zip(query.names, query.types, strict=True)
    ]
    data = [column for column in columns if column["Name"] not in output.partitions]
    format_ = FORMATS[output.format]
    serde = {"field.delim": output.delimiter} if output.format == "TEXTFILE" else {}
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "EXTERNAL": "TRUE",
            "write.compression": output.compression,
            "classification": output.format.lower(),
        },
        "PartitionKeys": [column for column in columns if column["Name"] in output.partitions],
        "StorageDescriptor": {
            "Columns": data,
            "Location": output.location,
            "InputFormat": format_.input,
            "OutputFormat": format_.output,
            "SerdeInfo": {"SerializationLibrary": format_.serde, "Parameters": serde},
            "BucketColumns": list(output.buckets),
            "NumberOfBuckets": output.bucket_count or -1,
            "Compressed": False,
            "StoredAsSubDirectories": False,
        },
    }


def _register_written(context: RunContext, table: dict, files: list[str]) -> None:
    base = table["StorageDescriptor"]["Location"].rstrip("/") + "/"
    folders = sorted({file.removeprefix(base).rpartition("/")[0] for file in files})
    new = [
        ([unquote(part.partition("=")[2]) for part in folder.split("/")], f"{base}{folder}/")
        for folder in folders
    ]
    context.add_partitions(table, new)


def insert_into(context: RunContext, parts: dict) -> tuple[int, list[str]]:
    """INSERT INTO; return the rows written and their files."""
    table = context.table(parts["name"])
    columns, keys = typed_columns(table)
    target = [*columns, *keys]
    query = analyze(context.connection, parts["text"], context.sources(), context.values)
    named = parts["columns"] or [name for name, _ in target]
    _check_insert(query, named, dict(target), parts["position"])
    order = [named.index(name) if name in named else None for name, _ in target]
    inner = ", ".join(f"c{i}" for i in range(len(named)))
    items = ", ".join(
        f"{'NULL' if i is None else f'c{i}'} AS {quote(name)}"
        for i, (name, _) in zip(order, target, strict=True)
    )
    query.sql = f"SELECT {items} FROM ({query.sql}) AS inserted({inner})"
    query.names = [name for name, _ in target]
    storage = table["StorageDescriptor"]
    serde = storage["SerdeInfo"]
    library = serde["SerializationLibrary"]
    if library not in WRITTEN:
        raise QueryFailed("NOT_SUPPORTED", f"Hive SerDe {library} can't be written")
    format_ = WRITTEN[library]
    compression = table["Parameters"].get("write.compression")
    count = storage.get("NumberOfBuckets", -1)
    if count > 0:
        raise QueryFailed("NOT_SUPPORTED", "Cannot insert into bucketed tables")
    output = Output(
        storage["Location"].rstrip("/") + "/",
        format_,
        checked_compression(format_, compression),
        tuple(name for name, _ in keys),
        delimiter=(serde.get("Parameters") or {}).get("field.delim", "\x01"),
    )
    types = [to_duckdb(kind) for _, kind in target]
    rows, files = _write(context, query, output, types)
    if keys:
        _register_written(context, table, files)
    return rows, files


def _check_insert(
    query: AnalyzedQuery, names: list[str], target: dict[str, Type], position: Position
) -> None:
    """Require columns of the table, and values of their types."""
    for name in names:
        if name not in target:
            message = f"Insert column name does not exist in target table: {name}"
            raise QueryFailed("COLUMN_NOT_FOUND", message, position)
    if len(names) != len(query.types):
        types = ", ".join(trino_name(duckdb_type) for duckdb_type in query.types)
        message = MISMATCHED.format(f"{len(names)} columns", types)
        raise QueryFailed("TYPE_MISMATCH", message, position)
    for name, duckdb_type in zip(names, query.types, strict=True):
        have, want = athena_name(duckdb_type), target[name].base
        text = want in ("string", "varchar", "char")
        number = want in ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")
        numeric = have in (*INTEGERS, "float", "double", "decimal")
        if have == "unknown" or text == (have == "varchar") and number == numeric:
            continue
        message = MISMATCHED.format(want, trino_name(duckdb_type))
        raise QueryFailed("TYPE_MISMATCH", message, position)


def unload(context: RunContext, parts: dict) -> tuple[int, list[str]]:
    """UNLOAD (query) TO 's3://…'; return the rows written and their files."""
    properties = {key.lower(): value for key, value in parts["properties"].items()}
    query = analyze(context.connection, parts["text"], context.sources(), context.values)
    format_ = str(properties.get("format", "PARQUET")).upper()
    location = parts["location"].rstrip("/") + "/"
    if next(list_files(context.store, location), None):
        message = f"Target directory for UNLOAD already exists: {location}"
        raise QueryFailed("HIVE_PATH_ALREADY_EXISTS", message)
    output = Output(
        location,
        format_,
        checked_compression(format_, properties.get("compression")),
        tuple(properties.get("partitioned_by", [])),
        delimiter=str(properties.get("field_delimiter", "\x01")),
    )
    return _write(context, query, output, _plain_types(query))


def write_manifest(context: RunContext, files: list[str]) -> str:
    """Write the manifest of the written files beside the results; return its address."""
    uri = f"{context.output}{context.id}-manifest.csv"
    put(context.store, uri, "".join(f"{file}\n" for file in files).encode(), "text/csv")
    return uri
