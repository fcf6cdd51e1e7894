"""A query is parsed by Trino's grammar, or refused in Trino's words with the place."""

import pytest
from sqlglot import exp

from local_aws.services.athena.failures import MalformedQuery, Position
from local_aws.services.athena.sql import dialect


@pytest.mark.parametrize(
    "text, reason",
    [
        ("", "line 1:1: mismatched input '<EOF>'. Expecting: <query>"),
        ("SELECT (1", "line 1:10: mismatched input '<EOF>'. Expecting: <expression>"),
        (
            "SELECT 1\nFROM t WHERE ) OR 1 = 1",
            "line 2:14: mismatched input ')'. Expecting: <expression>",
        ),
        ("SELECT 1; SELECT 2", "Only one sql statement is allowed. Got: SELECT 1; SELECT 2"),
        ("SELECT 'a", "line 1:1: mismatched input."),
    ],
)
def test_what_is_no_query_is_refused_where_it_breaks(text, reason):
    with pytest.raises(MalformedQuery) as refused:
        dialect.parse(text)
    assert refused.value.reason.startswith(reason)


def test_a_call_stays_as_it_was_written():
    tree = dialect.parse("SELECT Date_Diff('day', a, b), CAST(a AS bigint)")
    call, cast = tree.expressions
    assert isinstance(call, exp.Anonymous) and call.name == "Date_Diff"
    assert isinstance(cast, exp.Cast)


@pytest.mark.parametrize(
    "offset, position", [(0, (1, 1)), (3, (1, 4)), (4, (2, 1)), (6, (2, 3)), (7, (3, 1))]
)
def test_an_offset_is_a_line_and_a_column_from_1(offset, position):
    assert dialect.position_of("abc\nde\nf", offset) == Position(*position)


def test_a_node_and_a_word_before_it_are_found_in_the_text():
    text = "SELECT a,\n CAST(b AS bigint)"
    cast = dialect.parse(text).expressions[1]
    assert dialect.position_of_node(cast, text) == Position(2, 7)
    assert dialect.position_of_word(cast, "CAST", text) == Position(2, 2)
    assert dialect.position_of_node(dialect.raw("x"), text) is None


def test_raw_text_is_written_as_it_is():
    assert dialect.to_sql(exp.select(dialect.raw("t_at(a, 1)[2]"))) == "SELECT t_at(a, 1)[2]"
