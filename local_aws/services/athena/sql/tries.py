"""Rewrites TRY for DuckDB; knows no queries.

DuckDB allows no aggregates, windows and subqueries inside TRY. They are computed before it, as in
Trino, whose TRY catches no failure of theirs, and a lambda gets them.
"""

from sqlglot import exp

from local_aws.services.athena.sql.dialect import to_sql
from local_aws.services.athena.sql.functions import AGGREGATES
from local_aws.services.athena.sql.rewriter import Rewriter
from local_aws.services.athena.sql.types import quote

_AGGREGATES = {name.split("/")[0] for name in AGGREGATES} | set(
    """count bool_and bool_or corr covar_pop covar_samp regr_slope regr_intercept stddev
    stddev_pop stddev_samp variance var_pop var_samp skewness kurtosis array_agg any_value
    """.split()
)
_BEFORE = (exp.Window, exp.Filter, exp.IgnoreNulls, exp.GroupConcat, exp.Query, exp.Exists)


def attempt(rewriter: Rewriter, body: exp.Expression) -> str:
    """Return TRY(body) as DuckDB's text."""
    depth = len(rewriter.scope.sources)
    texts, types = {}, {}
    holder = exp.Paren(this=body)
    for part in list(_computed_before(body)):
        name = f"#{len(texts)}@{depth}"
        value = rewriter.rewrite(part.copy())
        texts[name], types[name] = to_sql(value), rewriter.scope.type_of(value)
        part.replace(exp.column(exp.to_identifier(name, quoted=True)))
    body = holder.this
    if not texts:
        return f"TRY({to_sql(rewriter.rewrite(body))})"
    inner = rewriter.inside(rewriter.scope.with_parameters(types))
    text = to_sql(inner.rewrite(body))
    for index, name in enumerate(texts):
        text = text.replace(quote(name), f"t{depth}['v{index}']")
    fields = ", ".join(f"v{i} := {value}" for i, value in enumerate(texts.values()))
    return f"list_transform([struct_pack({fields})], lambda t{depth}: TRY({text}))[1]"


def _computed_before(node: exp.Expression) -> list[exp.Expression]:
    """Return the outermost parts that DuckDB does not allow inside TRY."""
    if isinstance(node, _BEFORE) or isinstance(node, exp.In) and node.args.get("query"):
        return [node]
    if isinstance(node, exp.Anonymous) and node.name.lower() in _AGGREGATES:
        return [node]
    return [part for child in node.iter_expressions() for part in _computed_before(child)]
