"""Parses statements into a kind and parts; syntax only.

sqlglot parses queries; this module parses UNLOAD, SHOW, MSCK, EXPLAIN, PREPARE, EXECUTE and DDL.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from local_aws.services.athena.failures import MalformedQuery
from local_aws.services.athena.sql.dialect import parse
from local_aws.services.athena.sql.foreign_syntax import refuse
from local_aws.services.athena.sql.token_stream import TokenStream
from local_aws.services.athena.statements.hive_ddl import alter_table, create_table

STARTS = (
    "'ALTER', 'ANALYZE', 'CREATE', 'DEALLOCATE', 'DELETE', 'DESC', 'DESCRIBE', 'DROP', 'EXECUTE',"
    " 'EXPLAIN', 'INSERT', 'MERGE', 'MSCK', 'PREPARE', 'SHOW', 'TABLE', 'UNLOAD', 'UPDATE',"
    " 'VALUES', 'WITH', <query>"
)


_HIVE = ("EXTERNAL", "DATABASE", "SCHEMA")
"""After CREATE; a CREATE TABLE without EXTERNAL is Trino's CREATE TABLE AS."""


@dataclass
class Statement:
    """One statement: its kind, Athena's statement types, and its parts."""

    kind: str
    category: str
    substatement: str
    parts: dict = field(default_factory=dict)


Reader = Callable[[TokenStream, str], Statement]
"""Parses a statement behind its first word; gets the whole text too."""


def parse_statement(text: str) -> Statement:
    """Parse a statement into its parts.

    Raises:
        MalformedQuery: it is not a statement, or one that this engine does not support.
    """
    tokens = TokenStream(text)
    first = tokens.word()
    if first == "ALTER" or (first == "CREATE" and tokens.word(1) in _HIVE):
        tokens = TokenStream(text, hive=True)
    if first in ("SELECT", "WITH", "VALUES", "TABLE", "("):
        refuse(parse(text), text)
        return Statement("query", "DML", "SELECT", {"text": text})
    if first not in _READERS:
        raise tokens.mismatch(STARTS)
    tokens.take()
    statement = _READERS[first](tokens, text)
    if "text" in statement.parts:
        refuse(parse(statement.parts["text"]), statement.parts["text"])
    return statement


def _create(tokens: TokenStream, text: str) -> Statement:
    replace = tokens.accept("OR", "REPLACE")
    if tokens.accept("DATABASE") or tokens.accept("SCHEMA"):
        return _create_database(tokens)
    if tokens.accept("VIEW"):
        name = tokens.qualified()
        tokens.expect("AS")
        parts = {"name": name, "replace": replace, "query": tokens.rest()}
        return Statement("create_view", "DDL", "CREATE_VIEW", {**parts, "text": tokens.blanked()})
    external = tokens.accept("EXTERNAL")
    tokens.expect("TABLE")
    exists = tokens.accept("IF", "NOT", "EXISTS")
    name = tokens.qualified()
    if not external and tokens.word() in ("WITH", "AS"):
        return _ctas(tokens, name, exists)
    parts = {"name": name, "exists": exists, "external": external}
    return Statement("create_table", "DDL", "CREATE_TABLE", {**parts, **create_table(tokens)})


def _create_database(tokens: TokenStream) -> Statement:
    exists = tokens.accept("IF", "NOT", "EXISTS")
    body = {"Name": tokens.name()}
    while not tokens.done():
        if tokens.accept("COMMENT"):
            body["Description"] = tokens.string()
        elif tokens.accept("LOCATION"):
            body["LocationUri"] = tokens.string()
        elif tokens.accept("WITH", "DBPROPERTIES"):
            body["Parameters"] = tokens.properties()
        else:
            raise tokens.mismatch("'COMMENT', 'LOCATION', 'WITH', <EOF>")
    return Statement("create_database", "DDL", "CREATE_DATABASE", {"body": body, "exists": exists})


def _ctas(tokens: TokenStream, name: tuple, exists: bool) -> Statement:
    properties = tokens.properties() if tokens.accept("WITH") else {}
    tokens.expect("AS")
    query = tokens.blanked()
    data = True
    tail = query.rstrip().rstrip(";").rstrip()
    for words, value in (("WITH NO DATA", False), ("WITH DATA", True)):
        if " ".join(tail.upper().split()).endswith(words):
            cut = tail.upper().rindex("WITH")
            tail, data = tail[:cut], value
            break
    parts = {"name": name, "exists": exists, "properties": properties, "text": tail, "data": data}
    return Statement("ctas", "DDL", "CREATE_TABLE_AS_SELECT", parts)


def _drop(tokens: TokenStream, text: str) -> Statement:
    for word, kind in (("TABLE", "table"), ("VIEW", "view"), ("DATABASE", "database"),
                       ("SCHEMA", "database")):  # fmt: skip
        if tokens.accept(word):
            exists = tokens.accept("IF", "EXISTS")
            parts = {"name": tokens.qualified(), "exists": exists}
            parts["cascade"] = tokens.accept("CASCADE")
            tokens.accept("RESTRICT")
            tokens.end()
            return Statement(f"drop_{kind}", "DDL", f"DROP_{kind.upper()}", parts)
    raise tokens.mismatch("'DATABASE', 'SCHEMA', 'TABLE', 'VIEW'")


def _insert(tokens: TokenStream, text: str) -> Statement:
    tokens.expect("INTO")
    name, position = tokens.qualified(), tokens.position()
    columns = None
    if tokens.word() == "(" and tokens.word(1) not in ("SELECT", "WITH", "VALUES", "("):
        columns = tokens.names()
    parts = {"name": name, "columns": columns, "text": tokens.blanked(), "position": position}
    return Statement("insert", "DML", "INSERT", parts)


