"""Reads and writes BirdCLEF's metadata: CSV, JSON per recording, DDL; knows no audio, no S3."""

import ast
import codecs
import csv
import io
import json
import math
import tokenize
from collections.abc import Iterator

from helpers.datasets.ids import composed, make_ids

COLUMNS = (
    "primary_label",
    "secondary_labels",
    "type",
    "latitude",
    "longitude",
    "scientific_name",
    "common_name",
    "author",
    "license",
    "rating",
    "url",
    "filename",
)
"""train_metadata.csv of BirdCLEF 2023, in its order."""

CSV_KEY = "train_metadata.csv"
TAXONOMY_KEY = "taxonomy.csv"
AUDIO_PREFIX = "train_audio"
JSON_PREFIX = "metadata"
_LISTS = ("secondary_labels", "type")
_ABSENT = ("", "nan", "none", "null")
_NUMBERS = ("latitude", "longitude", "rating")

TYPES = {
    "id": "string",
    "primary_label": "string",
    "secondary_labels": "array<string>",
    "type": "array<string>",
    "latitude": "double",
    "longitude": "double",
    "scientific_name": "string",
    "common_name": "string",
    "author": "string",
    "license": "string",
    "rating": "double",
    "url": "string",
    "filename": "string",
    "recorded_on": "string",
    "recorded_at": "string",
    "seconds": "double",
}


def read_table(data: bytes) -> list[dict[str, str]]:
    """Return the rows of a metadata CSV, all values as strings; a cell that is cut off is empty.

    Raises:
        ValueError: it can't be read, or a required column is missing; the message says which.
    """
    rows = _rows(data)
    missing = {"primary_label", "filename"} - set(rows[0] if rows else ())
    if missing:
        raise ValueError(
            f"{CSV_KEY} is empty or has no column {', '.join(sorted(missing))}: "
            f"expected BirdCLEF's columns {', '.join(COLUMNS)}"
        )
    return rows


def _rows(data: bytes) -> list[dict[str, str]]:
    """Return the rows of any CSV with a header.

    Raises:
        ValueError: its letters or its quotes can't be read; the message names the line.
    """
    lines = csv.DictReader(io.StringIO(_text(data), newline=""), restval="")
    try:
        return list(lines)
    except csv.Error as error:
        raise ValueError(
            f"{CSV_KEY}, near line {lines.line_num + 1}: {error}: look there for a quote that is "
            "never closed, or shorten the cell"
        ) from error


def _text(data: bytes) -> str:
    """Decode UTF-8 or, by its mark, UTF-16; which other encoding it may be, nothing in it says."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{CSV_KEY}, line {line}: {data[error.start : error.end]!r} is no {error.encoding}: "
            "save the table as 'CSV UTF-8' in the program that wrote it"
        ) from error


def write_table(rows: list[dict], columns: tuple[str, ...] = COLUMNS) -> bytes:
    """Return rows as CSV bytes in BirdCLEF's format: CRLF, lists as Python prints them."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def parse_list(text: str | None) -> list[str]:
    """Return the strings in "['call', 'song']", also as NumPy prints them; [] for an absent list.

    >>> parse_list("['call' 'song']")
    ['call', 'song']
    """
    text = (text or "").strip()
    if text.casefold() in _ABSENT:
        return []
    values = _quoted(text)
    if values is None:
        values = text.strip("[] ").replace("'", "").replace('"', "").split(",")
    return [value.strip() for value in values if value.strip()]


def _quoted(text: str) -> list[str] | None:
    """Return the strings of a list that has nothing else but brackets and commas, or None."""
    strings, left_over = [], []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.STRING:
                strings.append(ast.literal_eval(token.string))
            else:
                left_over.append(token.string.strip())
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    plain = all(isinstance(string, str) for string in strings)
    return strings if plain and set(left_over) <= set("[](),") | {""} else None


def parse_number(text: str | None) -> float | None:
    """Return a cell as a number, None where it is empty, not a number, or infinite."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def recording_ids(filenames: list[str]) -> list[str]:
    """Return an id for each `<label>/<stem>.ogg`: its stem, with the label where stems repeat."""
    whole = [name.rsplit(".", 1)[0] for name in filenames]
    stems = [name.rsplit("/", 1)[-1] for name in whole]
    counts: dict[str, set[str]] = {}
    for stem, name in zip(stems, filenames, strict=True):
        counts.setdefault(stem.casefold(), set()).add(name)
    wishes = [
        stem if len(counts[stem.casefold()]) == 1 else name.replace("/", "-")
        for stem, name in zip(stems, whole, strict=True)
    ]
    return make_ids(wishes, filenames)


def parse_row(row: dict[str, str]) -> dict:
    """Return a CSV row with lists as lists and numbers as numbers or None.

    Text is composed (NFC), so that a label has one spelling; a file's name is left
    unchanged, as it is a key.
    """
    parsed = {name: composed((row.get(name) or "").strip()) for name in COLUMNS}
    parsed["filename"] = row.get("filename") or ""
    parsed |= {name: parse_list(composed(row.get(name) or "")) for name in _LISTS}
    return parsed | {name: parse_number(row.get(name)) for name in _NUMBERS}


def to_json(id: str, row: dict[str, str], **extra) -> bytes:
    """Return one recording's metadata as a single line of JSON, as Athena's JSON SerDe reads it.

    `extra` may hold recorded_on ('2021-05-14'), recorded_at ('06:30') and seconds.
    """
    absent = {"recorded_on": None, "recorded_at": None, "seconds": None}
    return json.dumps({"id": id, **parse_row(row), **absent, **extra}).encode() + b"\n"


def json_files(table: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (key below the raw prefix, bytes) of one JSON file per row that names a recording."""
    rows = [row for row in read_table(table) if row["filename"].strip()]
    for id, row in zip(recording_ids([row["filename"] for row in rows]), rows, strict=True):
        yield f"{JSON_PREFIX}/{id}.json", to_json(id, row)


def ddl(database: str, table: str, location: str) -> str:
    """Return the Hive DDL of the external table over the JSON files below `location`."""
    columns = ",\n".join(f"  `{name}` {kind}" for name, kind in TYPES.items())
    return (
        f"CREATE EXTERNAL TABLE IF NOT EXISTS `{database}`.`{table}` (\n{columns}\n)\n"
        "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'\n"
        f"LOCATION '{location.rstrip('/')}/'"
    )
