"""How Athena words a failed query: Trino's error names, categories and positions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Position:
    """A place in the query text, both counted from 1 as Trino counts them."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}:{self.column}"


class QueryFailed(Exception):
    """A query that ends FAILED; `reason` is its StateChangeReason.

    With code '' the reason stands alone, as for a scan limit or a Hive DDL error.
    """

    def __init__(self, code: str, message: str, position: Position | None = None):
        text = f"{position}: {message}" if position else message
        self.code = code
        self.reason = f"{code}: {text}" if code else text
        super().__init__(self.reason)


class MalformedQuery(QueryFailed):
    """A statement that can't be parsed: StartQueryExecution itself refuses it."""

    def __init__(self, message: str, position: Position | None = None):
        super().__init__("", message, position)


class Cancelled(Exception):
    """The query was stopped by its user, or grew over its workgroup's limit."""


def mismatched(token: str, expected: str, position: Position) -> MalformedQuery:
    """Return the error for a token that can't stand where it stands."""
    return MalformedQuery(f"mismatched input '{token}'. Expecting: {expected}", position)


def athena_error(failure: QueryFailed) -> dict:
    """Return the AthenaError of an execution: category 1 is the system's fault, 2 the user's."""
    system = failure.code in ("GENERIC_INTERNAL_ERROR", "INTERNAL_ERROR")
    return {
        "ErrorCategory": 1 if system else 2,
        "ErrorType": _TYPES.get(failure.code, 1 if system else 1006),
        "Retryable": system,
        "ErrorMessage": failure.reason,
    }


# Numbers of the Athena error catalogue where it has one for the code.
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
