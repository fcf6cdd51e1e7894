"""A scope tells the types of expressions over what its place can see."""

import pytest

from local_aws.services.athena.sql.dialect import parse
from local_aws.services.athena.sql.scope import Scope


def expression(text: str):
    return parse(f"SELECT {text}").expressions[0]


@pytest.fixture
def scope(connection):
    return Scope(connection).with_source("(SELECT 1 AS a, 'x' AS s) AS t")


@pytest.mark.parametrize(
    "text, kind",
    [("a", "integer"), ("a + 1.5e0", "double"), ("t.s", "varchar"), ("[a]", "list"), ("b", None)],
)
def test_the_type_of_an_expression_is_duckdbs_or_unknown(scope, text, kind):
    assert scope.kind_of(expression(text)) == kind


def test_an_error_names_a_text_by_its_length_and_a_type_as_trino(scope):
    assert scope.name_of(expression("'owl'")) == "varchar(3)"
    assert scope.name_of(expression("a")) == "integer"
    assert scope.name_of(expression("nope")) == "unknown"


def test_an_inner_name_hides_an_outer_one_of_its_name(scope):
    inner = scope.with_source("(SELECT 'x' AS a) AS u")
    assert inner.kind_of(expression("a")) == "varchar"
    assert inner.kind_of(expression("s")) == "varchar"
    assert inner.closed().kind_of(expression("a")) == "integer"


def test_a_common_table_expression_is_seen_by_its_name(connection):
    scope = Scope(connection).with_cte("Songs", "songs AS (SELECT 2.5e0 AS length)")
    assert scope.names == {"songs"}
    assert scope.with_source("songs").kind_of(expression("length")) == "double"


def test_a_parameter_has_the_type_that_it_was_given(scope):
    (integer,) = scope.describe("a")
    inside = scope.with_parameters({"x": integer, "y": None})
    assert inside.kind_of(expression("x")) == "integer"
    assert inside.kind_of(expression("y")) == "varchar"


def test_a_problem_is_duckdbs_and_none_where_all_is_well(scope):
    assert scope.problem("a") is None
    assert "nope" in scope.problem("nope")
