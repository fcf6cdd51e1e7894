"""TRY gives NULL where its own parts fail, and nothing of it runs outside."""

import duckdb
import pytest

TEXTS = "FROM (VALUES '2', 'x') t(s)"
NUMBERS = "FROM (VALUES 0, 1) t(n)"


@pytest.mark.parametrize(
    "query, rows",
    [
        (f"TRY(CAST(s AS int) + CAST(s AS int)) {TEXTS}", [(4,), (None,)]),
        (f"TRY(CAST(s AS int)), TRY(-CAST(s AS int)) {TEXTS}", [(2, -2), (None, None)]),
        (f"sum(TRY(CAST(s AS int) * CAST(s AS int))) {TEXTS}", [(4,)]),
        (f"s {TEXTS} WHERE TRY(CAST(s AS int) * CAST(s AS int)) IS NULL", [("x",)]),
        (f"coalesce(n, 1 / n), coalesce(n, 1 / n + 1) {NUMBERS}", [(0, 0), (1, 1)]),
        ("transform(ARRAY[1, 0], x -> TRY(1 / x + 1 / x))", [([2, None],)]),
    ],
)
def test_a_part_that_stands_twice_fails_inside(ask, query, rows):
    assert ask(f"SELECT {query}") == rows


@pytest.mark.parametrize(
    "query, rows",
    [
        (f"TRY(1 / (sum(n) - 1)), TRY(2 / sum(n)) {NUMBERS}", [(None, 2)]),
        (f"TRY(1 / count(*) FILTER (WHERE n > 1)) {NUMBERS}", [(None,)]),
        (f"TRY(1 / sum(n) OVER (ORDER BY n)) {NUMBERS} ORDER BY n", [(None,), (1,)]),
        (f"n {NUMBERS} GROUP BY n HAVING TRY(n / sum(n)) IS NULL", [(0,)]),
        (f"TRY(1 / (n - (SELECT max(n) {NUMBERS}))) {NUMBERS}", [(-1,), (None,)]),
        (f"TRY(n IN (SELECT 1) OR 1 / n > 0) {NUMBERS}", [(None,), (True,)]),
        (f"TRY(EXISTS (SELECT n {NUMBERS} WHERE n > 1)) {NUMBERS}", [(False,), (False,)]),
        (f"TRY(transform(array_agg(n), x -> 1 / x)) {NUMBERS}", [(None,)]),
    ],
)
def test_what_duckdb_does_not_allow_inside_try_is_computed_before_it(ask, query, rows):
    assert ask(f"SELECT {query}") == rows


def test_try_catches_no_failure_of_an_aggregates_argument(ask):
    with pytest.raises(duckdb.Error, match="Could not convert string 'x"):
        ask(f"SELECT TRY(sum(CAST(s AS int))) {TEXTS}")
