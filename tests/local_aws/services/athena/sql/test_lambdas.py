"""Functions that take a lambda give Trino's values, whatever the parameters are called."""

import duckdb
import pytest

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.statements import duckdb_database


@pytest.mark.parametrize(
    "call, value",
    [
        ("transform(ARRAY[1, 2], x -> x * 10)", [10, 20]),
        ("filter(ARRAY[1, 2, 3], n -> n > 1)", [2, 3]),
        ("any_match(ARRAY[1, 2], x -> x = 2)", True),
        ("all_match(ARRAY[1, 2], x -> x = 2)", False),
        ("none_match(ARRAY[1, 2], x -> x = 3)", True),
        ("reduce(ARRAY[1, 2, 3], 0, (s, x) -> s + x, s -> s)", 6),
        ("reduce(ARRAY['a', 'bb'], 0, (s, x) -> s + length(x), s -> s * 2)", 6),
        ("zip_with(ARRAY[1, 2], ARRAY[3, 4], (x, y) -> x * y)", [3, 8]),
        ("map_filter(MAP(ARRAY['a', 'b'], ARRAY[1, 2]), (k, v) -> v > 1)", {"b": 2}),
        ("transform_keys(MAP(ARRAY['a'], ARRAY[1]), (k, v) -> k || 'x')", {"ax": 1}),
        ("transform_values(MAP(ARRAY['a'], ARRAY[1]), (k, v) -> v + 1)", {"a": 2}),
        ("transform(ARRAY[ARRAY[1], ARRAY[2, 3]], x -> transform(x, y -> y + cardinality(x)))",
         [[2], [4, 5]]),
    ],
)  # fmt: skip
def test_a_lambda_is_applied(ask, call, value):
    assert ask(f"SELECT {call}") == [(value,)]


def test_a_parameter_hides_a_column_of_its_name(ask):
    query = "SELECT transform(ARRAY[1], x -> x + 1), x FROM (VALUES 7) t (x)"
    assert ask(query) == [([2], 7)]


@pytest.mark.parametrize(
    "call, words",
    [
        ("upper(x -> x)", "takes no lambda here"),
        ("transform(ARRAY[1], (x, y) -> x)", "takes 1 argument(s) but got 2"),
        ("array_sort(ARRAY[1], (x, y) -> x - y)", "array_sort with a lambda is not supported"),
    ],
)
def test_a_lambda_that_can_not_be_there_is_refused(ask, call, words):
    with pytest.raises(QueryFailed) as refused:
        ask(f"SELECT {call}")
    assert words in refused.value.reason


@pytest.mark.parametrize(
    "call",
    [
        "transform(ARRAY[1], x -> sequence(1, x))",
        "transform(ARRAY['a'], x -> x || x)",
        "transform(ARRAY[1, 2], x -> transform(ARRAY[x], y -> rpad('a', y, 'b')))",
        "zip_with(ARRAY[1], ARRAY[2], (x, y) -> repeat(x, y))",
        "transform_values(MAP(ARRAY['a'], ARRAY[1]), (k, v) -> repeat(k, v))",
        "transform_keys(MAP(ARRAY['a'], ARRAY[1]), (k, v) -> k || k)",
        "reduce(ARRAY[1, 2], ARRAY[1], (s, x) -> s || s, s -> s)",
        "cardinality(filter(ARRAY[1], x -> cardinality(transform(ARRAY[1], y -> upper('a'))) > 0))",
    ],
)
def test_a_lambda_that_makes_something_asks_for_room_first(ask, monkeypatch, call):
    ask(f"SELECT {call}")
    monkeypatch.setattr(duckdb_database, "MOST_BYTES", 1)
    with pytest.raises(duckdb.Error, match="Query exceeded per-node memory limit"):
        ask(f"SELECT {call}")


def test_a_lambda_that_only_computes_asks_for_none(ask, monkeypatch):
    monkeypatch.setattr(duckdb_database, "MOST_BYTES", 1)
    assert ask("SELECT transform(ARRAY[1], x -> x * 10)") == [([10],)]
