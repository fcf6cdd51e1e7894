"""Reads Hive's CREATE EXTERNAL TABLE and ALTER TABLE into the pieces of a Glue table."""

from local_aws.services.athena.failures import MalformedQuery
from local_aws.services.athena.sql.token_stream import Cursor
from local_aws.services.athena.sql.types import parse_type
from local_aws.services.athena.tables.formats import FORMATS, Format

_DELIMITERS = {
    ("FIELDS", "TERMINATED", "BY"): "field.delim",
    ("COLLECTION", "ITEMS", "TERMINATED", "BY"): "collection.delim",
    ("MAP", "KEYS", "TERMINATED", "BY"): "mapkey.delim",
    ("LINES", "TERMINATED", "BY"): "line.delim",
    ("NULL", "DEFINED", "AS"): "serialization.null.format",
}
_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\001": "\x01", "\\002": "\x02", "\\003": "\x03"}


def columns(cursor: Cursor) -> list[dict]:
    """Read (name type [COMMENT 'text'], …)."""
    cursor.expect("(")
    found = []
    while True:
        column = {"Name": cursor.name()}
        column["Type"] = _canonical(cursor.type_text())
        if cursor.accept("COMMENT"):
            column["Comment"] = cursor.string()
        found.append(column)
        if not cursor.accept(","):
            break
    cursor.expect(")")
    names = [column["Name"] for column in found]
    for name in names:
        if names.count(name) > 1:
            raise MalformedQuery(f"FAILED: SemanticException Duplicate column name: {name}")
    return found


def _canonical(text: str) -> str:
    parse_type(text)
    return "".join(text.lower().replace("integer", "int").split()).replace("`", "")


def create_table(cursor: Cursor) -> dict:
    """Read what follows the table's name."""
    parts = {
        "columns": columns(cursor) if cursor.word() == "(" else [],
        "keys": [],
        "format": FORMATS["TEXTFILE"],
        "serde": {},
        "properties": {},
        "location": None,
        "buckets": ([], 0),
    }
    while not cursor.done():
        if cursor.accept("COMMENT"):
            parts["comment"] = cursor.string()
        elif cursor.accept("PARTITIONED", "BY"):
            parts["keys"] = columns(cursor)
        elif cursor.accept("CLUSTERED", "BY"):
            parts["buckets"] = _buckets(cursor)
        elif cursor.accept("ROW", "FORMAT"):
            _row_format(cursor, parts)
        elif cursor.accept("WITH", "SERDEPROPERTIES"):
            parts["serde"] |= {key: str(value) for key, value in cursor.properties().items()}
        elif cursor.accept("STORED", "AS"):
            parts["format"] = _stored_as(cursor, parts)
        elif cursor.accept("LOCATION"):
            parts["location"] = cursor.string()
        elif cursor.accept("TBLPROPERTIES"):
            parts["properties"] = {k: str(v) for k, v in cursor.properties().items()}
        else:
            raise cursor.mismatch("'LOCATION', 'PARTITIONED', 'ROW', 'STORED', 'TBLPROPERTIES'")
    return parts


def _buckets(cursor: Cursor) -> tuple[list[str], int]:
    names = cursor.names()
    if cursor.accept("SORTED", "BY"):
        cursor.bracketed()
    cursor.expect("INTO")
    count = int(cursor.take().text)
    cursor.expect("BUCKETS")
    return names, count


def _row_format(cursor: Cursor, parts: dict) -> None:
    old = parts["format"]
    if cursor.accept("SERDE"):
        parts["format"] = Format(cursor.string(), old.input, old.output)
        parts["own_serde"] = True
        return
    cursor.expect("DELIMITED")
    found = True
    while found:
        found = False
        for words, key in _DELIMITERS.items():
            if cursor.accept(*words):
                text = cursor.string()
                parts["serde"][key] = _ESCAPES.get(text, text)
                found = True
        if cursor.accept("ESCAPED", "BY"):
            text = cursor.string()
            parts["serde"]["escape.char"] = text.replace("\\\\", "\\")
            found = True


def _stored_as(cursor: Cursor, parts: dict) -> Format:
    serde = parts["format"].serde
    own = parts.get("own_serde", False)
    if cursor.accept("INPUTFORMAT"):
        given = cursor.string()
        cursor.expect("OUTPUTFORMAT")
        return Format(serde, given, cursor.string())
    name = cursor.name().upper()
    if name not in FORMATS:
        raise MalformedQuery(f"FAILED: SemanticException Unrecognized file format: '{name}'")
    chosen = FORMATS[name]
    return Format(serde, chosen.input, chosen.output) if own else chosen


def partition_specs(cursor: Cursor) -> list[dict]:
    """Read PARTITION (key = value, …) [LOCATION 'uri'] as often as it comes."""
    found = []
    while cursor.accept("PARTITION"):
        values = {key: str(value) for key, value in cursor.properties().items()}
        found.append({"values": values, "location": None})
        if cursor.accept("LOCATION"):
            found[-1]["location"] = cursor.string()
        cursor.accept(",")
    if not found:
        raise cursor.mismatch("'PARTITION'")
    return found


def alter_table(cursor: Cursor) -> dict:
    """Read what follows ALTER TABLE name."""
    if cursor.accept("ADD", "COLUMNS"):
        return {"action": "add_columns", "columns": columns(cursor)}
    if cursor.accept("REPLACE", "COLUMNS"):
        return {"action": "replace_columns", "columns": columns(cursor)}
    if cursor.accept("ADD"):
        exists = cursor.accept("IF", "NOT", "EXISTS")
        return {"action": "add_partitions", "exists": exists, "specs": partition_specs(cursor)}
    if cursor.accept("DROP"):
        exists = cursor.accept("IF", "EXISTS")
        return {"action": "drop_partitions", "exists": exists, "specs": partition_specs(cursor)}
    if cursor.accept("SET", "TBLPROPERTIES"):
        return {"action": "set_properties", "properties": cursor.properties()}
    if cursor.accept("SET", "LOCATION"):
        return {"action": "set_location", "location": cursor.string()}
    if cursor.accept("CHANGE"):
        cursor.accept("COLUMN")
        old, new = cursor.name(), cursor.name()
        column = {"Name": new, "Type": _canonical(cursor.type_text())}
        return {"action": "change_column", "old": old, "column": column}
    raise cursor.mismatch("'ADD', 'CHANGE', 'DROP', 'REPLACE', 'SET'")
