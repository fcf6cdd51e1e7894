"""The contract of the modules that translate expressions: each gets one `Rewriter`.

It knows the text, the scope and the functions for nested nodes, and no translation: these are in
`expressions.py`, `calls.py`, the modules that they import, and `queries.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlglot import exp

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.dialect import position_of_node
from local_aws.services.athena.sql.scope import Scope


@dataclass(frozen=True)
class Rewriter:
    """Rewrites the expressions in one scope of a query text for DuckDB."""

    text: str
    scope: Scope
    """The names in this scope."""
    query: Callable[["Rewriter", exp.Query], exp.Expression]
    """Rewrites a nested query."""
    expression: Callable[["Rewriter", exp.Expression], exp.Expression]
    """Rewrites any other expression, with all nodes below it."""

    def inside(self, scope: Scope) -> "Rewriter":
        """Return a rewriter for another scope."""
        return replace(self, scope=scope)

    def rewrite(self, node: exp.Expression) -> exp.Expression:
        """Return DuckDB's form of a node; the argument may be changed."""
        starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
        new = self.query(self, node) if isinstance(node, exp.Query) else self.expression(self, node)
        if new is not node and starts:
            # A text has no nodes below it: it keeps the offset for errors of outer nodes.
            new.meta.setdefault("start", min(starts))
        return new

    def children(self, node: exp.Expression) -> None:
        """Rewrite all nodes below a node."""
        for key, value in list(node.args.items()):
            if isinstance(value, list):
                new = [self.rewrite(v) if isinstance(v, exp.Expression) else v for v in value]
                node.set(key, new)
            elif isinstance(value, exp.Expression) and key != "to":
                node.set(key, self.rewrite(value))

    def failure(self, code: str, message: str, node: exp.Expression) -> QueryFailed:
        """Return an error that points at a node."""
        return QueryFailed(code, message, position_of_node(node, self.text))
