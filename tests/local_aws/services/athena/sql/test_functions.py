"""A function's template is that of its name and number of arguments."""

import pytest

from local_aws.services.athena.sql import functions


@pytest.mark.parametrize(
    "name, arguments, text",
    [
        ("lower", ["a"], "lower(a)"),
        ("strpos", ["a", "b"], "CAST(strpos(a, b) AS BIGINT)"),
        ("substr", ["a", "2"], "t_substr(a, 2, 2147483647)"),
        ("substr", ["a", "2", "1"], "t_substr(a, 2, 1)"),
        ("map", [], "MAP {}"),
        ("map_concat", ["a", "b", "c"], "map_concat(a, b, c)"),
        ("max_by", ["a", "b"], "arg_max(a, b)"),
    ],
)
def test_a_call_is_filled_into_its_template(name, arguments, text):
    inner, _ = functions.template(name, len(arguments))
    assert functions.fill(inner, arguments) == text


def test_an_aggregate_may_have_a_wrapper_and_a_scalar_has_none():
    assert functions.template("count_if", 1) == ("count_if({0})", "CAST({} AS BIGINT)")
    assert functions.template("upper", 1)[1] is None


@pytest.mark.parametrize("name, count", [("no_such", 1), ("array_sort", 2), ("log", 1)])
def test_a_function_that_trino_has_not_has_no_template(name, count):
    assert functions.template(name, count) is None


def test_no_function_stands_in_two_tables():
    tables = (functions.SAME, functions.SCALARS, functions.AGGREGATES)
    names = [name for table in tables for name in table]
    assert len(names) == len({*names})
