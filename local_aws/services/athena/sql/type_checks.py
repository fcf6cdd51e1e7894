"""Requires types to fit where Trino requires it and DuckDB would convert on its own."""

from sqlglot import exp

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.dialect import place, place_of_word
from local_aws.services.athena.sql.scope import NUMBERS, TIMES, Scope

SIGNS = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM",
    exp.NullSafeNEQ: "IS DISTINCT FROM",
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.Mod: "%",
}


def family(kind: str | None) -> str | None:
    """Return the group of types that compare with one another."""
    if kind in NUMBERS:
        return "number"
    return "time" if kind in TIMES or kind == "date" else kind


def comparable(owner, node, left, right, scope: Scope) -> None:
    """Raise for a comparison of types that have nothing in common, such as date and varchar."""
    if isinstance(left, exp.Query | exp.Any | exp.All) or isinstance(
        right, exp.Query | exp.Any | exp.All
    ):
        return
    kinds = [family(scope.kind_of(side)) for side in (left, right)]
    if None in kinds or kinds[0] == kinds[1] or any("null" in kind for kind in kinds):
        return
    if {*kinds} <= {"struct", "tuple"}:
        return
    names = [scope.name_of(side) for side in (left, right)]
    sign = SIGNS.get(type(node), "=")
    message = f"Cannot apply operator: {names[0]} {sign} {names[1]}"
    raise owner.fail("TYPE_MISMATCH", message, node)


def require_one_family(owner, values: list, what: str, node, scope: Scope) -> None:
    """Raise when values that must have a common type have none.

    Raises:
        QueryFailed: such as a CASE that gives a number here and a text there.
    """
    found: dict[str, str] = {}
    for value in values:
        kind = family(scope.kind_of(value))
        if kind is not None and "null" not in kind:
            found.setdefault("row" if kind in ("struct", "tuple") else kind, scope.name_of(value))
    if len(found) > 1:
        first, second, *_ = found.values()
        message = (
            f"All {what} must be the same type or coercible to a common type. Cannot find "
            f"common type between {first} and {second}, all types (without duplicates): "
            f"[{', '.join(found.values())}]"
        )
        at = place_of_word(node, "CASE", owner.text) if isinstance(node, exp.Case) else None
        raise QueryFailed("TYPE_MISMATCH", message, at or place(node, owner.text))


def case(owner, node: exp.Case, scope: Scope) -> exp.Expression:
    """Require one type of all results of a CASE."""
    values = [branch.args["true"] for branch in node.args["ifs"]]
    if node.args.get("default") is not None:
        values.append(node.args["default"])
    require_one_family(owner, values, "CASE results", node, scope)
    return node


def if_(owner, node: exp.If, scope: Scope) -> exp.Expression:
    """Require one type of both results of an IF."""
    if node.args.get("false") is not None and not isinstance(node.parent, exp.Case):
        require_one_family(
            owner, [node.args["true"], node.args["false"]], "IF results", node, scope
        )
    return node


def in_(owner, node: exp.In, scope: Scope) -> exp.Expression:
    """Require the type of the value of all items of an IN list."""
    for value in node.expressions:
        kinds = [family(scope.kind_of(side)) for side in (node.this, value)]
        if None not in kinds and kinds[0] != kinds[1] and '"null"' not in kinds:
            if "null" in kinds:
                continue
            message = (
                "IN value and list items must be the same type: "
                f"{scope.name_of(node.this)}, {scope.name_of(value)}"
            )
            raise owner.fail("TYPE_MISMATCH", message, value)
    return node


def between(owner, node: exp.Between, scope: Scope) -> exp.Expression:
    """Require the type of the value of both ends of a BETWEEN."""
    for side in (node.args["low"], node.args["high"]):
        kinds = [family(scope.kind_of(part)) for part in (node.this, side)]
        if None in kinds or kinds[0] == kinds[1] or any("null" in kind for kind in kinds):
            continue
        names = ", ".join(
            scope.name_of(part) for part in (node.this, node.args["low"], node.args["high"])
        )
        first, *rest = names.split(", ")
        message = f"Cannot check if {first} is BETWEEN {' and '.join(rest)}"
        raise owner.fail("TYPE_MISMATCH", message, node)
    return node
