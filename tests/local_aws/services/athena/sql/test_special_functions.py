"""Functions whose translation depends on their arguments give Trino's values."""

import datetime
from decimal import Decimal

import pytest

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.special_functions import json_path


@pytest.mark.parametrize(
    "trino, duckdb",
    [
        ("$.a", "$.a"),
        ("lax $.a", "$.a"),
        ("$['a b'][0]", '$."a b"[0]'),
        ('$["a"].b', '$."a".b'),
    ],
)
def test_a_json_path_is_written_as_duckdb_reads_it(trino, duckdb):
    assert json_path(trino) == duckdb


@pytest.mark.parametrize(
    "call, value",
    [
        ("concat('a', 'b', 'c')", "abc"),
        ("concat(ARRAY[1], ARRAY[2])", [1, 2]),
        ("greatest(1, NULL)", None),
        ("least(2, 1)", 1),
        ("round(2.5)", Decimal(3)),
        ("round(1.234, 1)", 1.2),
        ("round(DECIMAL '1.234', 1)", Decimal("1.200")),
        ("floor(7)", 7),
        ("ceil(1.5e0)", 2.0),
        ("date_format(DATE '2024-03-09', '%d.%c.%Y')", "09.3.2024"),
        ("date_parse('09/2024', '%m/%Y')", datetime.datetime(2024, 9, 1)),
        ("format_datetime(TIMESTAMP '2024-03-09 08:05:00', 'yyyy-MM-dd H')", "2024-03-09 8"),
        ("json_extract_scalar('{\"a\": \"x\"}', '$.a')", "x"),
        ("json_size('[1, 2]', '$')", 2),
        ("reverse('owl')", "lwo"),
        ("reverse(ARRAY[1, 2])", [2, 1]),
        ("sequence(1, 5, 2)", [1, 3, 5]),
        ("typeof(ARRAY[1])", "array(integer)"),
        ("format('%05d %s %.2f%%', 42, 'a', 1.5)", "00042 a 1.50%"),
        ("format('%2$s %1$s', 'a', 'b')", "b a"),
        ("regexp_replace('a1b2', '[0-9]')", "ab"),
        ("regexp_replace('ab', '(a)(b)', '$2\\$$1')", "b$a"),
        ("split('a-b-c', '-', 2)", ["a", "b-c"]),
        ("element_at(ARRAY[1], 2)", None),
        ("coalesce(NULL, 1)", 1),
    ],
)
def test_a_call_gives_trinos_value(ask, call, value):
    assert ask(f"SELECT {call}") == [(value,)]


@pytest.mark.parametrize(
    "call, words",
    [
        ("concat(1, 2)", "Unexpected parameters (integer, integer) for function concat"),
        ("date_format(DATE '2024-01-01', '%U')", "Invalid format: %U"),
        ("json_extract('{}', 'a')", "Invalid JSON path: 'a'"),
        ("date_format(DATE '2024-01-01', lower('%Y'))", "must be a text constant here"),
    ],
)
def test_a_call_that_trino_refuses_is_refused(ask, call, words):
    with pytest.raises(QueryFailed) as refused:
        ask(f"SELECT {call}")
    assert words in refused.value.reason
