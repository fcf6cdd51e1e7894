"""Reads JSON lines into DuckDB's types, like the OpenX, Hive and Ion serdes; knows no catalog.

Keys match column names in any case, as in Hive. Below the top level the case of a key is taken from
up to 1,000 lines of each batch.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pyarrow as pa

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.types import Type, literal, quote, to_duckdb
from local_aws.services.athena.tables.ion import ion_batches
from local_aws.services.athena.tables.lenient_json import Malformed, conversion, strict
from local_aws.services.athena.tables.readers import (
    IS_OBJECT,
    Scan,
    bad_data,
    fill_table,
    line_batches,
)

SAMPLE = 1000


def read_json(scan: Scan) -> None:
    """Read files in which every line is a JSON object.

    Raises:
        QueryFailed: a line is not a JSON object, and the table does not ignore such lines.
    """
    fill_table(scan, line_batches(scan), lambda: _items(scan))


def read_openx(scan: Scan) -> None:
    """Read files as OpenX's serde does, which takes more than strict JSON and converts more."""
    fill_table(scan, line_batches(scan), lambda: _items(scan, lenient=True))


def read_ion(scan: Scan) -> None:
    """Read files that are streams of Ion values; JSON, pretty-printed or not, is Ion too."""
    fill_table(scan, ion_batches(scan), lambda: _items(scan))


def _items(scan: Scan, lenient: bool = False) -> list[str]:
    """Return the SQL of the columns over the registered `lines`."""
    spellings = _spellings(scan, lenient)
    structure: dict[str, str] = {}
    repairs: dict[int, tuple[str, str]] = {}
    items = []
    for name, kind in scan.columns:
        keys = _keys_of(scan, name, spellings) if scan.wants(name) else []
        for spelling in keys:
            structure[spelling] = _structure(scan, _path(spelling), kind)
            misfit = f"fields.{quote(f'bad:{len(structure) - 1}')}"
            if lenient and (repair := conversion(kind, misfit)):
                repairs[len(structure) - 1] = repair
            if lenient and kind.base == "boolean":
                structure[spelling] = "VARCHAR"
        parts = [
            _repaired(f"fields.{quote(f'{i}')}", repairs.get(i), lenient and kind.base == "boolean")
            for i, s in enumerate(structure)
            if s in keys
        ]
        value = f"coalesce({', '.join(parts)})" if parts else "NULL"
        items.append(f"CAST({value} AS {to_duckdb(kind)}) AS {quote(name)}")
    _parse(scan, structure)
    _refuse_misfits(scan, structure, {i: fits for i, (_, fits) in repairs.items()})
    return items


def _repaired(value: str, repair: tuple[str, str] | None, is_flag: bool) -> str:
    if is_flag:
        return f"lower({value}) = 'true'"
    return f"coalesce({value}, {repair[0]})" if repair else value


def _keys_of(scan: Scan, name: str, spellings: set[str]) -> list[str]:
    """Return the keys of a column: its name in any case, or that in `mapping.<name>`."""
    key = scan.serde.get(f"mapping.{name}", name)
    dotted = scan.serde.get("dots.in.keys", "").lower() == "true"
    return sorted(
        spelling
        for spelling in spellings
        if (spelling.replace(".", "_") if dotted else spelling).lower() == key.lower()
    )


def _spellings(scan: Scan, lenient: bool) -> set[str]:
    """Return all keys of the top level; refuse lines that are not objects, or have a key twice."""
    rows = _key_lists(scan)
    if lenient and (None,) in rows:
        _make_strict(scan)
        rows = _key_lists(scan)
    ignores = scan.serde.get("ignore.malformed.json", "false").lower() == "true"
    if (None,) in rows and not ignores:
        raise _malformed(scan)
    for (keys,) in rows if not ignores else ():
        if twice := [key for key, n in Counter(map(str.lower, keys or [])).items() if n > 1]:
            message = f'Row is not a valid JSON Object - JSONException: Duplicate key "{twice[0]}"'
            raise QueryFailed("HIVE_CURSOR_ERROR", message)
    return {key for (keys,) in rows for key in keys or []}


def _key_lists(scan: Scan) -> list[tuple[list[str] | None]]:
    """Return the different lists of keys that lines have; None for a line that is no object."""
    return scan.connection.execute(
        f"SELECT DISTINCT CASE WHEN {IS_OBJECT}"
        " THEN json_keys(line) WHEN trim(line) = '' THEN [] END FROM lines"
    ).fetchall()


def _make_strict(scan: Scan) -> None:
    """Replace the lines that only OpenX can read by strict JSON."""
    table = scan.connection.sql("SELECT file, line FROM lines").to_arrow_table()
    lines = table["line"].to_pylist()
    rows = scan.connection.sql(
        "SELECT n FROM (SELECT row_number() OVER () - 1 AS n, line FROM lines)"
        f" WHERE trim(line) <> '' AND NOT {IS_OBJECT}"
    ).fetchall()
    for (number,) in rows:
        with suppress(Malformed):  # refused, or ignored, like any other that is no object
            lines[number] = strict(lines[number])
    scan.connection.unregister("lines")
    scan.connection.register("lines", pa.table({"file": table["file"], "line": lines}))


