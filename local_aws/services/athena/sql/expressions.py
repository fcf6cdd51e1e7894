"""Rewrites Trino expressions for DuckDB where the two differ: operators, casts, subscripts.

Knows types through its scope only; functions are in `calls.py`, queries in `rewrite.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlglot import exp

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql import calls, type_checks
from local_aws.services.athena.sql.casts import cast
from local_aws.services.athena.sql.dialect import place, raw, to_sql
from local_aws.services.athena.sql.scope import FLOATS, INTEGERS, NUMBERS, TIMES, Scope
from local_aws.services.athena.sql.type_checks import SIGNS, family

COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)
FIELDS = {
    "DAYOFWEEK": "isodow",
    "DOW": "isodow",
    "DAY_OF_WEEK": "isodow",
    "DAYOFYEAR": "doy",
    "DAY_OF_YEAR": "doy",
    "DAY_OF_MONTH": "day",
    "YEAR_OF_WEEK": "isoyear",
    "YOW": "isoyear",
}


class Expressions:
    """Rewrites expressions; `query` is how a nested query is rewritten."""

    def __init__(self, text: str, query):
        self.text = text
        self.query = query
        self.lenient = False

    def fail(self, code: str, message: str, node: exp.Expression) -> QueryFailed:
        """Return an error that points at a node."""
        return QueryFailed(code, message, place(node, self.text))

    def rewrite(self, node: exp.Expression, scope: Scope) -> exp.Expression:
        """Return the node as DuckDB should see it; the node itself may be changed."""
        starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
        new = self._rewritten(node, scope)
        if new is not node and starts:
            # What is text now must still know its place, for errors further out.
            new.meta.setdefault("start", min(starts))
        return new

    def _rewritten(self, node: exp.Expression, scope: Scope) -> exp.Expression:
        if isinstance(node, exp.Query):
            return self.query(node, scope)
        if isinstance(node, exp.Anonymous):
            return calls.call(self, node, scope)
        if isinstance(node, exp.Column | exp.Identifier | exp.Literal | exp.DataType | exp.Var):
            return node
        self.children(node, scope)
        if "around" in node.meta:
            return raw(node.meta["around"].format(to_sql(node)))
        if rule := _RULES.get(type(node)):
            return rule(self, node, scope)
        if isinstance(node, COMPARISONS):
            type_checks.comparable(self, node, node.this, node.expression, scope)
        elif isinstance(node, ARITHMETIC):
            return self._arithmetic(node, scope)
        return node

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Rewrite the inside of try(): DuckDB's TRY can't hold what raises by error()."""
        outer, self.lenient = self.lenient, True
        try:
            yield
        finally:
            self.lenient = outer

    def children(self, node: exp.Expression, scope: Scope) -> None:
        """Rewrite all that is below a node."""
        for key, value in list(node.args.items()):
            if isinstance(value, list):
                new = [
                    self.rewrite(v, scope) if isinstance(v, exp.Expression) else v for v in value
                ]
                node.set(key, new)
            elif isinstance(value, exp.Expression) and key != "to":
                node.set(key, self.rewrite(value, scope))

    def _arithmetic(self, node: exp.Binary, scope: Scope) -> exp.Expression:
        left, right = (scope.kind_of(side) for side in (node.this, node.expression))
        if left is None or right is None or "null" in left or "null" in right:
            return node
        if left in NUMBERS and right in NUMBERS:
            return self._divide(node, left, right, scope) if isinstance(node, exp.Div) else node
        kinds = {left, right}
        if isinstance(node, exp.Add | exp.Sub) and "interval" in kinds:
            if "date" in kinds:
                return raw(f"CAST({to_sql(node)} AS DATE)")
            if kinds <= {"interval", "time", *TIMES}:
                return node
        if isinstance(node, exp.Mul) and "interval" in kinds and kinds & {*NUMBERS}:
            return node
        if isinstance(node, exp.Sub) and family(left) == family(right) == "time":
            sides = [f"CAST({to_sql(side)} AS TIMESTAMP)" for side in (node.this, node.expression)]
            return raw(f"({sides[0]} - {sides[1]})")
        names = [scope.name_of(side) for side in (node.this, node.expression)]
        message = f"Cannot apply operator: {names[0]} {SIGNS[type(node)]} {names[1]}"
        raise self.fail("TYPE_MISMATCH", message, node)

    def _divide(self, node: exp.Div, left: str, right: str, scope: Scope) -> exp.Expression:
        sides = [to_sql(node.this), to_sql(node.expression)]
        if left in INTEGERS and right in INTEGERS:
            return node
        if left in FLOATS or right in FLOATS:
            text = f"t_divide({sides[0]}, {sides[1]})"
            real = {left, right} == {"float"}
            return raw(f"CAST({text} AS FLOAT)" if real else text)
        (p1, s1), (_, s2) = (_decimal(scope.type_of(side)) for side in (node.this, node.expression))
        scale = max(s1, s2)
        precision = min(38, p1 + s2 + max(0, s2 - s1))
        quotient = f"({sides[0]}) / ({sides[1]})"
        return raw(f"CAST(round({quotient}, {scale}) AS DECIMAL({max(precision, scale)}, {scale}))")

    def _concat(self, node: exp.DPipe, scope: Scope) -> exp.Expression:
        sides = [node.this, node.expression]
        kinds = [scope.kind_of(side) for side in sides]
        if None in kinds or any("null" in kind for kind in kinds) or {*kinds} <= {"varchar"}:
            return node
        texts = [to_sql(side) for side in sides]
        if kinds == ["list", "list"]:
            return raw(f"list_concat({texts[0]}, {texts[1]})")
        if kinds[0] == "list":
            return raw(f"list_append({texts[0]}, {texts[1]})")
        if kinds[1] == "list":
            return raw(f"list_prepend({texts[0]}, {texts[1]})")
        if kinds == ["blob", "blob"]:
            return node
        names = ", ".join(scope.name_of(side) for side in sides)
        message = (
            f"Unexpected parameters ({names}) for function concat. Expected: "
            "concat(array(E), E) E, concat(E, array(E)) E, concat(array(E)) E, "
            "concat(varchar), concat(varbinary)"
        )
        raise self.fail("FUNCTION_NOT_FOUND", message, node)

    def _subscript(self, node: exp.Bracket, scope: Scope) -> exp.Expression:
        kind = scope.kind_of(node.this)
        base, index = to_sql(node.this), to_sql(node.expressions[0])
        if kind == "list" and not self.lenient:
            return raw(f"t_at({base}, {index})")
        if kind == "map" and not self.lenient:
            return raw(f"t_value({base}, {index})")
        return raw(f"({base})[{index}]")

    def _extract(self, node: exp.Extract, scope: Scope) -> exp.Expression:
        name = node.this.name.upper()
        return raw(f"extract({FIELDS.get(name, name)} FROM {to_sql(node.expression)})")

    def _at_zone(self, node: exp.AtTimeZone, scope: Scope) -> exp.Expression:
        instant = to_sql(node.this)
        if scope.kind_of(node.this) != "timestamp with time zone":
            instant = f"CAST({instant} AS TIMESTAMPTZ)"
        zone = node.args["zone"]
        if zone.name.upper() in ("UTC", "Z", "+00:00"):
            return raw(f"({instant})")
        return raw(f"timezone({to_sql(zone)}, {instant})")

    def _substring(self, node: exp.Substring, scope: Scope) -> exp.Expression:
        count = to_sql(node.args["length"]) if node.args.get("length") else "2147483647"
        return raw(f"t_substr({to_sql(node.this)}, {to_sql(node.args['start'])}, {count})")

    def _position(self, node: exp.StrPosition, scope: Scope) -> exp.Expression:
        return raw(f"CAST(strpos({to_sql(node.this)}, {to_sql(node.args['substr'])}) AS BIGINT)")

    def _json_literal(self, node: exp.ParseJSON, scope: Scope) -> exp.Expression:
        return raw(f"t_json_parse({to_sql(node.this)})")


def _decimal(duckdb_type) -> tuple[int, int]:
    """Return precision and scale; integers count as decimals of their digits, as in Trino."""
    name = str(duckdb_type).upper()
    if name.startswith("DECIMAL"):
        return tuple(number for _, number in duckdb_type.children)
    return {"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10}.get(name, 19), 0


_RULES = {
    exp.Cast: cast,
    exp.TryCast: cast,
    exp.IgnoreNulls: calls.ignoring_nulls,
    exp.GroupConcat: calls.list_aggregate,
    exp.Bracket: Expressions._subscript,
    exp.DPipe: Expressions._concat,
    exp.Extract: Expressions._extract,
    exp.AtTimeZone: Expressions._at_zone,
    exp.Substring: Expressions._substring,
    exp.StrPosition: Expressions._position,
    exp.ParseJSON: Expressions._json_literal,
    exp.Case: type_checks.case,
    exp.If: type_checks.if_,
    exp.In: type_checks.in_,
    exp.Between: type_checks.between,
}
