"""Macros do what Trino's functions do where DuckDB's do not."""

import duckdb
import pytest


@pytest.mark.parametrize(
    "call, value",
    [
        ("t_substr('owl', 0, 2)", ""),
        ("t_substr('owl', -2, 9)", "wl"),
        ("t_substr('owl', -9, 2)", ""),
        ("t_split_part('a-b', '-', 2)", "b"),
        ("t_split_part('a-b', '-', 3)", None),
        ("t_split_to_map('a=1,b=2', ',', '=')", {"a": "1", "b": "2"}),
        ("t_extract('owl 12', '[0-9]+', 0)", "12"),
        ("t_extract('owl', '[0-9]+', 0)", None),
        ("t_regexp_position('owl 12', '[0-9]')", 5),
        ("t_regexp_position('owl', '[0-9]')", -1),
        ("t_width_bucket(5, 0, 10, 4)", 3),
        ("t_width_bucket(10, 0, 10, 4)", 5),
        ("t_width_bucket(-1, 0, 10, 4)", 0),
        ("round(t_great_circle(36.12, -86.67, 33.94, -118.40), 3)", 2886.449),
        ("t_json_scalar('{\"a\": [1]}', '$.a')", None),
        ("t_json_scalar('{\"a\": 1}', '$.a')", "1"),
        ("t_json_scalar('{', '$.a')", None),
        ("t_json_array_length('{}')", None),
        ("t_json_size('{\"a\": {\"b\": 1}}', '$.a')", 1),
        ("t_json_size('{\"a\": 1}', '$.a')", 0),
        ("t_array_distinct([2, NULL, 2, NULL, 1])", [2, None, 1]),
        ("t_array_except([1, 2, 2, NULL], [1])", [2, None]),
        ("t_array_join_null([1, NULL], '-', 'x')", "1-x"),
        ("t_slice([1, 2, 3], -2, 2)", [2, 3]),
        ("t_entries_map([{'key': 'a', 'value': 1}, {'key': 'a', 'value': 2}])", {"a": 1}),
        ("t_divide(1, 0)", float("inf")),
        ("t_cbrt(27)", 3.0),
        ("t_sequence(3, 1)", [3, 2, 1]),
    ],
)
def test_a_macro_gives_trinos_value(connection, call, value):
    assert connection.sql(f"SELECT {call}").fetchall() == [(value,)]


@pytest.mark.parametrize(
    "call, words",
    [
        ("t_at([1], 0)", "SQL array indices start at 1"),
        ("t_at([1], 2)", "less than or equal to array length: 2 > 1"),
        ("t_at([1], -1)", "Array subscript is negative: -1"),
        ("t_value(MAP {'a': 1}, 'b')", "Key not present in map: b"),
        ("t_map(['a'], [1, 2])", "Key and value arrays must be the same length"),
        ("t_json_parse('{')", "Cannot convert value to JSON: '{'"),
        ("t_date_add('eon', 1, DATE '2024-01-01')", "'eon' is not a valid TIMESTAMP field"),
        ("t_slice([1], 0, 1)", "SQL array indices start at 1"),
        ("CAST(t_whole('1.5') AS INTEGER)", "Could not convert string '1.5"),
    ],
)
def test_what_trino_refuses_is_an_error(connection, call, words):
    with pytest.raises(duckdb.Error) as error:
        connection.sql(f"SELECT {call}").fetchall()
    assert words in str(error.value)
