"""Parses Hive's CREATE EXTERNAL TABLE and ALTER TABLE into parts of a Glue table; no catalog."""

from local_aws.services.athena.failures import MalformedQuery
from local_aws.services.athena.sql.token_stream import TokenStream
from local_aws.services.athena.sql.types import parse_type
from local_aws.services.athena.tables.formats import FORMATS, Format

_DELIMITERS = {
    ("FIELDS", "TERMINATED", "BY"): "field.delim",
    ("COLLECTION", "ITEMS", "TERMINATED", "BY"): "collection.delim",
    ("MAP", "KEYS", "TERMINATED", "BY"): "mapkey.delim",
    ("LINES", "TERMINATED", "BY"): "line.delim",
    ("NULL", "DEFINED", "AS"): "serialization.null.format",
    ("ESCAPED", "BY"): "escape.delim",
}


def read_columns(tokens: TokenStream) -> list[dict]:
    """Read (name type [COMMENT 'text'], …)."""
    tokens.expect("(")
    columns = []
    while True:
        column = {"Name": tokens.name()}
        column["Type"] = _canonical(tokens.type_text())
        if tokens.accept("COMMENT"):
            column["Comment"] = tokens.string()
        columns.append(column)
        if not tokens.accept(","):
            break
    tokens.expect(")")
    names = [column["Name"] for column in columns]
    for name in names:
        if names.count(name) > 1:
            raise MalformedQuery(f"FAILED: SemanticException Duplicate column name: {name}")
    return columns


def _canonical(text: str) -> str:
    parse_type(text)
    return "".join(text.lower().replace("integer", "int").split()).replace("`", "")


def create_table(tokens: TokenStream) -> dict:
    """Parse CREATE EXTERNAL TABLE behind the table's name."""
    parts = {
        "columns": read_columns(tokens) if tokens.word() == "(" else [],
        "keys": [],
        "format": FORMATS["TEXTFILE"],
        "serde": {},
        "properties": {},
        "location": None,
        "buckets": ([], 0),
    }
    while not tokens.done():
        if tokens.accept("COMMENT"):
            parts["comment"] = tokens.string()
        elif tokens.accept("PARTITIONED", "BY"):
            parts["keys"] = read_columns(tokens)
        elif tokens.accept("CLUSTERED", "BY"):
            parts["buckets"] = _buckets(tokens)
        elif tokens.accept("ROW", "FORMAT"):
            _row_format(tokens, parts)
        elif tokens.accept("WITH", "SERDEPROPERTIES"):
            parts["serde"] |= {key: str(value) for key, value in tokens.properties().items()}
        elif tokens.accept("STORED", "AS"):
            parts["format"] = _stored_as(tokens, parts)
        elif tokens.accept("LOCATION"):
            parts["location"] = tokens.string()
        elif tokens.accept("TBLPROPERTIES"):
            parts["properties"] = {k: str(v) for k, v in tokens.properties().items()}
        else:
            raise tokens.mismatch("'LOCATION', 'PARTITIONED', 'ROW', 'STORED', 'TBLPROPERTIES'")
    return parts


def _buckets(tokens: TokenStream) -> tuple[list[str], int]:
    names = tokens.names()
    if tokens.accept("SORTED", "BY"):
        tokens.bracketed()
    tokens.expect("INTO")
    count = int(tokens.take().text)
    tokens.expect("BUCKETS")
    return names, count


def _row_format(tokens: TokenStream, parts: dict) -> None:
    old = parts["format"]
    if tokens.accept("SERDE"):
        parts["format"] = Format(tokens.string(), old.input, old.output)
        parts["own_serde"] = True
        return
    tokens.expect("DELIMITED")
    more = True
    while more:
        more = False
        for words, key in _DELIMITERS.items():
            if tokens.accept(*words):
                parts["serde"][key] = tokens.string()
                more = True


def _stored_as(tokens: TokenStream, parts: dict) -> Format:
    serde = parts["format"].serde
    own = parts.get("own_serde", False)
    if tokens.accept("INPUTFORMAT"):
        input_class = tokens.string()
        tokens.expect("OUTPUTFORMAT")
        return Format(serde, input_class, tokens.string())
    name = tokens.name().upper()
    if name not in FORMATS:
        raise MalformedQuery(f"FAILED: SemanticException Unrecognized file format: '{name}'")
    format_ = FORMATS[name]
    return Format(serde, format_.input, format_.output) if own else format_


def partition_specs(tokens: TokenStream) -> list[dict]:
    """Parse all PARTITION (key = value, …) [LOCATION 'uri'] that follow."""
    specs = []
    while tokens.accept("PARTITION"):
        values = {key: str(value) for key, value in tokens.properties().items()}
        specs.append({"values": values, "location": None})
        if tokens.accept("LOCATION"):
            specs[-1]["location"] = tokens.string()
        tokens.accept(",")
    if not specs:
        raise tokens.mismatch("'PARTITION'")
    return specs


def alter_table(tokens: TokenStream) -> dict:
    """Parse ALTER TABLE behind the table's name."""
    if tokens.word() == "PARTITION":
        (spec,) = partition_specs(tokens)
        if tokens.accept("SET", "LOCATION"):
            return {"action": "set_partition_location", "spec": spec, "location": tokens.string()}
        if tokens.accept("RENAME", "TO"):
            (new,) = partition_specs(tokens)
            return {"action": "rename_partition", "spec": spec, "new": new}
        raise tokens.mismatch("'RENAME', 'SET'")
    if tokens.accept("ADD", "COLUMNS"):
        return {"action": "add_columns", "columns": read_columns(tokens)}
    if tokens.accept("REPLACE", "COLUMNS"):
        return {"action": "replace_columns", "columns": read_columns(tokens)}
    if tokens.accept("ADD"):
        exists = tokens.accept("IF", "NOT", "EXISTS")
        return {"action": "add_partitions", "exists": exists, "specs": partition_specs(tokens)}
    if tokens.accept("DROP"):
        exists = tokens.accept("IF", "EXISTS")
        return {"action": "drop_partitions", "exists": exists, "specs": partition_specs(tokens)}
    if tokens.accept("SET", "TBLPROPERTIES"):
        return {"action": "set_properties", "properties": tokens.properties()}
    if tokens.accept("SET", "LOCATION"):
        return {"action": "set_location", "location": tokens.string()}
    if tokens.accept("CHANGE"):
        tokens.accept("COLUMN")
        old, new = tokens.name(), tokens.name()
        column = {"Name": new, "Type": _canonical(tokens.type_text())}
        return {"action": "change_column", "old": old, "column": column}
    raise tokens.mismatch("'ADD', 'CHANGE', 'DROP', 'PARTITION', 'REPLACE', 'SET'")
