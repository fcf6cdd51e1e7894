"""A session computes as Trino does, and reaches nothing outside."""

import duckdb
import psutil
import pytest

from local_aws.services.athena.statements import duckdb_database
from local_aws.services.athena.statements.duckdb_database import open_database

LARGE = "SELECT count(*), max(n) FROM (SELECT i, count(*) n FROM range(1500000) t(i) GROUP BY i)"


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


def test_what_does_not_fit_into_memory_goes_to_a_folder_that_ends_with_the_database(tmp_path):
    spill = tmp_path / "the cat's" / "spill"
    spill.parent.mkdir()
    with open_database(spill) as database:
        database.execute("SET GLOBAL memory_limit = '40MB'; SET GLOBAL threads = 1")
        assert database.execute(LARGE).fetchone() == (1_500_000, 1) and list(spill.iterdir())
    assert not spill.exists()


def test_that_folder_has_a_limit(tmp_path):
    with open_database(tmp_path / "spill") as database:
        database.execute("SET GLOBAL memory_limit = '40MB'; SET GLOBAL threads = 1")
        database.execute("SET GLOBAL max_temp_directory_size = '1MB'")
        with pytest.raises(duckdb.OutOfMemoryException):
            database.execute(LARGE)


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_of_lists_end_at_a_limit_of_memory(rows, monkeypatch):
    before = psutil.Process().memory_info().rss
    monkeypatch.setattr(duckdb_database, "MOST_BYTES", before + (100 << 20))
    nested = 'list_transform(range(10000), lambda x, "#0": CASE WHEN t_room("#0") THEN {} END)'
    inner = "range(10000)"
    with open_database() as database, pytest.raises(duckdb.Error, match="per-node memory limit"):
        database.execute("SET GLOBAL threads = 1")
        database.execute(f"SELECT len({nested.format(inner)}) FROM range({rows})").fetchall()
