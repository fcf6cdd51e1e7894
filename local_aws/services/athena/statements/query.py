"""Runs a query: parse, rewrite, analyze over empty tables, load, execute; writes no result."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa
from duckdb.sqltypes import DuckDBPyType
from sqlglot import exp

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.dialect import parse, to_sql
from local_aws.services.athena.sql.error_translation import translate
from local_aws.services.athena.sql.queries import QueryRewriter
from local_aws.services.athena.tables.query_tables import QueryTables

_UNNAMED = re.compile(r"_col\?\d+")


@dataclass
class AnalyzedQuery:
    """A valid query: its DuckDB text, its columns and its tables."""

    sql: str
    names: list[str]
    types: list[DuckDBPyType]
    sources: QueryTables
    tree: exp.Expression
    text: str
    connection: duckdb.DuckDBPyConnection

    def length(self, index: int) -> int | None:
        """Return the n of a result column that is a table's column of type varchar(n)."""
        from_ = self.tree.args.get("from_")
        if not from_ or not all(
            isinstance(source.this, exp.Table)
            for source in (from_, *self.tree.args.get("joins", ()))
        ):
            return None
        selects = self.tree.selects
        if any(part.is_star for part in selects):
            return self.sources.lengths.get(self.names[index])
        column = selects[index].unalias()
        named = column.name.lower() if isinstance(column, exp.Column) else None
        return self.sources.lengths.get(named)


def analyze(
    connection: duckdb.DuckDBPyConnection, text: str, sources: QueryTables, values: list[str]
) -> AnalyzedQuery:
    """Parse, rewrite and bind a query.

    Raises:
        QueryFailed: the query is not valid; no data have been read.
    """
    tree = parse(text)
    _fill_parameters(tree, values)
    _drop_schemas(tree)
    original = tree.copy()
    sources.note_columns(tree)
    sql = to_sql(QueryRewriter(text, sources).rewrite(tree, connection))
    try:
        relation = connection.sql(sql)
        names, types = list(relation.columns), list(relation.types)
    except duckdb.Error as error:
        raise translate(error, original, text) from None
    names = [_named(name, i) for i, name in enumerate(_written_names(original, names))]
    return AnalyzedQuery(sql, names, types, sources, original, text, connection)


def _drop_schemas(tree: exp.Expression) -> None:
    """Shorten schema.table.column to table.column, DuckDB's form."""
    tables = {(t.db.lower(), t.name.lower()) for t in tree.find_all(exp.Table) if t.db}
    for column in tree.find_all(exp.Column):
        if column.args.get("db") and (column.db.lower(), column.table.lower()) in tables:
            column.set("db", None)
            column.set("catalog", None)


def _fill_parameters(tree: exp.Expression, values: list[str]) -> None:
    holders = sorted(tree.find_all(exp.Placeholder), key=lambda node: node.meta.get("start", 0))
    if len(holders) != len(values):
        message = f"Incorrect number of parameters: expected {len(holders)} but found {len(values)}"
        raise QueryFailed("INVALID_PARAMETER_USAGE", message)
    for holder, value in zip(holders, values, strict=True):
        filled = parse(f"SELECT {value}").expressions[0]
        for node in filled.walk():
            node.meta.clear()
        holder.replace(filled)


def _written_names(tree: exp.Expression, names: list[str]) -> list[str]:
    """Return the names of result columns: Trino keeps equal names, DuckDB renames one."""
    selects = tree.selects if isinstance(tree, exp.Query) else []
    if len(selects) != len(names) or any(part.is_star for part in selects):
        return names
    return [
        part.alias_or_name if isinstance(part, exp.Alias | exp.Column) else name
        for part, name in zip(selects, names, strict=True)
    ]


def _named(name: str, index: int) -> str:
    return f"_col{index}" if _UNNAMED.fullmatch(name) or not name else name


def execute(query: AnalyzedQuery, limit: int | None, rows: int = 100_000) -> pa.RecordBatchReader:
    """Read the data and run the query; return a reader of Arrow batches.

    Raises:
        QueryFailed, Cancelled
    """
    try:
        query.sources.load(limit)
        return query.connection.sql(query.sql).to_arrow_reader(rows)
    except duckdb.Error as error:
        raise translate(error, query.tree, query.text) from None


def batches(query: AnalyzedQuery, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """Yield the reader's batches; translate errors between them to Trino's."""
    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except (duckdb.Error, OSError, ValueError) as error:
            raise translate(error, query.tree, query.text) from None
        yield batch
