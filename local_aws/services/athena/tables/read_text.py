"""Reads delimited text into DuckDB's types, like LazySimpleSerDe and OpenCSVSerde; no catalog."""

import csv

import pyarrow as pa

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.types import Type, literal, quote, to_duckdb
from local_aws.services.athena.tables.readers import Scan, bad_data, fill_table, line_batches

_NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")


def read_lazy_simple(scan: Scan) -> None:
    """Read text with plain delimiters; a value that doesn't fit its column is NULL."""
    fill_table(scan, line_batches(scan), lambda: _lazy_items(scan))


def _lazy_items(scan: Scan) -> list[str]:
    delimiter = _character(scan.serde.get("field.delim") or scan.serde.get("serialization.format"))
    cells = f"string_split(line, {literal(delimiter)})"
    if escape := scan.serde.get("escape.delim"):
        _split_escaped(scan, delimiter, escape)
        cells = "cells"
    scan.connection.execute(
        f"CREATE OR REPLACE TEMP VIEW fields AS SELECT file, {cells} AS cells FROM lines"
    )
    missing = scan.serde.get("serialization.null.format", "\\N")
    return [
        f"{_lazy_value(f'nullif(fields.cells[{i + 1}], {literal(missing)})', kind, scan)}"
        f" AS {quote(name)}"
        if scan.wants(name)
        else f"CAST(NULL AS {to_duckdb(kind)}) AS {quote(name)}"
        for i, (name, kind) in enumerate(scan.columns)
    ]


def _character(text: str | None) -> str:
    """Return a delimiter, which may be given as a number ('9' is a tab)."""
    if not text:
        return "\x01"
    return chr(int(text)) if text.isdigit() else text


def _split_escaped(scan: Scan, delimiter: str, escape: str) -> None:
    table = scan.connection.sql("SELECT file, line FROM lines").to_arrow_table()
    rows = csv.reader(
        table["line"].to_pylist(), delimiter=delimiter, escapechar=escape, quoting=csv.QUOTE_NONE
    )
    cells = pa.array(list(rows), pa.list_(pa.string()))
    scan.connection.register("lines", pa.table({"file": table["file"], "cells": cells}))


def _lazy_value(text: str, kind: Type, scan: Scan, level: int = 2) -> str:
    """Return a cell's value; collections are split at delimiters by their depth."""
    if kind.base == "array":
        delimiter = literal(_collection(scan, level))
        inner = _lazy_value("x", kind.children[0], scan, level + 1)
        return f"list_transform({_split(text, delimiter)}, lambda x: {inner})"
    if kind.base == "map":
        pair, colon = literal(_collection(scan, level)), literal(_map_key(scan, level + 1))
        key, value = (
            _lazy_value(f"split_part(x, {colon}, {i})", child, scan, level + 2)
            for i, child in enumerate(kind.children, 1)
        )
        return (
            f"map_from_entries(list_transform({_split(text, pair)}, "
            f"lambda x: struct_pack(key := {key}, value := {value})))"
        )
    if kind.base == "struct":
        delimiter = literal(_collection(scan, level))
        fields = []
        for i, (name, child) in enumerate(zip(kind.names, kind.children, strict=True), 1):
            inner = _lazy_value(f"string_split({text}, {delimiter})[{i}]", child, scan, level + 1)
            fields.append(f"{quote(name)} := {inner}")
        return f"struct_pack({', '.join(fields)})"
    if kind.base in ("tinyint", "smallint", "int", "bigint"):
        text = f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]+(\\.[0-9]*)?') THEN {text} END"
        return f"TRY_CAST(trunc(TRY_CAST({text} AS DECIMAL(38, 6))) AS {to_duckdb(kind)})"
    if kind.base == "binary":
        return f"TRY(from_base64({text}))"
    return f"TRY_CAST({text} AS {to_duckdb(kind)})"


def _split(text: str, delimiter: str) -> str:
    """Split a collection; an empty text is an empty collection."""
    return f"CASE WHEN {text} = '' THEN [] ELSE string_split({text}, {delimiter}) END"


