"""Rewrites function calls: Trino's name and arguments to DuckDB's, by the tables of templates."""

from sqlglot import exp

from local_aws.services.athena.sql import lambdas
from local_aws.services.athena.sql.dialect import raw, to_sql
from local_aws.services.athena.sql.functions import fill, template
from local_aws.services.athena.sql.scope import INTEGERS, Scope
from local_aws.services.athena.sql.special_functions import SPECIAL


def call(owner, node: exp.Anonymous, scope: Scope) -> exp.Expression:
    """Return a call as DuckDB's text.

    Raises:
        QueryFailed: Trino has no such function.
    """
    name = node.name.lower()
    if name in lambdas.LAMBDAS and any(isinstance(a, exp.Lambda) for a in node.expressions):
        return raw(lambdas.rewrite(owner, name, node, scope))
    lambdas.refuse(owner, name, node)
    if name == "try" and len(node.expressions) == 1:
        with owner.trying():
            return raw(f"TRY({to_sql(owner.rewrite(node.expressions[0], scope))})")
    arguments = [_argument(owner, child, scope) for child in node.expressions]
    if name in SPECIAL:
        return raw(SPECIAL[name](owner, node, arguments, scope))
    found = template(name, len(arguments))
    if found is None:
        raise owner.fail("FUNCTION_NOT_FOUND", f"Function '{name}' not registered", node)
    texts = [to_sql(argument) for argument in arguments]
    if name in ("sum", "avg"):
        return raw(_typed_aggregate(name, arguments[0], texts, node, scope))
    try:
        inner = fill(found[0], texts)
    except IndexError:
        raise owner.fail("FUNCTION_NOT_FOUND", _unexpected(name, arguments, scope), node) from None
    return raw(outside(node, inner, found[1]))


def _argument(owner, node: exp.Expression, scope: Scope) -> exp.Expression:
    if isinstance(node, exp.Order | exp.Distinct | exp.Ordered):
        owner.children(node, scope)
        return node
    return owner.rewrite(node, scope)


def _unexpected(name: str, arguments: list, scope: Scope) -> str:
    types = ", ".join(scope.name_of(argument) for argument in arguments)
    return f"Unexpected parameters ({types}) for function {name}"


def _typed_aggregate(name: str, argument, texts, node, scope: Scope) -> str:
    """Give sum and avg Trino's result types: bigint of integers, a decimal of decimals."""
    value = argument.expressions[0] if isinstance(argument, exp.Distinct) else argument
    kind = scope.kind_of(value)
    if name == "sum" and kind in INTEGERS:
        return outside(node, f"sum({texts[0]})", "CAST({} AS BIGINT)")
    if name == "sum" and kind == "float":
        return outside(node, f"sum({texts[0]})", "CAST({} AS FLOAT)")
    if name == "avg" and kind in ("decimal", "float"):
        target = str(scope.type_of(value))
        return outside(node, f"avg({texts[0]})", "CAST({} AS " + target + ")")
    return f"{name}({texts[0]})"


def outside(node: exp.Expression, inner: str, around: str | None) -> str:
    """Return the inner text; remember what must go around its FILTER and OVER."""
    if around is None:
        return inner
    outer = node
    while isinstance(outer.parent, exp.Window | exp.Filter) and outer.parent.this is outer:
        outer = outer.parent
    if outer is node:
        return around.format(inner)
    outer.meta["around"] = around
    return inner


def ignoring_nulls(owner, node: exp.IgnoreNulls, scope: Scope) -> exp.Expression:
    """Move IGNORE NULLS to where DuckDB has it, inside the call."""
    text = to_sql(node.this)
    return raw(f"{text[:-1]} IGNORE NULLS)")


def list_aggregate(owner, node: exp.GroupConcat, scope: Scope) -> exp.Expression:
    """Rewrite LISTAGG."""
    separator = to_sql(node.args["separator"]) if node.args.get("separator") else "''"
    value = node.this
    order = ""
    if isinstance(value, exp.Order):
        order = " " + to_sql(exp.Order(expressions=value.expressions)).strip()
        value = value.this
    return raw(f"string_agg({to_sql(value)}, {separator}{order})")
