"""Tells statements apart and takes the non-query ones to pieces; knows syntax, no meaning.

sqlglot reads queries only; UNLOAD, SHOW, MSCK, EXPLAIN, PREPARE, EXECUTE and DDL are read here.
"""

from dataclasses import dataclass, field

from local_aws.services.athena.failures import MalformedQuery
from local_aws.services.athena.sql.dialect import parse
from local_aws.services.athena.sql.token_stream import Cursor
from local_aws.services.athena.statements.hive_ddl import alter_table, create_table

STARTS = (
    "'ALTER', 'ANALYZE', 'CREATE', 'DEALLOCATE', 'DELETE', 'DESC', 'DESCRIBE', 'DROP', 'EXECUTE',"
    " 'EXPLAIN', 'INSERT', 'MERGE', 'MSCK', 'PREPARE', 'SHOW', 'TABLE', 'UNLOAD', 'UPDATE',"
    " 'VALUES', 'WITH', <query>"
)


@dataclass
class Statement:
    """One statement: what it is, how Athena classes it, and its pieces."""

    kind: str
    category: str
    substatement: str
    parts: dict = field(default_factory=dict)


def parse_statement(text: str) -> Statement:
    """Take a statement to pieces.

    Raises:
        MalformedQuery: it is none, or one that Athena has but this engine has not.
    """
    cursor = Cursor(text)
    first = cursor.word()
    if first in ("SELECT", "WITH", "VALUES", "TABLE", "("):
        parse(text)
        return Statement("query", "DML", "SELECT", {"text": text})
    if first not in _READERS:
        raise cursor.mismatch(STARTS)
    cursor.take()
    statement = _READERS[first](cursor, text)
    if "text" in statement.parts:
        parse(statement.parts["text"])
    return statement


def _create(cursor: Cursor, text: str) -> Statement:
    replace = cursor.accept("OR", "REPLACE")
    if cursor.accept("DATABASE") or cursor.accept("SCHEMA"):
        return _create_database(cursor)
    if cursor.accept("VIEW"):
        name = cursor.qualified()
        cursor.expect("AS")
        parts = {"name": name, "replace": replace, "query": cursor.rest()}
        return Statement("create_view", "DDL", "CREATE_VIEW", {**parts, "text": cursor.blanked()})
    external = cursor.accept("EXTERNAL")
    cursor.expect("TABLE")
    exists = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.qualified()
    if not external and cursor.word() in ("WITH", "AS"):
        return _ctas(cursor, name, exists)
    parts = {"name": name, "exists": exists, "external": external}
    return Statement("create_table", "DDL", "CREATE_TABLE", {**parts, **create_table(cursor)})


def _create_database(cursor: Cursor) -> Statement:
    exists = cursor.accept("IF", "NOT", "EXISTS")
    body = {"Name": cursor.name()}
    while not cursor.done():
        if cursor.accept("COMMENT"):
            body["Description"] = cursor.string()
        elif cursor.accept("LOCATION"):
            body["LocationUri"] = cursor.string()
        elif cursor.accept("WITH", "DBPROPERTIES"):
            body["Parameters"] = cursor.properties()
        else:
            raise cursor.mismatch("'COMMENT', 'LOCATION', 'WITH', <EOF>")
    return Statement("create_database", "DDL", "CREATE_DATABASE", {"body": body, "exists": exists})


def _ctas(cursor: Cursor, name: tuple, exists: bool) -> Statement:
    properties = cursor.properties() if cursor.accept("WITH") else {}
    cursor.expect("AS")
    query = cursor.blanked()
    data = True
    tail = query.rstrip().rstrip(";").rstrip()
    for words, value in (("WITH NO DATA", False), ("WITH DATA", True)):
        if " ".join(tail.upper().split()).endswith(words):
            cut = tail.upper().rindex("WITH")
            tail, data = tail[:cut], value
            break
    parts = {"name": name, "exists": exists, "properties": properties, "text": tail, "data": data}
    return Statement("ctas", "DDL", "CREATE_TABLE_AS_SELECT", parts)


def _drop(cursor: Cursor, text: str) -> Statement:
    for word, kind in (("TABLE", "table"), ("VIEW", "view"), ("DATABASE", "database"),
                       ("SCHEMA", "database")):  # fmt: skip
        if cursor.accept(word):
            exists = cursor.accept("IF", "EXISTS")
            parts = {"name": cursor.qualified(), "exists": exists}
            parts["cascade"] = cursor.accept("CASCADE")
            cursor.accept("RESTRICT")
            cursor.end()
            return Statement(f"drop_{kind}", "DDL", f"DROP_{kind.upper()}", parts)
    raise cursor.mismatch("'DATABASE', 'SCHEMA', 'TABLE', 'VIEW'")


def _insert(cursor: Cursor, text: str) -> Statement:
    cursor.expect("INTO")
    name, at = cursor.qualified(), cursor.position()
    columns = None
    if cursor.word() == "(" and cursor.word(1) not in ("SELECT", "WITH", "VALUES", "("):
        columns = cursor.names()
    parts = {"name": name, "columns": columns, "text": cursor.blanked(), "at": at}
    return Statement("insert", "DML", "INSERT", parts)