def _unload(tokens: TokenStream, text: str) -> Statement:
    query = tokens.bracketed()
    tokens.expect("TO")
    location = tokens.string()
    properties = tokens.properties() if tokens.accept("WITH") else {}
    tokens.end()
    parts = {"text": query, "location": location, "properties": properties}
    return Statement("unload", "DML", "UNLOAD", parts)


def _show(tokens: TokenStream, text: str) -> Statement:
    def made(kind: str, **parts) -> Statement:
        tokens.end()
        return Statement(f"show_{kind}", "UTILITY", f"SHOW_{kind.upper()}", parts)

    if tokens.accept("DATABASES") or tokens.accept("SCHEMAS"):
        return made("databases", like=_like(tokens))
    for word in ("TABLES", "VIEWS"):
        if tokens.accept(word):
            database = tokens.name() if tokens.accept("IN") or tokens.accept("FROM") else None
            return made(word.lower(), database=database, like=_like(tokens))
    if tokens.accept("COLUMNS"):
        if not (tokens.accept("IN") or tokens.accept("FROM")):
            raise tokens.mismatch("'FROM', 'IN'")
        name = tokens.qualified()
        if tokens.accept("IN") or tokens.accept("FROM"):
            name = (tokens.name(), name[1])
        return made("columns", name=name)
    if tokens.accept("PARTITIONS"):
        return made("partitions", name=tokens.qualified())
    if tokens.accept("CREATE"):
        kind = "create_view" if tokens.accept("VIEW") else "create_table"
        if kind == "create_table":
            tokens.expect("TABLE")
        return made(kind, name=tokens.qualified())
    if tokens.accept("TBLPROPERTIES"):
        name = tokens.qualified()
        key = tokens.bracketed().strip().strip("'\"") if tokens.word() == "(" else None
        return made("tblproperties", name=name, key=key)
    raise tokens.mismatch("'COLUMNS', 'CREATE', 'DATABASES', 'PARTITIONS', 'SCHEMAS', 'TABLES',"
                          " 'TBLPROPERTIES', 'VIEWS'")  # fmt: skip


def _like(tokens: TokenStream) -> str | None:
    if tokens.done():
        return None
    tokens.accept("LIKE")
    return tokens.string()


def _describe(tokens: TokenStream, text: str) -> Statement:
    extended = tokens.accept("EXTENDED") or tokens.accept("FORMATTED")
    name = tokens.qualified()
    tokens.end()
    return Statement("describe", "UTILITY", "DESCRIBE_TABLE", {"name": name, "extended": extended})


def _msck(tokens: TokenStream, text: str) -> Statement:
    tokens.expect("REPAIR")
    tokens.expect("TABLE")
    name = tokens.qualified()
    return Statement("msck", "DDL", "MSCK_REPAIR_TABLE", {"name": name})


def _alter(tokens: TokenStream, text: str) -> Statement:
    if tokens.accept("DATABASE") or tokens.accept("SCHEMA"):
        name = tokens.name()
        tokens.expect("SET")
        tokens.expect("DBPROPERTIES")
        parts = {"name": name, "properties": tokens.properties()}
        return Statement("alter_database", "DDL", "ALTER_DATABASE", parts)
    tokens.expect("TABLE")
    name = tokens.qualified()
    return Statement("alter_table", "DDL", "ALTER_TABLE", {"name": name, **alter_table(tokens)})


def _explain(tokens: TokenStream, text: str) -> Statement:
    analyze = tokens.accept("ANALYZE")
    options = (
        tokens.bracketed() if tokens.word() == "(" and tokens.word(1) in ("TYPE", "FORMAT") else ""
    )
    inner = parse_statement(tokens.blanked())
    parts = {"analyze": analyze, "options": options, "statement": inner}
    return Statement("explain", "UTILITY", "EXPLAIN", parts)


def _prepare(tokens: TokenStream, text: str) -> Statement:
    name = tokens.name()
    tokens.expect("FROM")
    parts = {"name": name, "query": tokens.rest()}
    parse_statement(parts["query"])
    return Statement("prepare", "DDL", "PREPARE", parts)


def _execute(tokens: TokenStream, text: str) -> Statement:
    parts = {"name": tokens.name(), "values": []}
    if tokens.accept("USING"):
        parts["values"] = tokens.expressions()
    return Statement("execute", "DML", "EXECUTE", parts)


def _deallocate(tokens: TokenStream, text: str) -> Statement:
    tokens.expect("PREPARE")
    return Statement("deallocate", "DDL", "DEALLOCATE_PREPARE", {"name": tokens.name()})


def _unsupported(name: str, reason: str) -> Reader:
    def read(tokens: TokenStream, text: str) -> Statement:
        raise MalformedQuery(f"Queries of this type are not supported: {name} ({reason})")

    return read


_ICEBERG = "only Iceberg tables can be changed in place, and the local AWS does not support them"
_READERS: dict[str, Reader] = {
    "CREATE": _create,
    "DROP": _drop,
    "INSERT": _insert,
    "UNLOAD": _unload,
    "SHOW": _show,
    "DESCRIBE": _describe,
    "DESC": _describe,
    "MSCK": _msck,
    "ALTER": _alter,
    "EXPLAIN": _explain,
    "PREPARE": _prepare,
    "EXECUTE": _execute,
    "DEALLOCATE": _deallocate,
    **{name: _unsupported(name, _ICEBERG) for name in ("DELETE", "UPDATE", "MERGE", "VACUUM")},
    "OPTIMIZE": _unsupported("OPTIMIZE", _ICEBERG),
    "ANALYZE": _unsupported("ANALYZE", "the local AWS does not support statistics"),
    "GRANT": _unsupported("GRANT", "Athena has none"),
    "USE": _unsupported("USE", "name the database in QueryExecutionContext"),
}
