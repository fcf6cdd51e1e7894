"""Reads Parquet and ORC files by column name, and counts bytes of columns; knows no catalog."""

import re

import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as parquet

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.types import literal, quote, to_duckdb
from local_aws.services.athena.tables.file_types import fits, is_bytes
from local_aws.services.athena.tables.readers import (
    DataFile,
    Scan,
    bad_data,
    file_table,
    key_columns,
    missing,
)


def read_parquet(scan: Scan) -> None:
    """Make a view over the files; a column that no file has is NULL."""
    columns = _parquet_columns(scan)
    items = []
    for name, kind in scan.columns:
        value = missing(kind)
        if (field := columns.get(name.lower())) is not None:
            unmarked = is_bytes(field.type) and to_duckdb(kind) == "VARCHAR"
            actual = f"decode({quote(field.name)})" if unmarked else quote(field.name)
            value = f"CAST({actual} AS {to_duckdb(kind)})"
        items.append(f"{value} AS {quote(name)}")
    # DuckDB reads names as patterns: `x[1].parquet` would match another file, `x1.parquet`.
    names = (re.sub(r"[*?[]", r"[\g<0>]", str(file.path)) for file in scan.files)
    paths = ", ".join(map(literal, names))
    source = (
        f"read_parquet([{paths}], union_by_name = true, hive_partitioning = false, "
        "filename = '#path')"
    )
    _finish(scan, items, source, keep_view=True)


def _parquet_columns(scan: Scan) -> dict[str, pa.Field]:
    """Return the files' columns, by lower-case name.

    Raises:
        QueryFailed: a file has another type than the table for a column of the query.
    """
    columns: dict[str, pa.Field] = {}
    kinds = dict(scan.columns)
    for file in scan.files:
        for field in _schema(file):
            name = field.name.lower()
            if name in kinds and scan.wants(name) and not fits(kinds[name], field.type):
                raise bad_data(
                    f"Field {name}'s type {str(field.type).upper()} in parquet file {file.uri} is "
                    f"incompatible with type {kinds[name].base} defined in table schema"
                )
            columns.setdefault(name, field)
    return columns


def _schema(file: DataFile) -> pa.Schema:
    try:
        return parquet.read_schema(file.path)
    except Exception as error:
        message = f"{file.uri} is not a valid Parquet File: {str(error).splitlines()[0]}"
        raise QueryFailed("HIVE_BAD_DATA", message) from None


def read_orc(scan: Scan) -> None:
    """Make a table of the files' wanted columns."""
    names = [f"#{i}" for i in range(len(scan.files))]
    parts = []
    for name, file in zip(names, scan.files, strict=True):
        scan.check()
        try:
            reader = orc.ORCFile(file.path)
            actual = {field.lower(): field for field in reader.schema.names}
            wanted = [actual[c] for c, _ in scan.columns if c in actual and scan.wants(c)]
            _check_orc(scan, file, reader.schema, actual)
            table = reader.read(columns=wanted) if wanted else None
        except (OSError, ValueError) as error:
            message = f"Error opening Hive split {file.uri}: {str(error).splitlines()[0]}"
            raise QueryFailed("HIVE_BAD_DATA", message) from None
        items = [
            f"CAST({quote(actual[c])} AS {to_duckdb(kind)}) AS {quote(c)}"
            if c in actual and actual[c] in wanted
            else f"{missing(kind)} AS {quote(c)}"
            for c, kind in scan.columns
        ]
        source = f"(SELECT unnest(range({reader.nrows})))"
        if table is not None:
            scan.connection.register(name, table)
            source = quote(name)
        parts.append(
            f'SELECT {", ".join(items)}, {literal(str(file.path))} AS "#path" FROM {source}'
        )
    columns = [quote(c) for c, _ in scan.columns]
    _finish(scan, columns, f"({' UNION ALL '.join(parts)})", keep_view=False)
    for name in names:
        scan.connection.execute(f"DROP VIEW IF EXISTS {quote(name)}")


def _check_orc(scan: Scan, file: DataFile, schema: pa.Schema, actual: dict[str, str]) -> None:
    for name, kind in scan.columns:
        if name not in actual or not scan.wants(name):
            continue
        data = schema.field(actual[name]).type
        if not fits(kind, data):
            raise bad_data(
                f"Malformed ORC file. Cannot read SQL type '{kind.base}' from ORC stream "
                f"'.{name}' of type {str(data).upper()} [{file.uri}]"
            )


def _finish(scan: Scan, items: list[str], source: str, keep_view: bool) -> None:
    """Join the files' addresses and partition values to the rows, by path."""
    files = f"files:{scan.name}"
    paths = [str(file.path) for file in scan.files]
    table = file_table(scan).append_column("#path", [paths])
    connection = scan.connection
    kind = "VIEW" if keep_view else "TABLE"
    connection.execute(f"DROP TABLE IF EXISTS {quote(scan.name)}")
    if not scan.partitions and not scan.wants("$path"):
        select = f'SELECT {", ".join(items)}, CAST(NULL AS VARCHAR) AS "$path" FROM {source}'
    else:
        connection.register(files, table)
        connection.execute(
            f"CREATE TEMP TABLE {quote('t' + files)} AS SELECT * FROM {quote(files)}"
        )
        connection.unregister(files)
        select = (
            f'SELECT {", ".join([*items, *key_columns(scan)])}, "$path" FROM {source} '
            f'JOIN {quote("t" + files)} USING ("#path")'
        )
    connection.execute(f"CREATE TEMP {kind} {quote(scan.name)} AS {select}")


def parquet_bytes(scan: Scan) -> int:
    """Return the compressed size of the column chunks that the query reads."""
    total = 0
    for file in scan.files:
        metadata = parquet.read_metadata(file.path)
        for group in range(metadata.num_row_groups):
            row_group = metadata.row_group(group)
            for column in range(row_group.num_columns):
                chunk = row_group.column(column)
                if scan.wants(chunk.path_in_schema.partition(".")[0]):
                    total += chunk.total_compressed_size
    return total
