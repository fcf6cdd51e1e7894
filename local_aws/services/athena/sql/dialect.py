"""Parses Athena's SQL with sqlglot's Trino grammar; knows syntax, not meaning.

sqlglot's table of functions is emptied: every call stays as it was written, and only `functions.py`
translates it.
"""

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.trino import Trino
from sqlglot.errors import ErrorLevel, ParseError, TokenError
from sqlglot.tokens import TokenType

from local_aws.services.athena.failures import MalformedQuery, Position, mismatched

_SPECIAL = ("CAST", "TRY_CAST", "EXTRACT", "TRIM", "POSITION", "SUBSTRING", "LISTAGG")


class AthenaTrino(Trino):
    """Trino's grammar with uninterpreted functions and subscripts as written."""

    INDEX_OFFSET = 0

    class Parser(Trino.Parser):
        """Reads every function without special syntax as an anonymous function."""

        FUNCTIONS = {}
        FUNCTION_PARSERS = {
            name: parser
            for name, parser in Trino.Parser.FUNCTION_PARSERS.items()
            if name in _SPECIAL
        }
        # Not `::`, `->` and the others of PostgreSQL and Snowflake.
        COLUMN_OPERATORS = {TokenType.DOT: Trino.Parser.COLUMN_OPERATORS[TokenType.DOT]}


class Target(DuckDB):
    """DuckDB's SQL, for trees whose functions are already DuckDB's."""

    INDEX_OFFSET = 0


def parse(text: str) -> exp.Expression:
    """Parse one query.

    Raises:
        MalformedQuery: with Trino's message and the position of the unexpected token.
    """
    try:
        trees = sqlglot.parse(text, dialect=AthenaTrino, error_level=ErrorLevel.IMMEDIATE)
    except TokenError as error:
        raise MalformedQuery(
            f"mismatched input. {str(error).splitlines()[0]}", Position(1, 1)
        ) from None
    except ParseError as error:
        raise _in_trinos_words(text, error) from None
    trees = [tree for tree in trees if tree is not None]
    if len(trees) > 1:
        raise MalformedQuery("Only one sql statement is allowed. Got: " + text)
    if not trees:
        raise mismatched("<EOF>", "<query>", Position(1, 1))
    return trees[0]


def _in_trinos_words(text: str, error: ParseError) -> MalformedQuery:
    problem = error.errors[0]
    if "SENTINEL" in problem["description"] or not problem["highlight"]:
        return mismatched("<EOF>", "<expression>", end_of(text))
    token = problem["highlight"]
    position = Position(problem["line"], max(1, problem["col"] - len(token) + 1))
    unfinished = problem["description"].startswith(("Required", "Expecting"))
    if unfinished and position == _last(text, token):
        return mismatched("<EOF>", "<expression>", end_of(text))
    return mismatched(token, "<expression>", position)


def _last(text: str, token: str) -> Position | None:
    stripped = text.rstrip().rstrip(";").rstrip()
    return position_of(text, len(stripped) - len(token)) if stripped.endswith(token) else None


def end_of(text: str) -> Position:
    """Return the position behind the end of the text."""
    return position_of(text, len(text.rstrip()))


def position_of(text: str, offset: int) -> Position:
    """Return the line and column of an offset."""
    before = text[:offset]
    return Position(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def position_of_node(node: exp.Expression, text: str) -> Position | None:
    """Return the position of a node in its text."""
    starts = [n.meta["start"] for n in node.walk() if "start" in n.meta]
    return position_of(text, min(starts)) if starts else None


def position_of_word(node: exp.Expression, word: str, text: str) -> Position | None:
    """Return the position of the last `word` before a node's first token, such as its CAST."""
    starts = [n.meta["start"] for n in node.walk() if "start" in n.meta]
    offset = text.upper().rfind(word, 0, min(starts)) if starts else -1
    return position_of(text, offset) if offset >= 0 else None


def raw(text: str) -> exp.Var:
    """Return DuckDB's text as a node, which is written unchanged."""
    return exp.Var(this=text)


def to_sql(node: exp.Expression) -> str:
    """Write a rewritten tree as DuckDB's SQL."""
    return node.sql(dialect=Target, unsupported_level=ErrorLevel.IGNORE)
