"""Reads the curves from the file that wandb writes offline; knows its format, asks no server.

The file is a header of 7 bytes and LevelDB's log format, as wandb's own `sync` reads it: blocks of
32 KiB with fragments of records, each of them a protocol buffer.
https://github.com/google/leveldb/blob/main/doc/log_format.md
"""

import json
import struct
from collections.abc import Iterator

import pandas as pd

MAGIC, HEADER, BLOCK = b":W&B", 7, 32 * 1024
FRAGMENT = struct.Struct("<IHB")
"""Before each fragment: its checksum, its length, its kind."""
WHOLE, FIRST, LAST = 1, 2, 4


def curves(data: bytes) -> pd.DataFrame:
    """Return the points that a run logged, a row for each `epoch`, a column for each metric.

    Args:
        data: the content of a `run-….wandb`.

    Raises:
        ValueError: it is no such file.
    """
    from wandb.proto.wandb_internal_pb2 import Record

    rows: dict[float, dict[str, float]] = {}
    for content in records(data):
        items = Record.FromString(content).history.item
        values = {
            item.key or ".".join(item.nested_key): json.loads(item.value_json) for item in items
        }
        numbers = {name: value for name, value in values.items() if isinstance(value, int | float)}
        if "epoch" in numbers:
            logged = {name: value for name, value in numbers.items() if name.isidentifier()}
            rows.setdefault(numbers["epoch"], {}).update(
                {name: value for name, value in logged.items() if not name.startswith("_")}
            )
    return pd.DataFrame(rows.values())


def records(data: bytes) -> Iterator[bytes]:
    """Yield the records of a file; one that was cut off at its end is left out.

    Raises:
        ValueError: the file does not begin as wandb's.
    """
    if data[: len(MAGIC)] != MAGIC:
        raise ValueError("Not a file of wandb: it begins otherwise")
    position, record = HEADER, b""
    while position + FRAGMENT.size <= len(data):
        if (left := BLOCK - position % BLOCK) < FRAGMENT.size:
            position += left  # a block's last bytes are too few for a fragment
            continue
        _, length, kind = FRAGMENT.unpack_from(data, position)
        begin = position + FRAGMENT.size
        position = begin + length
        if not kind or position > len(data):
            return
        part = data[begin:position]
        record = part if kind in (WHOLE, FIRST) else record + part
        if kind in (WHOLE, LAST):
            yield record
