"""UNNEST makes rows of arrays and maps, with Trino's names of their columns."""

import pytest

from local_aws.services.athena.failures import QueryFailed


@pytest.mark.parametrize(
    "source, rows",
    [
        ("UNNEST(ARRAY[1, 2]) t (x)", [(1,), (2,)]),
        ("UNNEST(ARRAY['a'], ARRAY[1, 2]) t (x, y)", [("a", 1), (None, 2)]),
        ("UNNEST(ARRAY['a', 'b']) WITH ORDINALITY t (x, n)", [("a", 1), ("b", 2)]),
        ("UNNEST(MAP(ARRAY['a'], ARRAY[1])) t (k, v)", [("a", 1)]),
        ("UNNEST(ARRAY[ROW(1, 'a'), ROW(2, 'b')]) t (n, s)", [(1, "a"), (2, "b")]),
        ("(VALUES (ARRAY[1, 2])) a (l) CROSS JOIN UNNEST(l) b (x)", [([1, 2], 1), ([1, 2], 2)]),
    ],
)
def test_a_collection_becomes_rows(ask, source, rows):
    assert ask(f"SELECT * FROM {source}") == rows


@pytest.mark.parametrize(
    "source, words",
    [
        ("UNNEST(1) t (x)", "Cannot unnest type: integer"),
        ("UNNEST(ARRAY[1]) t (x, y)", "Column alias list has 2 entries but 't' has 1 columns"),
    ],
)
def test_what_can_not_be_unnested_is_refused(ask, source, words):
    with pytest.raises(QueryFailed) as refused:
        ask(f"SELECT * FROM {source}")
    assert words in refused.value.reason
