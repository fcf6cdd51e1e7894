"""Rewrites a Trino query tree for DuckDB, from its sources outwards.

`Sources` says what a table name stands for; expressions are rewritten in `expressions.py`.
"""

from typing import Protocol

from sqlglot import exp

from local_aws.services.athena.failures import QueryFailed, mismatched
from local_aws.services.athena.sql.dialect import position_of, raw, to_sql
from local_aws.services.athena.sql.expressions import Expressions
from local_aws.services.athena.sql.scope import Scope
from local_aws.services.athena.sql.types import quote
from local_aws.services.athena.sql.unnest import unnested

HIDDEN = '"$path"'
EXCLUDED = f" EXCLUDE ({HIDDEN})"
UNNAMED = "_col?"


class Sources(Protocol):
    """What the rewriter needs to know of tables."""

    def open(self, table: exp.Table, text: str) -> tuple[str, bool]:
        """Return a table as a FROM text, and whether it has hidden columns.

        Raises:
            QueryFailed: there is no such table or schema.
        """


class Rewriter:
    """Rewrites one query text's tree."""

    def __init__(self, text: str, sources: Sources):
        self._sources = sources
        self.expressions = Expressions(text, self.query)
        self._text = text

    def query(self, node: exp.Query, scope: Scope) -> exp.Expression:
        """Rewrite a query of any form, its common table expressions first."""
        if with_ := node.args.get("with_"):
            for cte in with_.expressions:
                scope = self._cte(cte, scope, bool(with_.args.get("recursive")))
        if isinstance(node, exp.SetOperation):
            node.set("this", self.query(node.this, scope))
            node.set("expression", self.query(node.expression, scope))
            self._check_sides(node, scope)
        elif isinstance(node, exp.Subquery):
            node.set("this", self.query(node.this, scope))
        elif isinstance(node, exp.Select):
            self._select(node, scope)
        elif isinstance(node, exp.Values):
            self.expressions.children(node, scope)
        elif isinstance(node, exp.Table):
            return exp.select("*").from_(raw(self._table(node, scope)[0]))
        return node

    def _cte(self, cte: exp.CTE, scope: Scope, recursive: bool) -> Scope:
        inner = scope
        if recursive and isinstance(cte.this, exp.SetOperation):
            # The recursive side may name itself: it sees the columns of the first side.
            first = self.query(cte.this.this.copy(), scope)
            columns = f"({', '.join(c.name for c in cte.args['alias'].columns)})"
            seen = f"{quote(cte.alias)}{'' if columns == '()' else columns} AS ({to_sql(first)})"
            inner = scope.with_cte(cte.alias, seen)
        cte.set("this", self.query(cte.this, inner))
        return scope.with_cte(cte.alias, to_sql(cte))

    def _check_sides(self, node: exp.SetOperation, scope: Scope) -> None:
        counts = [len(side.selects) for side in (node.this, node.expression)]
        stars = any(part.is_star for side in (node.this, node.expression) for part in side.selects)
        if counts[0] != counts[1] and not stars:
            name = type(node).__name__.upper()
            message = f"{name} query has different number of fields: {counts[0]}, {counts[1]}"
            raise self.expressions.fail("TYPE_MISMATCH", message, node.expression)

    def _select(self, node: exp.Select, scope: Scope) -> None:
        inner, hidden = self._from(node, scope)
        if hidden:
            self._hide_columns(node)
        aliases = {part.alias.lower() for part in node.expressions if isinstance(part, exp.Alias)}
        for key in ("where", "group", "having", "windows", "expressions", "qualify"):
            self._part(node, key, inner, set())
        self._name_columns(node)
        self._part(node, "order", inner, aliases)
        for key in ("limit", "offset", "distinct"):
            if value := node.args.get(key):
                self.expressions.children(value, inner)
        self._require_boolean(node, inner)

    def _part(self, node: exp.Select, key: str, scope: Scope, aliases: set[str]) -> None:
        value = node.args.get(key)
        for part in value if isinstance(value, list) else [value] if value else []:
            self._check_columns(part, scope, aliases)
        if isinstance(value, list):
            node.set(key, [self._kept_name(part, scope) for part in value])
        elif value:
            self.expressions.children(value, scope)

    def _kept_name(self, part: exp.Expression, scope: Scope) -> exp.Expression:
        new = self.expressions.rewrite(part, scope)
        if isinstance(part, exp.Dot) and new is not part:
            return exp.alias_(new, part.name, quoted=True)
        return new

    def _check_columns(self, part: exp.Expression, scope: Scope, aliases: set[str]) -> None:
        """Resolve every column, so that an unknown one is reported at its place."""
        for column in part.find_all(exp.Column):
            owner = column.find_ancestor(exp.Query)
            lambda_ = column.find_ancestor(exp.Lambda)
            if (owner is not None and owner is not part.find_ancestor(exp.Query)) or lambda_:
                continue
            if isinstance(column.this, exp.Star) or column.sql().lower().strip('"') in aliases:
                continue
            if scope.type_of(column) is None:
                raise self._unresolved(column, scope)

    def _unresolved(self, column: exp.Column, scope: Scope) -> QueryFailed:
        problem = scope.problem(to_sql(column)) or ""
        name = ".".join(part.name for part in column.parts)
        if "Ambiguous" in problem:
            return self.expressions.fail("AMBIGUOUS_NAME", f"Column '{name}' is ambiguous", column)
        message = (
            f"Column '{name}' cannot be resolved or requester is not authorized to access "
            "requested resources"
        )
        return self.expressions.fail("COLUMN_NOT_FOUND", message, column)

    def _from(self, node: exp.Select, scope: Scope) -> tuple[Scope, bool]:
        from_ = node.args.get("from_")
        if not from_:
            return scope, False
        text, hidden = self._source(from_.this, scope)
        from_.set("this", raw(text))
        for join in node.args.get("joins") or []:
            so_far = scope.with_source(text)
            source, more = self._source(join.this, so_far)
            hidden = hidden or more
            join.set("this", raw(source))
            on = join.args.get("on")
            join.set("on", None)
            plain = f"{text}, {source}" if not join.args.get("using") else f"{text} {to_sql(join)}"
            if on:
                self._check_columns(on, scope.with_source(plain), set())
                join.set("on", self.expressions.rewrite(on, scope.with_source(plain)))
            text = plain
        for lateral in node.args.get("laterals") or []:
            raise self.expressions.fail(
                "NOT_SUPPORTED", "LATERAL VIEW is Hive's, not Trino's", lateral
            )
        return scope.with_source(text), hidden

    def _source(self, node: exp.Expression, scope: Scope) -> tuple[str, bool]:
        """Return a source as text, and whether it has hidden columns."""
        if isinstance(node, exp.Table):
            return self._table(node, scope)
        if isinstance(node, exp.Unnest):
            return unnested(self.expressions, node, scope), False
        if isinstance(node, exp.Lateral):
            node.set("this", self.query(node.this, scope))
            return to_sql(node), False
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table):
            text, hidden = self._table(node.this, scope)
            for join in node.this.args.get("joins") or []:
                raise self.expressions.fail("NOT_SUPPORTED", "joins in brackets", join)
            return text, hidden
        if isinstance(node, exp.Subquery | exp.Values):
            self.query(node, scope if isinstance(node, exp.Values) else _closed(scope))
            return to_sql(node), False
        raise self.expressions.fail("NOT_SUPPORTED", f"{node.key} as a source", node)

    def _table(self, node: exp.Table, scope: Scope) -> tuple[str, bool]:
        if isinstance(node.this, exp.Anonymous | exp.Func):
            name = node.this.name or node.this.key
            message = f"Table function '{name}' not registered"
            raise self.expressions.fail("FUNCTION_NOT_FOUND", message, node)
        self._require_name(node)
        if not node.args.get("db") and node.name.lower() in scope.names:
            return to_sql(node), False
        text, hidden = self._sources.open(node, self._text)
        alias = node.args.get("alias")
        named = to_sql(alias) if alias else quote(node.name)
        sample = node.args.get("sample")
        suffix = f" {to_sql(sample).strip()}" if sample else ""
        return f"{text} AS {named}{suffix}", hidden

    def _require_name(self, node: exp.Table) -> None:
        """Refuse a string as a table's name, which sqlglot lets through."""
        start = node.this.meta.get("start")
        if start is not None and self._text[start : start + 1] == "'":
            at = position_of(self._text, start)
            raise mismatched(self._text[start : node.this.meta["end"] + 1], "<identifier>", at)

    def _hide_columns(self, node: exp.Select) -> None:
        """Keep hidden columns out of `*`."""
        for part in node.expressions:
            star = part.this if isinstance(part, exp.Column) else part
            if isinstance(star, exp.Star):
                node.set("expressions", [
                    raw(to_sql(p) + EXCLUDED) if p is part else p
                    for p in node.expressions
                ])  # fmt: skip

    def _name_columns(self, node: exp.Select) -> None:
        """Mark what has no name: Trino numbers it by its place in the result."""
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

    def _require_boolean(self, node: exp.Select, scope: Scope) -> None:
        where = node.args.get("where")
        if where and scope.kind_of(where.this) not in (None, "boolean", "null", '"null"'):
            found = scope.name_of(where.this)
            message = f"WHERE clause must evaluate to a boolean: actual type {found}"
            raise self.expressions.fail("TYPE_MISMATCH", message, where)


def _closed(scope: Scope) -> Scope:
    """Return the scope of a derived table: it doesn't see the sources beside it."""
    return Scope(scope.connection, scope.ctes, scope.names, scope.sources[1:])
