"""The failures of queries in Athena's words: Trino's error names, categories, positions; no SQL."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Position:
    """A position in the query text; line and column count from 1, as in Trino."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}:{self.column}"


class QueryFailed(Exception):
    """Raised for a query that ends FAILED; `reason` is its StateChangeReason.

    With code '' the reason has no error name, as for a scan limit or a Hive DDL error.
    """

    def __init__(self, code: str, message: str, position: Position | None = None):
        text = f"{position}: {message}" if position else message
        self.code = code
        self.reason = f"{code}: {text}" if code else text
        super().__init__(self.reason)


class MalformedQuery(QueryFailed):
    """Raised for a statement that can't be parsed: StartQueryExecution refuses it."""

    def __init__(self, message: str, position: Position | None = None):
        super().__init__("", message, position)


class Cancelled(Exception):
    """Raised when a query was stopped, or has exceeded its workgroup's limit."""


def mismatched(token: str, expected: str, position: Position) -> MalformedQuery:
    """Return the error for an unexpected token."""
    return MalformedQuery(f"mismatched input '{token}'. Expecting: {expected}", position)


def athena_error(failure: QueryFailed) -> dict:
    """Return the AthenaError of an execution: category 1 is a system error, 2 a user error."""
    system = failure.code in ("GENERIC_INTERNAL_ERROR", "INTERNAL_ERROR")
    return {
        "ErrorCategory": 1 if system else 2,
        "ErrorType": _TYPES.get(failure.code, 1 if system else 1006),
        "Retryable": system,
        "ErrorMessage": failure.reason,
    }


# Error types of the Athena error catalog, for the codes that it has.
_TYPES = {
    "SYNTAX_ERROR": 1006,
    "TABLE_NOT_FOUND": 1301,
    "SCHEMA_NOT_FOUND": 1302,
    "COLUMN_NOT_FOUND": 1303,
    "TYPE_MISMATCH": 1304,
    "FUNCTION_NOT_FOUND": 1305,
    "DIVISION_BY_ZERO": 1401,
    "INVALID_CAST_ARGUMENT": 1402,
    "HIVE_BAD_DATA": 1501,
    "HIVE_CURSOR_ERROR": 1502,
}
