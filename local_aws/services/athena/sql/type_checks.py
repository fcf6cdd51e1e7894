"""Requires matching types where Trino does and DuckDB would convert values; rewrites nothing."""

from sqlglot import exp

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.dialect import position_of_node, position_of_word
from local_aws.services.athena.sql.rewriter import Rewriter
from local_aws.services.athena.sql.scope import NUMBERS, TIMES

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
    """Return the group of comparable types that a type belongs to."""
    if kind in NUMBERS:
        return "number"
    return "time" if kind in TIMES or kind == "date" else kind


def require_comparable(rewriter: Rewriter, node: exp.Binary) -> None:
    """Raise for a comparison of different groups of types, such as date and varchar."""
    sides, scope = (node.this, node.expression), rewriter.scope
    if any(isinstance(side, exp.Query | exp.Any | exp.All) for side in sides):
        return
    kinds = [family(scope.kind_of(side)) for side in sides]
    if None in kinds or kinds[0] == kinds[1] or any("null" in kind for kind in kinds):
        return
    if {*kinds} <= {"struct", "tuple"}:
        return
    names = [scope.name_of(side) for side in sides]
    sign = SIGNS.get(type(node), "=")
    message = f"Cannot apply operator: {names[0]} {sign} {names[1]}"
    raise rewriter.failure("TYPE_MISMATCH", message, node)


def require_one_family(
    rewriter: Rewriter, values: list[exp.Expression], role: str, node: exp.Expression
) -> None:
    """Raise if values have no common type; `role` names them in the error.

    Raises:
        QueryFailed: such as a CASE with a number and a text as results.
    """
    names: dict[str, str] = {}
    for value in values:
        kind = family(rewriter.scope.kind_of(value))
        if kind is not None and "null" not in kind:
            key = "row" if kind in ("struct", "tuple") else kind
            names.setdefault(key, rewriter.scope.name_of(value))
    if len(names) > 1:
        first, second, *_ = names.values()
        message = (
            f"All {role} must be the same type or coercible to a common type. Cannot find "
            f"common type between {first} and {second}, all types (without duplicates): "
            f"[{', '.join(names.values())}]"
        )
        text = rewriter.text
        case_word = position_of_word(node, "CASE", text) if isinstance(node, exp.Case) else None
        raise QueryFailed("TYPE_MISMATCH", message, case_word or position_of_node(node, text))


def logical(rewriter: Rewriter, node: exp.Expression) -> exp.Expression:
    """Require booleans for NOT, AND and OR."""
    for part in (node.this, node.args.get("expression")):
        kind = rewriter.scope.kind_of(part) if part is not None else None
        if kind is None or kind == "boolean" or "null" in kind:
            continue
        name = rewriter.scope.name_of(part)
        role = "Value of logical NOT" if isinstance(node, exp.Not) else "Logical"
        message = f"{role} expression must evaluate to a boolean (actual: {name})"
        raise rewriter.failure("TYPE_MISMATCH", message, part)
    return node


def case(rewriter: Rewriter, node: exp.Case) -> exp.Expression:
    """Require one type for all results of a CASE."""
    values = [branch.args["true"] for branch in node.args["ifs"]]
    if node.args.get("default") is not None:
        values.append(node.args["default"])
    require_one_family(rewriter, values, "CASE results", node)
    return node


def if_(rewriter: Rewriter, node: exp.If) -> exp.Expression:
    """Require one type for both results of an IF."""
    if node.args.get("false") is not None and not isinstance(node.parent, exp.Case):
        require_one_family(rewriter, [node.args["true"], node.args["false"]], "IF results", node)
    return node


def in_(rewriter: Rewriter, node: exp.In) -> exp.Expression:
    """Require the value's type for all items of an IN list."""
    scope = rewriter.scope
    for value in node.expressions:
        kinds = [family(scope.kind_of(side)) for side in (node.this, value)]
        if None not in kinds and kinds[0] != kinds[1] and '"null"' not in kinds:
            if "null" in kinds:
                continue
            message = (
                "IN value and list items must be the same type: "
                f"{scope.name_of(node.this)}, {scope.name_of(value)}"
            )
            raise rewriter.failure("TYPE_MISMATCH", message, value)
    return node


def between(rewriter: Rewriter, node: exp.Between) -> exp.Expression:
    """Require the value's type for both ends of a BETWEEN."""
    scope = rewriter.scope
    low, high = node.args["low"], node.args["high"]
    for side in (low, high):
        kinds = [family(scope.kind_of(part)) for part in (node.this, side)]
        if None in kinds or kinds[0] == kinds[1] or any("null" in kind for kind in kinds):
            continue
        first, *rest = [scope.name_of(part) for part in (node.this, low, high)]
        message = f"Cannot check if {first} is BETWEEN {' and '.join(rest)}"
        raise rewriter.failure("TYPE_MISMATCH", message, node)
    return node
