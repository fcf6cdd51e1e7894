"""Rewrites Trino expressions for DuckDB where the two differ: operators, casts, subscripts.

Knows types through its scope only; functions are in `calls.py`, queries in `queries.py`.
"""

from collections.abc import Callable

from duckdb.sqltypes import DuckDBPyType
from sqlglot import exp

from local_aws.services.athena.sql import calls, type_checks
from local_aws.services.athena.sql.casts import cast
from local_aws.services.athena.sql.dialect import raw, to_sql
from local_aws.services.athena.sql.rewriter import Rewriter
from local_aws.services.athena.sql.scope import FLOATS, INTEGERS, NUMBERS, TIMES, ZONED
from local_aws.services.athena.sql.special_functions import at_its_place
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


def rewrite_expression(rewriter: Rewriter, node: exp.Expression) -> exp.Expression:
    """Return DuckDB's form of an expression, which is not a query."""
    if isinstance(node, exp.Anonymous):
        return calls.call(rewriter, node)
    if isinstance(node, exp.Literal):
        return _number(node)
    if isinstance(node, exp.Column | exp.Identifier | exp.DataType | exp.Var):
        return node
    rewriter.children(node)
    if wrapper := node.meta.get(calls.WRAPPER):
        return raw(calls.wrap(wrapper, to_sql(node)))
    if rule := _RULES.get(type(node)):
        return rule(rewriter, node)
    if isinstance(node, COMPARISONS):
        type_checks.require_comparable(rewriter, node)
        _compare_instants(rewriter, node)
    elif isinstance(node, ARITHMETIC):
        return _arithmetic(rewriter, node)
    return node


def _compare_instants(rewriter: Rewriter, node: exp.Expression) -> None:
    """Let times with a zone count as instants, whatever their zones."""
    for key in ("this", "expression", "low", "high"):
        if (part := node.args.get(key)) is not None and not isinstance(part, exp.Query):
            node.set(key, at_its_place(rewriter, part, "t_instant"))
    if isinstance(node, exp.In):
        items = [at_its_place(rewriter, item, "t_instant") for item in node.expressions]
        node.set("expressions", items)


def _between(rewriter: Rewriter, node: exp.Between) -> exp.Expression:
    checked = type_checks.between(rewriter, node)
    _compare_instants(rewriter, checked)
    return checked


def _in(rewriter: Rewriter, node: exp.In) -> exp.Expression:
    checked = type_checks.in_(rewriter, node)
    if not node.args.get("query"):
        _compare_instants(rewriter, checked)
    return checked


def _number(node: exp.Literal) -> exp.Expression:
    """Make a bare number with a point a double, as on Athena; a decimal is DECIMAL '1.5'."""
    if node.is_string or "." not in node.this or "e" in node.this.lower():
        return node
    return raw(f"{node.this}e0")


def _arithmetic(rewriter: Rewriter, node: exp.Binary) -> exp.Expression:
    scope = rewriter.scope
    left, right = (scope.kind_of(side) for side in (node.this, node.expression))
    if left is None or right is None or "null" in left or "null" in right:
        return node
    if left in NUMBERS and right in NUMBERS:
        return _divide(rewriter, node, left, right) if isinstance(node, exp.Div) else node
    kinds = {left, right}
    if isinstance(node, exp.Add | exp.Sub) and "interval" in kinds:
        if "date" in kinds:
            return raw(f"CAST({to_sql(node)} AS DATE)")
        if kinds <= {"interval", "time", *TIMES}:
            return node
    if isinstance(node, exp.Mul) and "interval" in kinds and kinds & {*NUMBERS}:
        return node
    if isinstance(node, exp.Sub) and family(left) == family(right) == "time":
        _compare_instants(rewriter, node)
        sides = [f"CAST({to_sql(side)} AS TIMESTAMP)" for side in (node.this, node.expression)]
        return raw(f"({sides[0]} - {sides[1]})")
    names = [scope.name_of(side) for side in (node.this, node.expression)]
    message = f"Cannot apply operator: {names[0]} {SIGNS[type(node)]} {names[1]}"
    raise rewriter.failure("TYPE_MISMATCH", message, node)


