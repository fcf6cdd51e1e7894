"""Runs one statement of any kind and writes its result files; knows no states."""

from dataclasses import dataclass, field

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.types import column_info
from local_aws.services.athena.statements import ddl, writing
from local_aws.services.athena.statements.parsing import Statement, parse_statement
from local_aws.services.athena.statements.query import analyze, batches, execute
from local_aws.services.athena.statements.run_context import RunContext
from local_aws.services.athena.statements.show import SHOWS
from local_aws.services.athena.tables.results import write_csv, write_metadata, write_text

DDL = {
    name: getattr(ddl, name)
    for name in (
        "create_database", "drop_database", "alter_database", "create_table", "drop_table",
        "create_view", "drop_view", "alter_table", "msck",
    )
}  # fmt: skip
WRITES = {
    "ctas": writing.create_table_as,
    "insert": writing.insert_into,
    "unload": writing.unload,
}
_ROWS = {
    "CatalogName": "hive",
    "SchemaName": "",
    "TableName": "",
    "Type": "bigint",
    "Precision": 19,
    "Scale": 0,
    "Nullable": "UNKNOWN",
    "CaseSensitive": False,
}


@dataclass
class Outcome:
    """The outcome of a statement: its columns, and what it wrote."""

    columns: list[dict] = field(default_factory=list)
    updated: int | None = None
    manifest: str | None = None


def run(context: RunContext, statement: Statement, output: str) -> Outcome:
    """Execute a statement, and write its result to the s3:// address `output`.

    Raises:
        QueryFailed, Cancelled
    """
    kind, parts = statement.kind, statement.parts
    if kind == "execute":
        return _execute_prepared(context, parts, output)
    if context.values and kind not in ("query", *WRITES):
        raise QueryFailed(
            "INVALID_PARAMETER_USAGE", f"{statement.substatement} takes no parameters"
        )
    if kind == "query":
        return _query(context, parts["text"], output)
    if kind in WRITES:
        rows, files = WRITES[kind](context, parts)
        context.done()
        info = {**_ROWS, "Name": "rows", "Label": "rows"}
        return Outcome([info], rows, writing.write_manifest(context, files))
    if kind == "explain":
        return _text(context, output, _explain(context, parts), ["Query Plan"])
    if kind in SHOWS:
        show, names = SHOWS[kind]
        return _text(context, output, show(context, parts), names)
    rows = DDL[kind](context, parts)
    context.done()
    return _text(context, output, rows, ["result"] if rows else [])


def _query(context: RunContext, text: str, output: str) -> Outcome:
    query = analyze(context.connection, text, context.sources(), context.values)
    reader = execute(query, context.limit)
    write_csv(context.store, output, query.names, query.types, batches(query, reader))
    columns = [
        column_info(name, kind, query.length(index))
        for index, (name, kind) in enumerate(zip(query.names, query.types, strict=True))
    ]
    write_metadata(context.store, output, columns)
    return Outcome(columns)


def _text(context: RunContext, output: str, rows: list[str], names: list[str]) -> Outcome:
    write_text(context.store, output, rows)
    columns = [{**_ROWS, "Name": n, "Label": n, "Type": "string", "Precision": 0} for n in names]
    if columns:
        write_metadata(context.store, output, columns)
    return Outcome(columns)


def _execute_prepared(context: RunContext, parts: dict, output: str) -> Outcome:
    text = context.prepared.get(parts["name"])
    if text is None:
        message = f"Prepared statement not found: {parts['name']}"
        raise QueryFailed("NOT_FOUND", message)
    context.values = parts["values"] or context.values
    return run(context, parse_statement(text), output)


def _explain(context: RunContext, parts: dict) -> list[str]:
    statement: Statement = parts["statement"]
    if statement.kind not in ("query", "ctas", "insert", "unload"):
        return [statement.substatement]
    sources = context.sources()
    query = analyze(context.connection, statement.parts["text"], sources, context.values)
    options = parts["options"].upper()
    if "VALIDATE" in options:
        return ["true"]
    if "IO" in options.split():
        return [f"table: awsdatacatalog.{name}" for name in sources.mentions]
    if parts["analyze"]:
        sources.load(context.limit)
    verb = "EXPLAIN ANALYZE" if parts["analyze"] else "EXPLAIN"
    plan = context.connection.execute(f"{verb} {query.sql}").fetchall()
    tables = [f"- TableScan[awsdatacatalog.{name}]" for name in sources.mentions]
    return [*tables, *(line for row in plan for line in row[-1].splitlines())]
