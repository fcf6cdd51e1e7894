"""A session computes as Trino does, and reaches nothing outside."""

import pytest

from local_aws.services.athena.statements.duckdb_database import open_database


@pytest.mark.parametrize(
    "expression, value",
    [
        ("7 / 2", 3),
        ("CAST(TIMESTAMPTZ '2024-01-01 00:00:00+01' AS VARCHAR)", "2023-12-31 23:00:00+00"),
        ("t_double_text(37.7)", "3.77E1"),
        ("t_float_text(CAST(0.1 AS FLOAT))", "1.0E-1"),
        ("t_length('owl')", 3),
    ],
)
def test_a_cursor_knows_trinos_functions_and_settings(expression, value):
    with open_database() as database, database.cursor() as cursor:
        assert cursor.execute(f"SELECT {expression}").fetchone() == (value,)


def test_nothing_is_installed_by_a_query():
    with open_database() as database:
        names = ("autoinstall_known_extensions", "autoload_known_extensions")
        for name in names:
            row = database.execute(f"SELECT current_setting('{name}')").fetchone()
            assert row == (False,)
