"""What other dialects have and Trino's grammar lacks is a syntax error, with its place."""

import pytest

from local_aws.services.athena.failures import MalformedQuery
from local_aws.services.athena.statements.parsing import parse_statement


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT 'a' ILIKE 'A'", "line 1:12: mismatched input 'ILIKE'"),
        ("SELECT 1::int", "line 1:9: mismatched input ':"),
        ("SELECT * EXCLUDE (a) FROM t", "mismatched input 'EXCLUDE'"),
        ("SELECT t.* EXCEPT (a) FROM t", "line 1:12: mismatched input 'EXCEPT'"),
        ("SELECT * REPLACE (1 AS a) FROM t", "mismatched input 'REPLACE'"),
        ("SELECT a glob 'x' FROM t", "mismatched input 'glob'"),
        ("SELECT a SIMILAR TO 'x' FROM t", "mismatched input 'SIMILAR'"),
        ("SELECT {'a': 1}", "line 1:8: mismatched input '{'"),
        ("SELECT DISTINCT ON (a) a FROM t", "line 1:17: mismatched input 'ON'"),
        ("SELECT a FROM t SEMI JOIN u ON t.a = u.a", "mismatched input 'SEMI'"),
        ("SELECT a FROM t QUALIFY rank() OVER (ORDER BY a) = 1", "line 1:25: mismatched input"),
        ("SELECT a -> 'b' FROM t", "mismatched input"),
        ("CREATE TABLE c AS SELECT 'a' ILIKE 'A' AS x", "line 1:30: mismatched input 'ILIKE'"),
        ("INSERT INTO t SELECT (SELECT 'a' ILIKE 'b')", "mismatched input 'ILIKE'"),
    ],
)
def test_syntax_of_other_dialects_is_refused_with_its_place(text, words):
    with pytest.raises(MalformedQuery) as refused:
        parse_statement(text)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 'ILIKE', \"a::b\", transform(x, y -> y + 1), reduce(x, 0, (s, y) -> s + y, s -> s)",
        "SELECT a FROM t ORDER BY a FETCH FIRST 2 ROWS WITH TIES",
        "SELECT count(DISTINCT a) FROM t LEFT JOIN u ON t.a = u.a EXCEPT SELECT 1",
        "SELECT CAST(ROW(1, 2) AS ROW(a integer, b integer)).a",
    ],
)
def test_trinos_own_syntax_is_taken(text):
    assert parse_statement(text).kind == "query"
