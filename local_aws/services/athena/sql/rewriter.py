"""The contract of the modules that translate expressions: each is given one `Rewriter`.

It knows the text, the scope and how to go on downwards; the translations are in `expressions.py`,
`calls.py` and the modules that these import, those of whole queries in `queries.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlglot import exp

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.dialect import position_of_node
from local_aws.services.athena.sql.scope import Scope


@dataclass(frozen=True)
class Rewriter:
    """Rewrites the expressions of one query text for DuckDB, at one place in it."""

    text: str
    scope: Scope
    """The names that can be used at this place."""
    query: Callable[["Rewriter", exp.Query], exp.Expression]
    """Rewrites a nested query."""
    expression: Callable[["Rewriter", exp.Expression], exp.Expression]
    """Rewrites any other expression, all that is below it included."""
    lenient: bool = False
    """Whether this is inside try(): DuckDB's TRY can't hold what raises by error()."""

    def inside(self, scope: Scope) -> "Rewriter":
        """Return the rewriter of a place with another scope."""
        return replace(self, scope=scope)

    def trying(self) -> "Rewriter":
        """Return the rewriter of the inside of try()."""
        return replace(self, lenient=True)

    def rewrite(self, node: exp.Expression) -> exp.Expression:
        """Return the node as DuckDB should see it; the node itself may be changed."""
        starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
        new = self.query(self, node) if isinstance(node, exp.Query) else self.expression(self, node)
        if new is not node and starts:
            # Text has no nodes below it: it keeps its offset, for errors further out.
            new.meta.setdefault("start", min(starts))
        return new

    def children(self, node: exp.Expression) -> None:
        """Rewrite all that is below a node."""
        for key, value in list(node.args.items()):
            if isinstance(value, list):
                new = [self.rewrite(v) if isinstance(v, exp.Expression) else v for v in value]
                node.set(key, new)
            elif isinstance(value, exp.Expression) and key != "to":
                node.set(key, self.rewrite(value))

    def failure(self, code: str, message: str, node: exp.Expression) -> QueryFailed:
        """Return an error that points at a node."""
        return QueryFailed(code, message, position_of_node(node, self.text))
