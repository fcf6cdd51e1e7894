"""The scope of an expression in a query: finds types by DuckDB; knows no files.

Tables are empty while a query is analyzed, so DuckDB answers in a fraction of a millisecond.
"""

from dataclasses import dataclass, field, replace

import duckdb
from duckdb.sqltypes import DuckDBPyType
from sqlglot import exp

from local_aws.services.athena.sql.dialect import to_sql
from local_aws.services.athena.sql.types import quote, trino_name, type_id

INTEGERS = ("tinyint", "smallint", "integer", "bigint", "hugeint", "ubigint", "uinteger")
FLOATS = ("float", "double")
NUMBERS = (*INTEGERS, *FLOATS, "decimal")
ZONED = "timestamp with time zone"
TIMES = ("timestamp", ZONED, "timestamp_s", "timestamp_ms", "timestamp_ns")


@dataclass(frozen=True)
class Scope:
    """The visible common table expressions, sources and lambda parameters."""

    connection: duckdb.DuckDBPyConnection
    ctes: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    sources: tuple[str, ...] = ()
    """FROM texts, the innermost query's first."""
    known: dict[str, DuckDBPyType | None] = field(default_factory=dict)

    def with_cte(self, name: str, text: str) -> "Scope":
        """Return the scope with one more common table expression."""
        return replace(self, ctes=(*self.ctes, text), names=self.names | {name.lower()}, known={})

    def with_source(self, text: str) -> "Scope":
        """Return the scope inside a query over a source; outer sources stay visible."""
        return replace(self, sources=(text, *self.sources), known={})

    def with_parameters(self, types: dict[str, DuckDBPyType | None]) -> "Scope":
        """Return the scope of a lambda's body; a parameter of unknown type has type None."""
        columns = ", ".join(
            f"CAST(NULL AS {kind if kind is not None else 'VARCHAR'}) AS {quote(name)}"
            for name, kind in types.items()
        )
        return self.with_source(f'(SELECT {columns}) AS "{"_".join(types)}#"')

    def closed(self) -> "Scope":
        """Return the scope of a derived table, without the sources beside it."""
        return replace(self, sources=self.sources[1:], known={})

    def type_of(self, node: exp.Expression) -> DuckDBPyType | None:
        """Return the DuckDB type of a rewritten expression; None if it is unknown."""
        text = to_sql(node)
        if text not in self.known:
            self.known[text] = self._ask(text)
        return self.known[text]

    def kind_of(self, node: exp.Expression) -> str | None:
        """Return the id of an expression's type, such as `list`; None if it is unknown."""
        duckdb_type = self.type_of(node)
        return None if duckdb_type is None else type_id(duckdb_type)

    def name_of(self, node: exp.Expression) -> str:
        """Return an expression's type in the words of error messages."""
        if isinstance(node, exp.Literal) and node.is_string:
            return f"varchar({len(node.this)})"
        duckdb_type = self.type_of(node)
        return "unknown" if duckdb_type is None else trino_name(duckdb_type)

    def problem(self, text: str) -> str | None:
        """Return DuckDB's error for an expression, or None."""
        try:
            self.describe(text)
        except duckdb.Error as error:
            return str(error)
        return None

    def describe(self, text: str) -> list[DuckDBPyType]:
        """Return the types of a select list over this scope's sources."""
        prefix = f"WITH RECURSIVE {', '.join(self.ctes)} " if self.ctes else ""
        source = f" FROM {', '.join(self.sources)}" if self.sources else ""
        return self.connection.sql(f"{prefix}SELECT {text}{source}").types

    def _ask(self, text: str) -> DuckDBPyType | None:
        # The innermost sources alone first: a name that hides an outer one is not ambiguous.
        for count in range(1, len(self.sources) + 1) if self.sources else [0]:
            try:
                return replace(self, sources=self.sources[:count]).describe(text)[0]
            except duckdb.Error:
                continue
        return None
