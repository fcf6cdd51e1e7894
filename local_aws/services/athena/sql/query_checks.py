"""Refuses queries that Trino refuses and DuckDB takes, and rewrites WITH TIES; knows no sources."""

import duckdb
from sqlglot import exp

from local_aws.services.athena.sql.dialect import raw, to_sql
from local_aws.services.athena.sql.rewriter import Rewriter
from local_aws.services.athena.sql.type_checks import family
from local_aws.services.athena.sql.types import trino_name, type_id


def require_same_types(rewriter: Rewriter, node: exp.SetOperation) -> None:
    """Require types of one group in each column of a UNION, INTERSECT or EXCEPT.

    Raises:
        QueryFailed: such as a number beside a text.
    """
    try:
        sides = [
            rewriter.scope.describe(f"* FROM ({to_sql(side)})")
            for side in (node.this, node.expression)
        ]
    except duckdb.Error:
        return  # what is wrong with a side is said when the whole query is analyzed
    for number, pair in enumerate(zip(*sides, strict=True), 1):
        kinds = [family(type_id(kind)) for kind in pair]
        if kinds[0] != kinds[1] and not any("null" in kind for kind in kinds):
            names = ", ".join(map(trino_name, pair))
            words = f"column {number} in {type(node).__name__.upper()} query has incompatible types"
            raise rewriter.failure("TYPE_MISMATCH", f"{words}: {names}", node.expression)


def require_selected(rewriter: Rewriter, node: exp.Select) -> None:
    """Require the keys of an order among the columns of SELECT DISTINCT.

    Raises:
        QueryFailed: it orders by another expression.
    """
    if not node.args.get("distinct") or not node.args.get("order"):
        return
    parts = node.expressions
    if any(part.is_star or isinstance(part, exp.Var) for part in parts):
        return
    selected = {part.alias_or_name.lower() for part in parts}
    selected |= {to_sql(part.unalias()).lower() for part in parts}
    for value in (part.this for part in node.args["order"].expressions):
        text = to_sql(rewriter.rewrite(value.copy())).lower()
        if not value.is_int and not {text, value.name.lower()} & selected:
            message = "For SELECT DISTINCT, ORDER BY expressions must appear in select list"
            raise rewriter.failure("EXPRESSION_NOT_IN_DISTINCT", message, value)


def keep_ties(rewriter: Rewriter, node: exp.Select) -> None:
    """Rewrite FETCH FIRST n ROWS WITH TIES, which DuckDB does not have.

    Raises:
        QueryFailed: there is no order.
    """
    limit = node.args.get("limit")
    options = limit.args.get("limit_options") if isinstance(limit, exp.Fetch) else None
    if options is None or not options.args.get("with_ties"):
        return
    if not node.args.get("order"):
        message = "FETCH FIRST WITH TIES clause requires ORDER BY"
        raise rewriter.failure("MISSING_ORDER_BY", message, node)
    order, count = to_sql(node.args["order"]).strip(), to_sql(limit.args["count"])
    node.set("qualify", exp.Qualify(this=raw(f"rank() OVER ({order}) <= {count}")))
    node.set("limit", None)
