"""Reads Ion, text or binary, into JSON documents for `read_json`; knows no columns.

Text Ion includes JSON, pretty-printed too. amazon-ion parses; a batch of files with one JSON object
each needs no parsing. Annotations are dropped, timestamps become text.
Left out: an annotated boolean becomes 1 or 0, and a decimal the nearest double.
"""

import json
import math
from base64 import b64encode
from collections.abc import Iterator
from decimal import Decimal

import pyarrow as pa
from amazon.ion import simpleion
from amazon.ion.core import IonType, Timestamp
from amazon.ion.exceptions import IonException
from amazon.ion.simple_types import IonPyNull
from amazon.ion.simpleion import IonPyValueModel

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.tables.readers import IS_OBJECT, Scan, line_batches, read_bytes

BINARY = b"\xe0\x01\x00\xea".decode("utf-8", "replace")
"""The first bytes of binary Ion, decoded as text."""
SMALLEST_BUFFER = 4096
"""amazon-ion's default for the longest text; it refuses much lower limits."""
MODEL = (
    IonPyValueModel.MAY_BE_BARE
    | IonPyValueModel.SYMBOL_AS_TEXT
    | IonPyValueModel.STRUCT_AS_STD_DICT
)


def ion_batches(scan: Scan) -> Iterator[pa.RecordBatch]:
    """Yield (file number, document) batches, every top-level struct a JSON document.

    Raises:
        QueryFailed: a file is not Ion.
    """
    for batch in line_batches(scan, whole=True):
        scan.connection.register("whole", pa.table(batch))
        objects = scan.connection.execute(f"SELECT {IS_OBJECT} FROM whole").fetchall()
        scan.connection.unregister("whole")
        if all(is_object for (is_object,) in objects):
            yield batch
            continue
        numbers, documents = [], []
        columns = (column.to_pylist() for column in batch.columns)
        for number, text, (is_object,) in zip(*columns, objects, strict=True):
            new = [text] if is_object else _documents(scan, number, text)
            documents += new
            numbers += [number] * len(new)
        yield pa.record_batch(
            [pa.array(numbers, pa.int64()), pa.array(documents, pa.string())],
            names=["file", "line"],
        )


def _documents(scan: Scan, number: int, text: str) -> list[str]:
    file = scan.files[number]
    data = read_bytes(file) if text.startswith(BINARY) else text.encode()
    try:
        return [to_json(value) for value in parse_ion(data) if isinstance(value, dict)]
    except IonException as error:
        problem = str(error).strip().removeprefix("IERR_").replace("_", " ").lower()
        message = f"Error reading Ion: {problem} ({file.uri})"
        raise QueryFailed("HIVE_CURSOR_ERROR", message) from None


def parse_ion(data: bytes) -> list[object]:
    """Parse a stream of Ion values into Python values.

    Raises:
        IonException: the data are not Ion.
    """
    limit = max(SMALLEST_BUFFER, len(data))  # no text can be longer than the data
    return simpleion.loads(
        data, single_value=False, text_buffer_size_limit=limit, value_model=MODEL
    )


def to_json(value: object) -> str:
    """Return an Ion value as JSON."""
    try:
        return json.dumps(value, default=_plain, allow_nan=False)
    except ValueError:
        return json.dumps(_with_named_floats(value), default=_plain)


def _plain(value: object) -> object:
    """Return a value without a JSON type as one with a JSON type."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, IonPyNull):
        return None
    if isinstance(value, Timestamp):
        text = simpleion.dumps(value, binary=False, omit_version_marker=True)
        return text.rpartition("::")[2].rstrip("T")
    if isinstance(value, bytes):
        clob = getattr(value, "ion_type", IonType.BLOB) is IonType.CLOB
        return value.decode("latin-1") if clob else b64encode(value).decode()
    raise TypeError(f"Ion value of an unknown type: {type(value).__name__}")


def _with_named_floats(value: object) -> object:
    """Return a value with inf and nan as text, which JSON does not have."""
    if isinstance(value, dict):
        return {key: _with_named_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_named_floats(item) for item in value]
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value
