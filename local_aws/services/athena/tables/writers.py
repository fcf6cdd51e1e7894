"""Writes rows as files: formats, compression, partitions, buckets; knows no statements.

Left out: the bucket of a row is by DuckDB's hash, not Hive's; an unbucketed partition is one file.
"""

import gzip
import json
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.orc as orc
import pyarrow.parquet as parquet
from duckdb.sqltypes import DuckDBPyType

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.types import quote
from local_aws.services.athena.tables.partitions import folder_name
from local_aws.services.athena.tables.result_text import writer_of
from local_aws.services.athena.tables.results import put
from local_aws.state.objects.store import ObjectStore
from local_aws.state.partition_filter import NULL_PARTITION

MOST_PARTITIONS = 100
_COMPRESSIONS = {
    "PARQUET": ("GZIP", "SNAPPY", "ZSTD", "LZ4", "NONE"),
    "ORC": ("ZLIB", "SNAPPY", "ZSTD", "LZ4", "NONE"),
    "JSON": ("GZIP", "NONE"),
    "TEXTFILE": ("GZIP", "NONE"),
}


@dataclass(frozen=True)
class Output:
    """The location and the format of a table to write."""

    location: str
    """s3:// address, with a slash at the end."""
    format: str
    compression: str
    partitions: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    bucket_count: int = 0
    delimiter: str = "\x01"


def checked_compression(format_: str, compression: str | None) -> str:
    """Return the compression to use.

    Raises:
        QueryFailed: the format is unknown, or its compression is not supported.
    """
    if format_ not in _COMPRESSIONS:
        message = f"Unsupported table format '{format_}', expected one of: " + ", ".join(
            _COMPRESSIONS
        )
        raise QueryFailed("INVALID_TABLE_PROPERTY", message)
    allowed = _COMPRESSIONS[format_]
    name = (compression or allowed[0]).upper()
    if name not in allowed:
        message = f"Unsupported compression '{name}' for {format_}, one of: {', '.join(allowed)}"
        raise QueryFailed("INVALID_TABLE_PROPERTY", message)
    return name


def write_rows(
    store: ObjectStore,
    output: Output,
    table: pa.Table,
    types: list[DuckDBPyType],
    buckets: pa.ChunkedArray | None,
) -> Iterator[str]:
    """Write a table's rows below a location; yield the address of each file.

    `buckets` has the bucket number of every row, or is None.
    """
    stamp = f"{datetime.now(UTC):%Y%m%d_%H%M%S}_{uuid.uuid4().hex[:5]}"
    names = [name for name in table.column_names if name not in output.partitions]
    kinds = [types[table.column_names.index(name)] for name in names]
    for folder, rows in _partitioned(table, output.partitions):
        part = table.filter(rows) if rows is not None else table
        numbers = None
        if buckets is not None:
            numbers = buckets.filter(rows) if rows is not None else buckets
        for suffix, piece in _bucketed(part.select(names), numbers, output):
            uri = f"{output.location}{folder}{stamp}{suffix}{_extension(output)}"
            _write(store, uri, piece, kinds, output)
            yield uri


def _partitioned(table: pa.Table, keys: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    """Yield (folder, row mask) of every partition; without keys there is one."""
    if not keys:
        yield "", None
        return
    texts = [pc.fill_null(table[key].cast(pa.string()), NULL_PARTITION) for key in keys]
    groups = pa.table(texts, names=list(keys)).group_by(list(keys)).aggregate([])
    if groups.num_rows > MOST_PARTITIONS:
        raise QueryFailed(
            "HIVE_TOO_MANY_OPEN_PARTITIONS",
            f"Exceeded limit of {MOST_PARTITIONS} open writers for partitions/buckets",
        )
    for row in groups.to_pylist():
        mask = None
        for key, text in zip(keys, texts, strict=True):
            same = pc.equal(text, row[key])
            mask = same if mask is None else pc.and_(mask, same)
        yield "".join(f"{key}={folder_name(row[key])}/" for key in keys), mask


def _bucketed(
    table: pa.Table, numbers: pa.ChunkedArray | None, output: Output
) -> Iterator[tuple[str, pa.Table]]:
    if numbers is None:
        yield "", table
        return
    for bucket in range(output.bucket_count):
        yield f"_bucket-{bucket:05d}", table.filter(pc.equal(numbers, bucket))


def _extension(output: Output) -> str:
    return ".gz" if output.format in ("JSON", "TEXTFILE") and output.compression == "GZIP" else ""


def _write(
    store: ObjectStore, uri: str, table: pa.Table, types: list[DuckDBPyType], output: Output
) -> None:
    if output.format in ("JSON", "TEXTFILE"):
        lines = json_lines(table) if output.format == "JSON" else text_lines(table, types, output)
        data = "".join(f"{line}\n" for line in lines).encode()
        put(store, uri, gzip.compress(data) if output.compression == "GZIP" else data)
        return
    with tempfile.NamedTemporaryFile() as file:
        if output.format == "PARQUET":
            parquet.write_table(table, file.name, compression=output.compression)
        else:
            compression = output.compression.replace("NONE", "uncompressed")
            orc.write_table(table, file.name, compression=compression)
        put(store, uri, Path(file.name))


def json_lines(table: pa.Table) -> Iterator[str]:
    """Yield a table's rows as JSON objects."""
    for row in table.to_pylist(maps_as_pydicts="lossy"):
        yield json.dumps(row, default=str, separators=(",", ":"), ensure_ascii=False)


def text_lines(table: pa.Table, types: list[DuckDBPyType], output: Output) -> Iterator[str]:
    """Yield a table's rows in LazySimpleSerDe's format."""
    columns = [
        [_lazy(value, kind, 2) for value in column.to_pylist()]
        for column, kind in zip(table.columns, types, strict=True)
    ]
    for row in zip(*columns, strict=True):
        yield output.delimiter.join(row)


def _lazy(value: object, kind: DuckDBPyType | None, level: int) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, dict):
        return chr(level).join(_lazy(v, None, level + 1) for v in value.values())
    if isinstance(value, list):
        if value and isinstance(value[0], tuple):
            pairs = [chr(level + 1).join(_lazy(v, None, level + 2) for v in pair) for pair in value]
            return chr(level).join(pairs)
        return chr(level).join(_lazy(v, None, level + 1) for v in value)
    if kind is None:
        return str(value).lower() if isinstance(value, bool) else str(value)
    return writer_of(kind)(value)


def bucket_numbers(
    connection: duckdb.DuckDBPyConnection, table: pa.Table, columns: tuple[str, ...], count: int
) -> pa.ChunkedArray:
    """Return the bucket of every row."""
    connection.register("bucketed rows", table)
    keys = ", ".join(quote(column) for column in columns)
    numbers = connection.sql(
        f'SELECT CAST(hash({keys}) % {count} AS INTEGER) AS bucket FROM "bucketed rows"'
    ).to_arrow_table()["bucket"]
    connection.unregister("bucketed rows")
    return numbers
