"""A cast gives the value that Trino gives, or none."""

from decimal import Decimal

import pytest


@pytest.mark.parametrize(
    "cast, value",
    [
        ("CAST(2.5e0 AS integer)", 3),
        ("CAST('12' AS bigint)", 12),
        ("TRY_CAST('1.5' AS integer)", None),
        ("TRY_CAST('x' AS double)", None),
        ("CAST(37.7e0 AS varchar)", "3.77E1"),
        ("CAST(0.5e0 AS varchar)", "5.0E-1"),
        ("CAST('owlet' AS varchar(3))", "owl"),
        ("DECIMAL '1.50'", Decimal("1.50")),
        ("CAST(1.5 AS decimal)", Decimal(2)),
        ("CAST(TIMESTAMP '2024-01-02 03:04:05' AS varchar)", "2024-01-02 03:04:05.000"),
        ("CAST(JSON '\"owl\"' AS varchar)", "owl"),
        ("CAST(JSON '[1, 2]' AS array(integer))", [1, 2]),
        ("CAST(ARRAY[1] AS json)", "[1]"),
    ],
)
def test_a_cast_gives_trinos_value(ask, cast, value):
    assert ask(f"SELECT {cast}") == [(value,)]
