"""Translates types between Hive's DDL, Trino's SQL and DuckDB; knows no values."""

import re
from dataclasses import dataclass, field

from duckdb.sqltypes import DuckDBPyType

from local_aws.services.athena.failures import MalformedQuery


@dataclass(frozen=True)
class Type:
    """A type: a Hive base name in lower case, with parameters, children and field names."""

    base: str
    numbers: tuple[int, ...] = ()
    children: tuple["Type", ...] = ()
    names: tuple[str, ...] = field(default=())


_SYNONYMS = {
    "integer": "int",
    "long": "bigint",
    "real": "float",
    "varbinary": "binary",
    "row": "struct",
    "numeric": "decimal",
    "dec": "decimal",
}
_DUCKDB = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "string": "VARCHAR",
    "varchar": "VARCHAR",
    "char": "VARCHAR",
    "binary": "BLOB",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "json": "JSON",
}
_TOKENS = re.compile(r"`[^`]*`|[\w.$-]+|[<>(),:]")
# From DuckDB's type ids (lower case) to the names in GetQueryResults and in Hive.
_ATHENA = {
    "integer": "integer",
    "bigint": "bigint",
    "ubigint": "bigint",
    "uinteger": "bigint",
    "hugeint": "bigint",
    "uhugeint": "bigint",
    "smallint": "smallint",
    "tinyint": "tinyint",
    "utinyint": "smallint",
    "usmallint": "integer",
    "float": "float",
    "double": "double",
    "decimal": "decimal",
    "varchar": "varchar",
    "uuid": "varchar",
    "boolean": "boolean",
    "blob": "varbinary",
    "date": "date",
    "time": "time",
    "timestamp": "timestamp",
    "timestamp_s": "timestamp",
    "timestamp_ms": "timestamp",
    "timestamp_ns": "timestamp",
    "timestamp with time zone": "timestamp with time zone",
    "interval": "interval day to second",
    "list": "array",
    "array": "array",
    "map": "map",
    "struct": "row",
    "tuple": "row",
    "null": "unknown",
    '"null"': "unknown",
}
_HIVE = {
    "integer": "int",
    "varchar": "string",
    "json": "string",
    "varbinary": "binary",
    "time": "string",
    "unknown": "string",
    "timestamp with time zone": "timestamp",
    "interval day to second": "string",
}
_DIGITS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19, "float": 17, "double": 17}
_DIGITS |= {"varchar": 2**31 - 1, "varbinary": 2**30, "timestamp": 3}
_DIGITS |= {"timestamp with time zone": 3, "time": 3}


def parse_type(text: str) -> Type:
    """Parse a Hive type such as `map<string,struct<a:int,b:decimal(10,2)>>`.

    Raises:
        MalformedQuery: the text is not a type of Athena's tables.
    """
    tokens = _TOKENS.findall(text)
    parsed, rest = _parse(tokens, text)
    if rest:
        raise MalformedQuery(f"Error: type expected but '{text}' found")
    return parsed


def _parse(tokens: list[str], text: str) -> tuple[Type, list[str]]:
    if not tokens:
        raise MalformedQuery(f"Error: type expected at the position 0 of '{text}'")
    base = _SYNONYMS.get(tokens[0].lower(), tokens[0].lower())
    tokens = tokens[1:]
    numbers, children, names = [], [], []
    if tokens and tokens[0] == "(":
        end = tokens.index(")")
        numbers = [int(token) for token in tokens[1:end] if token != ","]
        tokens = tokens[end + 1 :]
    if tokens and tokens[0] == "<":
        while tokens[0] != ">":
            tokens = tokens[1:]
            if base == "struct":
                names.append(tokens[0].strip("`").lower())
                tokens = tokens[2:]
            child, tokens = _parse(tokens, text)
            children.append(child)
            if not tokens:
                raise MalformedQuery(f"Error: '>' expected at the end of '{text}'")
        tokens = tokens[1:]
    if base not in _DUCKDB and base not in ("decimal", "array", "map", "struct"):
        raise MalformedQuery(f"Error: type expected but '{base}' is found.")
    return Type(base, tuple(numbers), tuple(children), tuple(names)), tokens