def _divide(rewriter: Rewriter, node: exp.Div, left: str, right: str) -> exp.Expression:
    sides = [to_sql(node.this), to_sql(node.expression)]
    if left in INTEGERS and right in INTEGERS:
        return node
    if left in FLOATS or right in FLOATS:
        text = f"t_divide({sides[0]}, {sides[1]})"
        real = {left, right} == {"float"}
        return raw(f"CAST({text} AS FLOAT)" if real else text)
    types = (rewriter.scope.type_of(side) for side in (node.this, node.expression))
    (p1, s1), (_, s2) = map(_digits, types)
    scale = max(s1, s2)
    precision = min(38, p1 + s2 + max(0, s2 - s1))
    quotient = f"t_quotient({sides[0]}, {sides[1]}, {scale})"
    return raw(f"CAST({quotient} AS DECIMAL({max(precision, scale)}, {scale}))")


def _digits(duckdb_type: DuckDBPyType) -> tuple[int, int]:
    """Return precision and scale; an integer counts as a decimal with its digits, as in Trino."""
    name = str(duckdb_type).upper()
    if name.startswith("DECIMAL"):
        return tuple(number for _, number in duckdb_type.children)
    return {"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10}.get(name, 19), 0


def _concat(rewriter: Rewriter, node: exp.DPipe) -> exp.Expression:
    scope = rewriter.scope
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
    raise rewriter.failure("FUNCTION_NOT_FOUND", message, node)


def _subscript(rewriter: Rewriter, node: exp.Bracket) -> exp.Expression:
    kind = rewriter.scope.kind_of(node.this)
    base, index = to_sql(node.this), to_sql(node.expressions[0])
    if kind == "list":
        return raw(f"t_at({base}, {index})")
    if kind == "map":
        return raw(f"t_value({base}, {index})")
    return raw(f"({base})[{index}]")


def _extract(rewriter: Rewriter, node: exp.Extract) -> exp.Expression:
    name = node.this.name.upper()
    value = at_its_place(rewriter, node.expression)
    return raw(f"extract({FIELDS.get(name, name)} FROM {to_sql(value)})")


def _at_zone(rewriter: Rewriter, node: exp.AtTimeZone) -> exp.Expression:
    instant = to_sql(node.this)
    if rewriter.scope.kind_of(node.this) != ZONED:
        instant = f"CAST(date_trunc('millisecond', {instant}) AS TIMESTAMPTZ)"
    return raw(f"t_in_zone({instant}, t_zone_number({to_sql(node.args['zone'])}))")


def _now(rewriter: Rewriter, node: exp.CurrentTimestamp) -> exp.Expression:
    return raw("date_trunc('millisecond', now())")


def _substring(rewriter: Rewriter, node: exp.Substring) -> exp.Expression:
    count = to_sql(node.args["length"]) if node.args.get("length") else "2147483647"
    return raw(f"t_substr({to_sql(node.this)}, {to_sql(node.args['start'])}, {count})")


def _position(rewriter: Rewriter, node: exp.StrPosition) -> exp.Expression:
    return raw(f"CAST(strpos({to_sql(node.this)}, {to_sql(node.args['substr'])}) AS BIGINT)")


def _json_literal(rewriter: Rewriter, node: exp.ParseJSON) -> exp.Expression:
    return raw(f"t_json_parse({to_sql(node.this)})")


# Each function gets a node whose children are rewritten already.
_RULES: dict[type[exp.Expression], Callable[[Rewriter, exp.Expression], exp.Expression]] = {
    exp.Cast: cast,
    exp.TryCast: cast,
    exp.IgnoreNulls: calls.ignoring_nulls,
    exp.GroupConcat: calls.list_aggregate,
    exp.Bracket: _subscript,
    exp.DPipe: _concat,
    exp.Extract: _extract,
    exp.AtTimeZone: _at_zone,
    exp.Substring: _substring,
    exp.StrPosition: _position,
    exp.ParseJSON: _json_literal,
    exp.Not: type_checks.logical,
    exp.And: type_checks.logical,
    exp.Or: type_checks.logical,
    exp.Case: type_checks.case,
    exp.If: type_checks.if_,
    exp.In: _in,
    exp.Between: _between,
    exp.CurrentTimestamp: _now,
}
