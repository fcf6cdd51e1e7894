"""Types that Trino does not bring together are refused with its words, where they stand."""

import pytest

from local_aws.services.athena.failures import QueryFailed


@pytest.mark.parametrize(
    "expression, words",
    [
        ("1 = 'a'", "Cannot apply operator: integer = varchar(1)"),
        ("DATE '2024-01-01' < 'a'", "Cannot apply operator: date < varchar(1)"),
        ("1 IN ('a')", "IN value and list items must be the same type: integer, varchar(1)"),
        ("1 BETWEEN 0 AND 'a'", "Cannot check if integer is BETWEEN integer and varchar(1)"),
        ("CASE WHEN true THEN 1 ELSE 'a' END", "All CASE results must be the same type"),
        ("IF(true, 1, 'a')", "All IF results must be the same type"),
        ("COALESCE(1, 'a')", "All COALESCE operands must be the same type"),
    ],
)
def test_types_that_do_not_fit_are_refused(ask, expression, words):
    with pytest.raises(QueryFailed) as refused:
        ask(f"SELECT {expression}")
    code, _, reason = refused.value.reason.partition(": ")
    assert code == "TYPE_MISMATCH" and reason.startswith("line 1:") and words in reason


@pytest.mark.parametrize(
    "expression, value",
    [
        ("1 = 1.0e0", True),
        ("DATE '2024-01-01' < TIMESTAMP '2024-01-01 00:00:01'", True),
        ("1 IN (2, NULL)", None),
        ("CASE WHEN false THEN 1 END", None),
        ("COALESCE(NULL, 2.5e0, 1)", 2.5),
        ("2 BETWEEN 1 AND 2.5e0", True),
    ],
)
def test_types_that_fit_are_compared(ask, expression, value):
    assert ask(f"SELECT {expression}") == [(value,)]