def to_duckdb(kind: Type) -> str:
    """Return the DuckDB type of a Hive type."""
    if kind.base == "decimal":
        precision, scale = (*kind.numbers, *(10, 0)[len(kind.numbers) :])
        return f"DECIMAL({precision},{scale})"
    if kind.base == "array":
        return to_duckdb(kind.children[0]) + "[]"
    if kind.base == "map":
        return f"MAP({to_duckdb(kind.children[0])}, {to_duckdb(kind.children[1])})"
    if kind.base == "struct":
        pairs = zip(kind.names, kind.children, strict=True)
        return f"STRUCT({', '.join(f'{quote(n)} {to_duckdb(c)}' for n, c in pairs)})"
    return _DUCKDB[kind.base]


def quote(name: str) -> str:
    """Return a name as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def type_id(duckdb_type: DuckDBPyType) -> str:
    """Return the id of a DuckDB type in lower case; JSON, an alias of VARCHAR, as json."""
    if str(duckdb_type) == "JSON":
        return "json"
    return str(duckdb_type.id).lower()


def athena_name(duckdb_type: DuckDBPyType) -> str:
    """Return the name of a DuckDB type in ResultSetMetadata."""
    id_ = type_id(duckdb_type)
    return id_ if id_ == "json" else _ATHENA.get(id_, "varchar")


def hive_name(duckdb_type: DuckDBPyType) -> str:
    """Return the Hive type of a CTAS column of a DuckDB type."""
    name = athena_name(duckdb_type)
    if name == "decimal":
        return str(duckdb_type).lower().replace(" ", "")
    if name == "array":
        return f"array<{hive_name(duckdb_type.children[0][1])}>"
    if name == "map":
        key, value = (hive_name(child) for _, child in duckdb_type.children)
        return f"map<{key},{value}>"
    if name == "row":
        return f"struct<{','.join(f'{n}:{hive_name(c)}' for n, c in row_fields(duckdb_type))}>"
    return _HIVE.get(name, name)


def trino_name(duckdb_type: DuckDBPyType) -> str:
    """Return Trino's name of a type, as in errors and typeof()."""
    name = athena_name(duckdb_type)
    if name == "decimal":
        return str(duckdb_type).lower()
    if name == "array":
        return f"array({trino_name(duckdb_type.children[0][1])})"
    if name == "map":
        return f"map({', '.join(trino_name(child) for _, child in duckdb_type.children)})"
    if name == "row":
        return f"row({', '.join(f'{n} {trino_name(c)}' for n, c in row_fields(duckdb_type))})"
    names = {"float": "real", "timestamp": "timestamp(3)"}
    return names.get(name, name.replace("timestamp with", "timestamp(3) with"))


def row_fields(duckdb_type: DuckDBPyType) -> list[tuple[str, DuckDBPyType]]:
    """Return the (name, type) of a row's fields; those of an unnamed row are field0, field1…"""
    return [
        (child[0] if type_id(duckdb_type) == "struct" else f"field{i}", child[1])
        for i, child in enumerate(duckdb_type.children)
    ]


def column_info(name: str, duckdb_type: DuckDBPyType, length: int | None = None) -> dict:
    """Return the ColumnInfo of a result column; `length` is that of a varchar(n)."""
    kind = athena_name(duckdb_type)
    precision, scale = length or _DIGITS.get(kind, 0), 0
    if kind == "decimal":
        precision, scale = (number for _, number in duckdb_type.children)
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": kind,
        "Precision": precision,
        "Scale": scale,
        "Nullable": "UNKNOWN",
        "CaseSensitive": kind in ("varchar", "char"),
    }
