"""Rewrites function calls from Trino's name and arguments to DuckDB's; knows no queries."""

from duckdb.sqltypes import DuckDBPyType
from sqlglot import exp

from local_aws.services.athena.sql import lambdas
from local_aws.services.athena.sql.dialect import raw, to_sql
from local_aws.services.athena.sql.functions import OF_ZONED, fill, template
from local_aws.services.athena.sql.rewriter import Rewriter
from local_aws.services.athena.sql.scope import INTEGERS, Scope
from local_aws.services.athena.sql.special_functions import SPECIAL, at_its_place
from local_aws.services.athena.sql.tries import attempt

WRAPPER = "wrapper"
"""Key in a node's meta of the template to put around the rewritten node."""


def call(rewriter: Rewriter, node: exp.Anonymous) -> exp.Expression:
    """Return a function call as DuckDB's text.

    Raises:
        QueryFailed: Trino has no such function.
    """
    name = node.name.lower()
    if name in lambdas.LAMBDAS and any(isinstance(a, exp.Lambda) for a in node.expressions):
        return raw(lambdas.rewrite_call(rewriter, name, node))
    lambdas.refuse(rewriter, name, node)
    if name == "try" and len(node.expressions) == 1:
        return raw(attempt(rewriter, node.expressions[0]))
    arguments = [_argument(rewriter, child) for child in node.expressions]
    if any(isinstance(a, exp.Distinct) and len(a.expressions) > 1 for a in arguments):
        values = [value for argument in arguments for value in argument.expressions]
        types = ", ".join(map(rewriter.scope.name_of, values))
        message = f"Unexpected parameters ({types}) for function {name}"
        raise rewriter.failure("FUNCTION_NOT_FOUND", message, node)
    if arguments and (macro := OF_ZONED.get(name)):
        arguments[0] = at_its_place(rewriter, arguments[0], macro)
    if name in SPECIAL:
        return raw(SPECIAL[name](rewriter, node, arguments))
    templates = template(name, len(arguments))
    if templates is None:
        raise rewriter.failure("FUNCTION_NOT_FOUND", f"Function '{name}' not registered", node)
    texts = [to_sql(argument) for argument in arguments]
    if name in ("sum", "avg"):
        return raw(_typed_aggregate(name, arguments[0], texts[0], node, rewriter.scope))
    inner, wrapper = templates
    try:
        filled = fill(inner, texts)
    except IndexError:
        types = ", ".join(rewriter.scope.name_of(argument) for argument in arguments)
        message = f"Unexpected parameters ({types}) for function {name}"
        raise rewriter.failure("FUNCTION_NOT_FOUND", message, node) from None
    return raw(_wrapped(node, filled, wrapper))


def _argument(rewriter: Rewriter, node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Order | exp.Distinct | exp.Ordered):
        rewriter.children(node)
        return node
    return rewriter.rewrite(node)


def _typed_aggregate(
    name: str, argument: exp.Expression, text: str, node: exp.Anonymous, scope: Scope
) -> str:
    """Give sum and avg Trino's result types: bigint for integers, decimal for decimals."""
    value = argument.expressions[0] if isinstance(argument, exp.Distinct) else argument
    kind = scope.kind_of(value)
    if name == "avg" and kind == "decimal":
        decimal = scope.type_of(value)
        (_, _), (_, scale) = decimal.children
        quotient = f"t_quotient({{}}, {{count}}, {scale})"
        return _wrapped(node, f"sum({text})", f"CAST({quotient} AS {decimal})")
    target = _result_type(name, kind, scope.type_of(value))
    return _wrapped(node, f"{name}({text})", f"CAST({{}} AS {target})" if target else None)


def _result_type(name: str, kind: str | None, duckdb_type: DuckDBPyType | None) -> str | None:
    """Return the type to cast a sum or an average to; None if DuckDB's type is Trino's."""
    if name == "sum" and kind in INTEGERS:
        return "BIGINT"
    if name == "sum" and kind == "float":
        return "FLOAT"
    if name == "avg" and kind == "float":
        return str(duckdb_type)
    return None


def _wrapped(node: exp.Expression, inner: str, wrapper: str | None) -> str:
    """Return the text of a call inside its wrapper, which encloses FILTER and OVER too."""
    if wrapper is None:
        return inner
    outer = node
    while isinstance(outer.parent, exp.Window | exp.Filter) and outer.parent.this is outer:
        outer = outer.parent
    if outer is node:
        return wrap(wrapper, inner)
    outer.meta[WRAPPER] = wrapper
    return inner


def wrap(wrapper: str, call: str) -> str:
    """Put a call into its wrapper; `{count}` is the count of what the call sums."""
    return wrapper.format(call, count=call.replace("sum(", "count(", 1))


def ignoring_nulls(rewriter: Rewriter, node: exp.IgnoreNulls) -> exp.Expression:
    """Move IGNORE NULLS inside the call, as in DuckDB's syntax."""
    text = to_sql(node.this)
    return raw(f"{text[:-1]} IGNORE NULLS)")


def list_aggregate(rewriter: Rewriter, node: exp.GroupConcat) -> exp.Expression:
    """Rewrite LISTAGG."""
    separator = to_sql(node.args["separator"]) if node.args.get("separator") else "''"
    value = node.this
    order = ""
    if isinstance(value, exp.Order):
        order = " " + to_sql(exp.Order(expressions=value.expressions)).strip()
        value = value.this
    return raw(f"string_agg({to_sql(value)}, {separator}{order})")