def _unload(cursor: Cursor, text: str) -> Statement:
    query = cursor.bracketed()
    cursor.expect("TO")
    location = cursor.string()
    properties = cursor.properties() if cursor.accept("WITH") else {}
    cursor.end()
    parts = {"text": query, "location": location, "properties": properties}
    return Statement("unload", "DML", "UNLOAD", parts)


def _show(cursor: Cursor, text: str) -> Statement:
    def made(kind: str, **parts) -> Statement:
        cursor.end()
        return Statement(f"show_{kind}", "UTILITY", f"SHOW_{kind.upper()}", parts)

    if cursor.accept("DATABASES") or cursor.accept("SCHEMAS"):
        return made("databases", like=_like(cursor))
    for word in ("TABLES", "VIEWS"):
        if cursor.accept(word):
            database = cursor.name() if cursor.accept("IN") or cursor.accept("FROM") else None
            return made(word.lower(), database=database, like=_like(cursor))
    if cursor.accept("COLUMNS"):
        if not (cursor.accept("IN") or cursor.accept("FROM")):
            raise cursor.mismatch("'FROM', 'IN'")
        name = cursor.qualified()
        if cursor.accept("IN") or cursor.accept("FROM"):
            name = (cursor.name(), name[1])
        return made("columns", name=name)
    if cursor.accept("PARTITIONS"):
        return made("partitions", name=cursor.qualified())
    if cursor.accept("CREATE"):
        kind = "create_view" if cursor.accept("VIEW") else "create_table"
        if kind == "create_table":
            cursor.expect("TABLE")
        return made(kind, name=cursor.qualified())
    if cursor.accept("TBLPROPERTIES"):
        name = cursor.qualified()
        key = cursor.bracketed().strip().strip("'\"") if cursor.word() == "(" else None
        return made("tblproperties", name=name, key=key)
    raise cursor.mismatch("'COLUMNS', 'CREATE', 'DATABASES', 'PARTITIONS', 'SCHEMAS', 'TABLES',"
                          " 'TBLPROPERTIES', 'VIEWS'")  # fmt: skip


def _like(cursor: Cursor) -> str | None:
    if cursor.done():
        return None
    cursor.accept("LIKE")
    return cursor.string()


def _describe(cursor: Cursor, text: str) -> Statement:
    extended = cursor.accept("EXTENDED") or cursor.accept("FORMATTED")
    name = cursor.qualified()
    cursor.end()
    return Statement("describe", "UTILITY", "DESCRIBE_TABLE", {"name": name, "extended": extended})


def _msck(cursor: Cursor, text: str) -> Statement:
    cursor.expect("REPAIR")
    cursor.expect("TABLE")
    name = cursor.qualified()
    return Statement("msck", "DDL", "MSCK_REPAIR_TABLE", {"name": name})


def _alter(cursor: Cursor, text: str) -> Statement:
    if cursor.accept("DATABASE") or cursor.accept("SCHEMA"):
        name = cursor.name()
        cursor.expect("SET")
        cursor.expect("DBPROPERTIES")
        parts = {"name": name, "properties": cursor.properties()}
        return Statement("alter_database", "DDL", "ALTER_DATABASE", parts)
    cursor.expect("TABLE")
    name = cursor.qualified()
    return Statement("alter_table", "DDL", "ALTER_TABLE", {"name": name, **alter_table(cursor)})


def _explain(cursor: Cursor, text: str) -> Statement:
    analyze = cursor.accept("ANALYZE")
    options = (
        cursor.bracketed() if cursor.word() == "(" and cursor.word(1) in ("TYPE", "FORMAT") else ""
    )
    inner = parse_statement(cursor.blanked())
    parts = {"analyze": analyze, "options": options, "statement": inner}
    return Statement("explain", "UTILITY", "EXPLAIN", parts)


def _prepare(cursor: Cursor, text: str) -> Statement:
    name = cursor.name()
    cursor.expect("FROM")
    parts = {"name": name, "query": cursor.rest()}
    parse_statement(parts["query"])
    return Statement("prepare", "DDL", "PREPARE", parts)


def _execute(cursor: Cursor, text: str) -> Statement:
    parts = {"name": cursor.name(), "values": []}
    if cursor.accept("USING"):
        parts["values"] = cursor.expressions()
    return Statement("execute", "DML", "EXECUTE", parts)


def _deallocate(cursor: Cursor, text: str) -> Statement:
    cursor.expect("PREPARE")
    return Statement("deallocate", "DDL", "DEALLOCATE_PREPARE", {"name": cursor.name()})


def _unsupported(name: str, why: str):
    def read(cursor: Cursor, text: str) -> Statement:
        raise MalformedQuery(f"Queries of this type are not supported: {name} ({why})")

    return read


_ICEBERG = "only Iceberg tables can be changed in place, and they are left out here"
_READERS = {
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
    "ANALYZE": _unsupported("ANALYZE", "statistics are left out here"),
    "GRANT": _unsupported("GRANT", "Athena has none"),
    "USE": _unsupported("USE", "name the database in QueryExecutionContext"),
}