def _malformed(scan: Scan) -> QueryFailed:
    line, file = scan.connection.execute(
        f'SELECT line, "$path" FROM lines JOIN {quote(f"files:{scan.name}")} USING (file) WHERE'
        f" trim(line) <> '' AND NOT {IS_OBJECT} LIMIT 1"
    ).fetchone()
    try:
        json.loads(line)
        reason = f"A JSONObject text must begin with '{{' at 1 [character 2 line 1]: {line[:60]}"
    except (ValueError, RecursionError) as error:
        column = getattr(error, "pos", 0) + 1
        problem = getattr(error, "msg", error)
        reason = f"{problem} at {column} [character {column + 1} line 1]: {line[:60]}"
    message = f"Row is not a valid JSON Object - JSONException: {reason} ({file})"
    return QueryFailed("HIVE_CURSOR_ERROR", message)


def _path(key: str) -> str:
    return '$."' + key.replace('"', '\\"') + '"'


def _structure(scan: Scan, path: str, kind: Type) -> str:
    """Return the type of a value to parse, with the field names of the files."""
    if kind.base == "array":
        return _structure(scan, f"{path}[*]", kind.children[0]) + "[]"
    if kind.base == "map":
        key, value = kind.children
        return f"MAP({to_duckdb(key)}, {_structure(scan, f'{path}.*', value)})"
    if kind.base != "struct":
        return to_duckdb(kind)
    keys = {key.lower(): key for key in _keys_below(scan, path)}
    fields = []
    for name, child in zip(kind.names, kind.children, strict=True):
        key = keys.get(name, name)
        below = _structure(scan, path + _path(key)[1:], child)
        fields.append(f"{quote(key)} {below}")
    return f"STRUCT({', '.join(fields)})"


def _keys_below(scan: Scan, path: str) -> Iterator[str]:
    many = "*" in path
    value = f"json_extract(CASE WHEN {IS_OBJECT} THEN line END, {literal(path)})"
    rows = scan.connection.execute(
        f"SELECT DISTINCT json_keys(x) FROM (SELECT {f'unnest({value})' if many else value} AS x"
        f" FROM (FROM lines LIMIT {SAMPLE})) WHERE x IS NOT NULL"
    ).fetchall()
    return (key for (keys,) in rows for key in keys or [])


def _parse(scan: Scan, structure: dict[str, str]) -> None:
    """Add the parsed fields, named by their position, to file and line."""
    folded = {key.lower() for key in structure}
    document = f"CASE WHEN {IS_OBJECT} THEN line END"
    if len(folded) == len(structure):
        text = f"from_json({document}, {literal(json.dumps(structure))})"
        named = f"{text} AS parsed"
        fields = [f"parsed.{quote(key)} AS {quote(f'{i}')}" for i, key in enumerate(structure)]
        inner = f"(SELECT file, line, {named} FROM lines)" if structure else "lines"
    else:
        # Two cases of one key can't be fields of one struct: parse them one by one.
        fields = [
            f"from_json(json_extract({document}, {literal(_path(key))}), "
            f"{literal(json.dumps(kind))}) AS {quote(f'{i}')}"
            for i, (key, kind) in enumerate(structure.items())
        ]
        inner = "lines"
    checks = [
        f"CASE WHEN {text.rpartition(' AS ')[0]} IS NULL "
        f"THEN json_extract_string({document}, {literal(_path(key))}) END AS {quote(f'bad:{i}')}"
        for i, (text, (key, kind)) in enumerate(zip(fields, structure.items(), strict=True))
        if kind != "VARCHAR"
    ]
    select = ", ".join(["file", *fields, *checks])
    scan.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE fields AS SELECT {select} FROM {inner} WHERE line <> ''"
    )


def _refuse_misfits(scan: Scan, structure: dict[str, str], fitting: dict[int, str]) -> None:
    """Raise for a value that does not fit its column: Hive does not replace it by NULL.

    Args:
        fitting: by column, the condition for values that are converted nevertheless.
    """
    columns = [
        (i, key, kind) for i, (key, kind) in enumerate(structure.items()) if kind != "VARCHAR"
    ]
    if not columns or scan.nulls_misfits:
        return
    firsts = ", ".join(
        f"any_value({quote(f'bad:{i}')})"
        f" FILTER (WHERE NOT coalesce({fitting.get(i, 'false')}, false))"
        for i, _, _ in columns
    )
    values = scan.connection.execute(f"SELECT {firsts} FROM fields").fetchone()
    for value, (i, key, kind) in zip(values, columns, strict=True):
        if value is not None:
            raise bad_data(
                f"Error parsing field value '{value}' for field {i}: For input string: "
                f'"{value}" (column {key.lower()} {kind.lower()})'
            )
