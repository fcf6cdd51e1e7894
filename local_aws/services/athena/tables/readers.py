"""The common parts of all readers of files into DuckDB; knows nothing of S3 or the catalog.

A reader makes a temporary table or view with the declared columns and types, `"$path"` and the
partition keys. In text formats a line is a row, as for Hive's readers.
"""

import bz2
import gzip
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import duckdb
import pyarrow as pa

from local_aws.services.athena.failures import Cancelled, QueryFailed
from local_aws.services.athena.sql.types import Type, quote, to_duckdb
from local_aws.state.partition_filter import NULL_PARTITION

BATCH_BYTES = 64 << 20
IS_OBJECT = "CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END"


@dataclass(frozen=True)
class DataFile:
    """One file of a table: its path, its S3 address and the values of its partition."""

    path: Path
    uri: str
    size: int
    values: tuple[str | None, ...] = ()


@dataclass
class Scan:
    """One scan of a table: its files, the columns to read, and the name in DuckDB."""

    connection: duckdb.DuckDBPyConnection
    name: str
    """Name of the temporary table or view to make."""
    columns: list[tuple[str, Type]]
    partitions: list[tuple[str, Type]]
    files: list[DataFile]
    wanted: set[str] | None
    """Names of the columns that the query uses; None for all."""
    serde: dict[str, str]
    parameters: dict[str, str]
    stopped: Callable[[], bool] = lambda: False

    def wants(self, column: str) -> bool:
        """Say whether the query uses a column."""
        return self.wanted is None or column.lower() in self.wanted

    @property
    def nulls_misfits(self) -> bool:
        """Say whether a value that does not fit its column is NULL rather than an error."""
        properties = {**self.parameters, **self.serde}
        return properties.get("use.null.for.invalid.data", "").strip().lower() == "true"

    def check(self) -> None:
        """Raise if the query was stopped."""
        if self.stopped():
            raise Cancelled


def empty_select(columns: list[tuple[str, Type]], partitions: list[tuple[str, Type]]) -> str:
    """Return a SELECT without rows and with a table's columns, for the analysis."""
    typed = [f"CAST(NULL AS {to_duckdb(kind)}) AS {quote(name)}" for name, kind in columns]
    keys = [f"CAST(NULL AS {to_duckdb(kind)}) AS {quote(name)}" for name, kind in partitions]
    return f"SELECT {', '.join([*typed, *keys, _hidden('NULL')])} LIMIT 0"


def _hidden(path: str) -> str:
    return f'CAST({path} AS VARCHAR) AS "$path"'


def read_bytes(file: DataFile) -> bytes:
    """Return a file's content, decompressed by the suffix of its key, as in Hive."""
    descriptor = os.open(file.path, os.O_RDONLY)
    try:
        size = os.fstat(descriptor).st_size
        data = os.read(descriptor, size)
        while len(data) < size:
            data += os.read(descriptor, size - len(data))
    finally:
        os.close(descriptor)
    suffix = PurePosixPath(file.uri).suffix  # the path of an odd key has no suffix
    if suffix == ".gz":
        return gzip.decompress(data)
    if suffix == ".bz2":
        return bz2.decompress(data)
    if suffix in (".zst", ".snappy", ".lz4"):
        return pa.input_stream(pa.BufferReader(data), compression=suffix[1:]).read()
    return data


def line_batches(scan: Scan, whole: bool = False) -> Iterator[pa.RecordBatch]:
    """Yield (file number, line) batches; with `whole`, a file is one line."""
    skip = int(scan.parameters.get("skip.header.line.count", 0))
    numbers: list[int] = []
    lines: list[bytes] = []
    size = 0
    for number, file in enumerate(scan.files):
        data = read_bytes(file)
        if whole:
            new = [data]
        elif data.count(b"\n") == (1 if data.endswith(b"\n") else 0) and not skip:
            new = [data.rstrip(b"\r\n")] if data else []
        else:
            new = data.split(b"\n")[skip:]
            if new and not new[-1]:
                new.pop()
            new = [line.removesuffix(b"\r") for line in new]
        lines += new
        numbers += [number] * len(new)
        size += len(data)
        if size > BATCH_BYTES:
            scan.check()
            yield _batch(scan, numbers, lines)
            numbers, lines, size = [], [], 0
    yield _batch(scan, numbers, lines)


def _batch(scan: Scan, numbers: list[int], lines: list[bytes]) -> pa.RecordBatch:
    try:
        text = pa.array(lines, pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        # Like Hive's text readers, replace bytes that are not UTF-8.
        text = pa.array([line.decode("utf-8", "replace") for line in lines], pa.string())
    return pa.record_batch([pa.array(numbers, pa.int64()), text], names=["file", "line"])


def file_table(scan: Scan) -> pa.Table:
    """Return number, address and partition values of every file."""
    columns = {
        "file": pa.array(range(len(scan.files)), pa.int64()),
        "$path": pa.array([file.uri for file in scan.files], pa.string()),
    }
    for i, (name, _) in enumerate(scan.partitions):
        columns[f"#{name}"] = pa.array([file.values[i] for file in scan.files], pa.string())
    return pa.table(columns)


def key_columns(scan: Scan) -> list[str]:
    """Return the select items of the partition keys over `file_table`."""
    return [
        f"CAST(nullif({quote('#' + name)}, '{NULL_PARTITION}') AS {to_duckdb(kind)})"
        f" AS {quote(name)}"
        for name, kind in scan.partitions
    ]


def fill_table(
    scan: Scan, batches: Iterator[pa.RecordBatch], items: Callable[[], list[str]]
) -> None:
    """Make the scan's table from batches of lines.

    `items` makes a table `fields` of the registered `lines` (with its `file` number) and returns
    the texts of the columns over it.
    """
    connection = scan.connection
    connection.register(f"files:{scan.name}", file_table(scan))
    target = quote(scan.name)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {target} AS {_empty(scan)}")
    for batch in batches:
        if not batch.num_rows:
            continue
        connection.register("lines", pa.table(batch))
        select = ", ".join([*items(), *key_columns(scan), '"$path"'])
        connection.execute(
            f"INSERT INTO {target} SELECT {select} FROM fields "
            f"JOIN {quote(f'files:{scan.name}')} USING (file)"
        )
        connection.unregister("lines")
    connection.unregister(f"files:{scan.name}")


def _empty(scan: Scan) -> str:
    return empty_select(scan.columns, scan.partitions)


def missing(kind: Type) -> str:
    """Return NULL of a type."""
    return f"CAST(NULL AS {to_duckdb(kind)})"


def bad_data(message: str) -> QueryFailed:
    """Return the failure for a value that does not fit its column."""
    return QueryFailed("HIVE_BAD_DATA", message)
