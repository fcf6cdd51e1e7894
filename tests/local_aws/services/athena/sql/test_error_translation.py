"""DuckDB's errors are Trino's: their names, words and places."""

import duckdb
import pytest

from local_aws.services.athena.sql.dialect import parse
from local_aws.services.athena.sql.error_translation import translate


def reason(message: str, text: str = "", kind: type[duckdb.Error] = duckdb.Error) -> str:
    return translate(kind(message), parse(text) if text else None, text).reason


@pytest.mark.parametrize(
    "message, translated",
    [
        ("Division by zero!", "DIVISION_BY_ZERO: Division by zero"),
        (
            "Conversion Error: Could not convert string 'x' to INT32",
            "INVALID_CAST_ARGUMENT: Cannot cast 'x' to integer",
        ),
        (
            'invalid date field format: "x"',
            "INVALID_CAST_ARGUMENT: Value cannot be cast to date: x",
        ),
        (
            "Map keys must be unique.",
            "INVALID_FUNCTION_ARGUMENT: Duplicate map keys are not allowed",
        ),
        (
            "More than one row returned by a subquery used as an expression",
            "SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows",
        ),
        (
            "Overflow in multiplication of INT32",
            "NUMERIC_VALUE_OUT_OF_RANGE: Overflow in multiplication of INT32",
        ),
        (
            "Binder Error: Set operations can only apply to expressions with the same number",
            "TYPE_MISMATCH: UNION query has different number of fields",
        ),
        ("Binder Error: something else\nLINE 1", "GENERIC_INTERNAL_ERROR: something else"),
    ],
)
def test_an_error_of_duckdb_is_worded_as_trinos(message, translated):
    assert reason(message) == translated


@pytest.mark.parametrize(
    "message, text, start",
    [
        (
            'Binder Error: Referenced column "nope" not found in FROM clause!',
            "SELECT a,\n NOPE FROM t",
            "COLUMN_NOT_FOUND: line 2:2: Column 'nope' cannot be resolved",
        ),
        (
            'Binder Error: column "a" must appear in the GROUP BY clause',
            "SELECT a, count(*) FROM t",
            "EXPRESSION_NOT_AGGREGATE: line 1:8: 'a' must be an aggregate expression",
        ),
        (
            "No function matches the given name and argument types 'upper(FLOAT)'",
            "SELECT upper(a) FROM t",
            "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (real) for function upper",
        ),
        (
            "Unimplemented type for cast (DATE -> BIGINT)",
            "SELECT CAST(a AS bigint) FROM t",
            "TYPE_MISMATCH: line 1:8: Cannot cast date to bigint",
        ),
        (
            "WHERE clause cannot contain aggregates!",
            "SELECT 1 FROM t WHERE count(a) > 1",
            "EXPRESSION_NOT_SCALAR: line 1:23: WHERE clause cannot contain aggregations",
        ),
    ],
)
def test_an_error_about_a_part_of_the_query_points_at_it(message, text, start):
    assert reason(message, text).startswith(start)


def test_too_little_memory_is_named():
    message = reason("Out of Memory Error: 1 GB", kind=duckdb.OutOfMemoryException)
    assert message.startswith("EXCEEDED_LOCAL_MEMORY_LIMIT")
