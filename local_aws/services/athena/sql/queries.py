"""Rewrites the tree of a Trino query for DuckDB, from its sources outwards; knows no files.

`Sources` opens the tables that a query names; expressions are rewritten in `expressions.py`.
"""

from typing import Protocol

import duckdb
from sqlglot import exp

from local_aws.services.athena.failures import QueryFailed, mismatched
from local_aws.services.athena.sql.dialect import position_of, raw, to_sql
from local_aws.services.athena.sql.expressions import rewrite_expression
from local_aws.services.athena.sql.query_checks import (
    keep_ties,
    require_same_types,
    require_selected,
)
from local_aws.services.athena.sql.rewriter import Rewriter
from local_aws.services.athena.sql.scope import Scope
from local_aws.services.athena.sql.types import quote
from local_aws.services.athena.sql.unnest import unnested

HIDDEN = '"$path"'
EXCLUDED = f" EXCLUDE ({HIDDEN})"
UNNAMED = "_col?"


class Sources(Protocol):
    """The interface to the tables of a query."""

    def open(self, node: exp.Table, text: str) -> tuple[str, bool]:
        """Return a table as a FROM text, and whether it has hidden columns.

        Raises:
            QueryFailed: there is no such table or schema.
        """


class QueryRewriter:
    """Rewrites the tree of one query text, its nested queries included."""

    def __init__(self, text: str, sources: Sources):
        self._text, self._sources = text, sources

    def rewrite(self, tree: exp.Query, connection: duckdb.DuckDBPyConnection) -> exp.Expression:
        """Return DuckDB's form of the tree; the argument may be changed."""
        rewriter = Rewriter(self._text, Scope(connection), self._query, rewrite_expression)
        return self._query(rewriter, tree)

    def _query(self, rewriter: Rewriter, node: exp.Query) -> exp.Expression:
        """Rewrite any query, its common table expressions first."""
        if with_ := node.args.get("with_"):
            for cte in with_.expressions:
                rewriter = self._cte(rewriter, cte, bool(with_.args.get("recursive")))
        if isinstance(node, exp.SetOperation):
            node.set("this", self._query(rewriter, node.this))
            node.set("expression", self._query(rewriter, node.expression))
            _check_sides(rewriter, node)
        elif isinstance(node, exp.Subquery):
            node.set("this", self._query(rewriter, node.this))
        elif isinstance(node, exp.Select):
            self._select(rewriter, node)
        elif isinstance(node, exp.Values):
            rewriter.children(node)
        elif isinstance(node, exp.Table):
            return exp.select("*").from_(raw(self._table(rewriter, node)[0]))
        return node

    def _cte(self, rewriter: Rewriter, cte: exp.CTE, recursive: bool) -> Rewriter:
        scope = rewriter.scope
        inner = rewriter
        if recursive and isinstance(cte.this, exp.SetOperation):
            # The recursive side may refer to the expression: it has the columns of the first side.
            first = self._query(rewriter, cte.this.this.copy())
            columns = f"({', '.join(c.name for c in cte.args['alias'].columns)})"
            head = f"{quote(cte.alias)}{'' if columns == '()' else columns}"
            inner = rewriter.inside(scope.with_cte(cte.alias, f"{head} AS ({to_sql(first)})"))
        cte.set("this", self._query(inner, cte.this))
        return rewriter.inside(scope.with_cte(cte.alias, to_sql(cte)))

    def _select(self, rewriter: Rewriter, node: exp.Select) -> None:
        inner, hidden = self._from(rewriter, node)
        if hidden:
            _hide_columns(node)
        aliases = {part.alias.lower() for part in node.expressions if isinstance(part, exp.Alias)}
        for key in ("where", "group", "having", "windows", "expressions", "qualify"):
            _rewrite_part(inner, node, key, set())
        _name_columns(node)
        require_selected(inner, node)
        _rewrite_part(inner, node, "order", aliases)
        keep_ties(inner, node)
        for key in ("limit", "offset", "distinct"):
            if value := node.args.get(key):
                inner.children(value)
        _require_boolean(inner, node)

    def _from(self, rewriter: Rewriter, node: exp.Select) -> tuple[Rewriter, bool]:
        """Rewrite the sources; return the inner rewriter, and whether any has hidden columns."""
        from_ = node.args.get("from_")
        if not from_:
            return rewriter, False
        scope = rewriter.scope
        text, hidden = self._source(rewriter, from_.this)
        from_.set("this", raw(text))
        for join in node.args.get("joins") or []:
            source, more = self._source(rewriter.inside(scope.with_source(text)), join.this)
            hidden = hidden or more
            join.set("this", raw(source))
            on = join.args.get("on")
            join.set("on", None)
            text = f"{text} {to_sql(join)}" if join.args.get("using") else f"{text}, {source}"
            if on:
                joined = rewriter.inside(scope.with_source(text))
                _check_columns(joined, on, set())
                join.set("on", joined.rewrite(on))
        for lateral in node.args.get("laterals") or []:
            message = "LATERAL VIEW is Hive's, not Trino's"
            raise rewriter.failure("NOT_SUPPORTED", message, lateral)
        return rewriter.inside(scope.with_source(text)), hidden

    def _source(self, rewriter: Rewriter, node: exp.Expression) -> tuple[str, bool]:
        """Return a source as DuckDB's text, and whether it has hidden columns."""
        if isinstance(node, exp.Table):
            return self._table(rewriter, node)
        if isinstance(node, exp.Unnest):
            return unnested(rewriter, node), False
        if isinstance(node, exp.Lateral):
            node.set("this", self._query(rewriter, node.this))
            return to_sql(node), False
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table):
            text, hidden = self._table(rewriter, node.this)
            for join in node.this.args.get("joins") or []:
                raise rewriter.failure("NOT_SUPPORTED", "joins in brackets", join)
            return text, hidden
        if isinstance(node, exp.Values):
            self._query(rewriter, node)
            return to_sql(node), False
        if isinstance(node, exp.Subquery):
            self._query(rewriter.inside(rewriter.scope.closed()), node)
            return to_sql(node), False
        raise rewriter.failure("NOT_SUPPORTED", f"{node.key} as a source", node)

    def _table(self, rewriter: Rewriter, node: exp.Table) -> tuple[str, bool]:
        if isinstance(node.this, exp.Anonymous | exp.Func):
            name = node.this.name or node.this.key
            message = f"Table function '{name}' not registered"
            raise rewriter.failure("FUNCTION_NOT_FOUND", message, node)
        _require_name(rewriter.text, node)
        if not node.args.get("db") and node.name.lower() in rewriter.scope.names:
            return to_sql(node), False
        text, hidden = self._sources.open(node, self._text)
        alias = node.args.get("alias")
        named = to_sql(alias) if alias else quote(node.name)
        sample = node.args.get("sample")
        suffix = f" {to_sql(sample).strip()}" if sample else ""
        return f"{text} AS {named}{suffix}", hidden


