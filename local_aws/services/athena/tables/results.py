"""Writes result files in Athena's format, and reads their pages; runs no query.

A page's token is a byte offset in the file, so a result can be read after a restart too. Left out:
the .metadata file is JSON, not Athena's binary format.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from duckdb.sqltypes import DuckDBPyType

from local_aws.errors import AwsError
from local_aws.services.athena.tables.partitions import split_uri
from local_aws.services.athena.tables.result_text import Writer, writer_of
from local_aws.state.objects.info import ObjectInfo
from local_aws.state.objects.store import ObjectStore

_CELL = re.compile(rb'"((?:[^"]|"")*)"|([^,\n"]*)')


def write_csv(
    store: ObjectStore,
    uri: str,
    names: list[str],
    types: list[DuckDBPyType],
    batches: Iterable[pa.RecordBatch],
) -> None:
    """Write the result of a SELECT.

    All values are in quotes; NULL is empty, without quotes. The first row is the header.
    """
    writers = [writer_of(kind) for kind in types]
    with tempfile.NamedTemporaryFile("wb", suffix=".csv") as file:
        file.write((",".join(_quoted(name) for name in names) + "\n").encode())
        for batch in batches:
            columns = [_cells(batch.column(i), write) for i, write in enumerate(writers)]
            lines = "".join(",".join(row) + "\n" for row in zip(*columns, strict=True))
            file.write(lines.encode("utf-8", "surrogatepass"))
        file.flush()
        put(store, uri, Path(file.name), "text/csv")


def _cells(column: pa.Array, write: Writer) -> list[str]:
    values = column.to_pylist()
    if write is str:
        return ["" if value is None else _quoted(str(value)) for value in values]
    return ["" if value is None else _quoted(write(value)) for value in values]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def write_text(store: ObjectStore, uri: str, rows: list[str]) -> None:
    """Write the result of DDL or SHOW, one value a line."""
    data = "".join(f"{row}\n" for row in rows).encode()
    put(store, uri, data, "text/plain")


def write_metadata(store: ObjectStore, uri: str, columns: list[dict]) -> None:
    """Write the columns' names and types, beside a result."""
    data = json.dumps({"ColumnInfo": columns}).encode()
    put(store, f"{uri}.metadata", data, "application/octet-stream")


def put(
    store: ObjectStore,
    uri: str,
    data: bytes | Path,
    content_type: str = "application/octet-stream",
) -> ObjectInfo:
    """Store an object at an s3:// address."""
    bucket, key = split_uri(uri)
    return store.put(bucket, key, data, content_type=content_type)


def read_page(
    store: ObjectStore, uri: str, columns: int, offset: int, count: int
) -> tuple[list[dict], int | None]:
    """Return up to `count` rows from a byte offset, and the next offset.

    Raises:
        AwsError: the result file does not exist.
    """
    bucket, key = split_uri(uri)
    try:
        path = store.info(bucket, key).path
    except AwsError as error:
        message = f"Could not find results at {uri}: {error.message}"
        raise AwsError("InvalidRequestException", message) from None
    with open(path, "rb") as file:
        file.seek(offset)
        rows, position = [], offset
        for line in _records(file, text=uri.endswith(".txt")):
            if len(rows) == count:
                return rows, position
            position += len(line)
            cells = [_value(line)] if uri.endswith(".txt") else _parse(line, columns)
            rows.append({"Data": cells})
    return rows, None


def _records(file: BinaryIO, text: bool) -> Iterator[bytes]:
    """Yield records; a record with a line break in a quoted value has several lines."""
    held = b""
    for line in file:
        held += line
        if text or held.count(b'"') % 2 == 0:
            yield held
            held = b""


def _value(line: bytes) -> dict:
    return {"VarCharValue": line.rstrip(b"\n").decode()}


def _parse(line: bytes, columns: int) -> list[dict]:
    cells, position = [], 0
    line = line.removesuffix(b"\n")
    for _ in range(columns):
        match = _CELL.match(line, position)
        quoted = match.group(1)
        cells.append({} if quoted is None else _cell(quoted))
        position = match.end() + 1
    return cells


def _cell(quoted: bytes) -> dict:
    return {"VarCharValue": quoted.replace(b'""', b'"').decode("utf-8", "surrogatepass")}