def _collection(scan: Scan, level: int) -> str:
    # Hive misspelled the name of this property for years, and reads both spellings.
    delimiter = scan.serde.get("colelction.delim") or scan.serde.get("collection.delim")
    return _character(delimiter) if delimiter and level == 2 else chr(level)


def _map_key(scan: Scan, level: int) -> str:
    delimiter = scan.serde.get("mapkey.delim")
    return _character(delimiter) if delimiter else chr(level)


def read_open_csv(scan: Scan) -> None:
    """Read CSV with quotes.

    Raises:
        QueryFailed: a cell does not fit its column, an error with this serde.
    """
    fill_table(scan, line_batches(scan), lambda: _csv_items(scan))


def _csv_items(scan: Scan) -> list[str]:
    table = scan.connection.sql("SELECT file, line FROM lines").to_arrow_table()
    rows = _csv_rows(scan, table["line"].to_pylist())
    width = len(scan.columns)
    padded = [row[:width] + [None] * (width - len(row)) for row in rows]
    cells = pa.array(padded, pa.list_(pa.string()))
    scan.connection.register("cells", pa.table({"file": table["file"], "cells": cells}))
    scan.connection.execute("CREATE OR REPLACE TEMP TABLE fields AS SELECT * FROM cells")
    scan.connection.unregister("cells")
    items = []
    for i, (name, kind) in enumerate(scan.columns, 1):
        if not scan.wants(name):
            items.append(f"CAST(NULL AS {to_duckdb(kind)}) AS {quote(name)}")
            continue
        attempt = "TRY_CAST" if scan.nulls_misfits else "CAST"
        if not scan.nulls_misfits:
            _refuse_bad_cells(scan, i, name, kind)
        value = _csv_value(f"fields.cells[{i}]", kind, attempt)
        items.append(f"{attempt}({value} AS {to_duckdb(kind)}) AS {quote(name)}")
    return items


def _csv_rows(scan: Scan, lines: list[str]) -> list[list[str]]:
    """Split lines one by one: with this serde a quoted value can't contain a line break."""
    options = {
        "delimiter": scan.serde.get("separatorChar", ","),
        "quotechar": scan.serde.get("quoteChar", '"'),
        "escapechar": scan.serde.get("escapeChar", "\\"),
        "doublequote": True,
    }
    if len({options["delimiter"], options["quotechar"], options["escapechar"]}) < 3:
        message = "The separator, quote, and escape characters must be different!"
        raise QueryFailed("GENERIC_INTERNAL_ERROR", message)
    rows = list(csv.reader(lines, **options))
    if len(rows) != len(lines):
        rows = [next(csv.reader([line], **options), []) for line in lines]
    return rows


def _csv_value(text: str, kind: Type, attempt: str) -> str:
    if kind.base in _NUMBERS or kind.base == "boolean":
        text = f"nullif(trim({text}), '')"
    if kind.base == "date":
        days = f"{attempt}(nullif({text}, '') AS INTEGER)"
        return f"DATE '1970-01-01' + to_days({days})"
    if kind.base == "timestamp":
        return f"make_timestamp(1000 * {attempt}(nullif({text}, '') AS BIGINT))"
    return text


def _refuse_bad_cells(scan: Scan, position: int, name: str, kind: Type) -> None:
    if kind.base in ("string", "varchar", "char"):
        return
    cell = f"nullif(trim(cells[{position}]), '')"
    wanted = {"date": "INTEGER", "timestamp": "BIGINT"}.get(kind.base, to_duckdb(kind))
    bad = scan.connection.execute(
        f"SELECT {cell} FROM fields WHERE {cell} IS NOT NULL"
        f" AND TRY_CAST({cell} AS {wanted}) IS NULL LIMIT 1"
    ).fetchone()
    if bad:
        raise bad_data(
            f"Error parsing field value '{bad[0]}' for field {position - 1}: For input string: "
            f'"{bad[0]}" (column {name} {kind.base})'
        )