def _check_sides(rewriter: Rewriter, node: exp.SetOperation) -> None:
    counts = [len(side.selects) for side in (node.this, node.expression)]
    stars = any(part.is_star for side in (node.this, node.expression) for part in side.selects)
    if counts[0] != counts[1] and not stars:
        name = type(node).__name__.upper()
        message = f"{name} query has different number of fields: {counts[0]}, {counts[1]}"
        raise rewriter.failure("TYPE_MISMATCH", message, node.expression)
    if not stars:
        require_same_types(rewriter, node)


def _rewrite_part(rewriter: Rewriter, node: exp.Select, key: str, aliases: set[str]) -> None:
    value = node.args.get(key)
    for part in value if isinstance(value, list) else [value] if value else []:
        _check_columns(rewriter, part, aliases)
    if isinstance(value, list):
        node.set(key, [_kept_name(rewriter, part) for part in value])
    elif value:
        rewriter.children(value)


def _kept_name(rewriter: Rewriter, part: exp.Expression) -> exp.Expression:
    new = rewriter.rewrite(part)
    if isinstance(part, exp.Dot) and new is not part:
        return exp.alias_(new, part.name, quoted=True)
    return new


def _check_columns(rewriter: Rewriter, part: exp.Expression, aliases: set[str]) -> None:
    """Resolve every column, so that the error for an unknown one has its position."""
    for column in part.find_all(exp.Column):
        query = column.find_ancestor(exp.Query)
        nested = query is not None and query is not part.find_ancestor(exp.Query)
        if nested or column.find_ancestor(exp.Lambda):
            continue
        if isinstance(column.this, exp.Star) or column.sql().lower().strip('"') in aliases:
            continue
        if rewriter.scope.type_of(column) is None:
            raise _unresolved(rewriter, column)
        outer = exp.column(column.args["table"].copy()) if column.table else None
        if outer is not None and rewriter.scope.kind_of(outer) == "json":
            message = f"Expression {column.table} is not of type ROW"
            raise rewriter.failure("TYPE_MISMATCH", message, column)


def _unresolved(rewriter: Rewriter, column: exp.Column) -> QueryFailed:
    problem = rewriter.scope.problem(to_sql(column)) or ""
    name = ".".join(part.name for part in column.parts)
    if "Ambiguous" in problem:
        return rewriter.failure("AMBIGUOUS_NAME", f"Column '{name}' is ambiguous", column)
    message = (
        f"Column '{name}' cannot be resolved or requester is not authorized to access "
        "requested resources"
    )
    return rewriter.failure("COLUMN_NOT_FOUND", message, column)


def _require_name(text: str, node: exp.Table) -> None:
    """Refuse a string as a table's name, which sqlglot accepts."""
    start = node.this.meta.get("start")
    if start is not None and text[start : start + 1] == "'":
        name = text[start : node.this.meta["end"] + 1]
        raise mismatched(name, "<identifier>", position_of(text, start))


def _hide_columns(node: exp.Select) -> None:
    """Exclude hidden columns from `*`."""
    for part in node.expressions:
        star = part.this if isinstance(part, exp.Column) else part
        if isinstance(star, exp.Star):
            node.set("expressions", [
                raw(to_sql(p) + EXCLUDED) if p is part else p
                for p in node.expressions
            ])  # fmt: skip


def _name_columns(node: exp.Select) -> None:
    """Name columns without a name by their position in the result, as Trino does."""
    named = []
    for index, part in enumerate(node.expressions):
        star = isinstance(part, exp.Star) or (
            isinstance(part, exp.Var) and part.name.endswith(EXCLUDED)
        )
        if star or isinstance(part, exp.Alias | exp.Column | exp.Dot):
            named.append(part)
        else:
            named.append(exp.alias_(part, f"{UNNAMED}{index}", quoted=True))
    node.set("expressions", named)


def _require_boolean(rewriter: Rewriter, node: exp.Select) -> None:
    where = node.args.get("where")
    kind = rewriter.scope.kind_of(where.this) if where else None
    if kind not in (None, "boolean", "null", '"null"'):
        name = rewriter.scope.name_of(where.this)
        message = f"WHERE clause must evaluate to a boolean: actual type {name}"
        raise rewriter.failure("TYPE_MISMATCH", message, where)
