"""PyAthena's cursors, unmodified but for the Arrow one's endpoint."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from pyathena.async_cursor import AsyncCursor
from pyathena.cursor import DictCursor
from pyathena.error import OperationalError
from pyathena.pandas.cursor import PandasCursor

from helpers.athena import arrow_cursor
from tests.local_aws.services.athena.sample_tables import RECORDINGS, TABLES, lay_down


@pytest.fixture
def lake(cloud):
    """A cloud with the recordings."""
    lay_down(cloud.store)
    cloud.run(TABLES.split(";\n")[0])
    return cloud


def test_the_plain_cursor_converts_every_type(cloud):
    row = cloud.rows(
        "SELECT 1, 1.5e0, 1.50, 'x', true, DATE '2024-01-01', TIMESTAMP '2024-01-01 01:02:03', "
        "ARRAY[1, 2], MAP(ARRAY['a'], ARRAY[1]), CAST(ROW(1) AS ROW(n integer)), X'41', NULL"
    )[0]
    when = datetime(2024, 1, 1, 1, 2, 3)
    simple = (1, 1.5, Decimal("1.50"), "x", True, date(2024, 1, 1), when)
    assert row == (*simple, [1, 2], {"a": "1"}, {"n": "1"}, b"A", None)


def test_the_dict_cursor_names_the_columns(lake):
    cursor = lake.connect(cursor_class=DictCursor).cursor()
    row = cursor.execute("SELECT id, seconds FROM recordings ORDER BY id LIMIT 1").fetchone()
    assert row == {"id": "XC1", "seconds": 12}


@pytest.mark.parametrize("unload", [False, True])
def test_the_pandas_cursor_gives_a_frame(lake, unload):
    engine = {"engine": "pyarrow"} if unload else {}
    cursor = lake.connect(cursor_class=PandasCursor).cursor(unload=unload, **engine)
    frame = cursor.execute("SELECT id, rating, recorded FROM recordings").as_pandas()
    assert sorted(frame["id"]) == sorted(record["Id"] for record in RECORDINGS)
    assert frame["rating"].sum() == 15.0


@pytest.mark.parametrize("unload", [False, True])
def test_the_arrow_cursor_gives_a_table(lake, unload):
    cursor = lake.connect(cursor_class=arrow_cursor(lake.config())).cursor(unload=unload)
    table = cursor.execute("SELECT id, seconds FROM recordings").as_arrow()
    assert sum(table["seconds"].to_pylist()) == 127


def test_the_async_cursor_runs_queries_side_by_side(lake):
    cursor = lake.connect(cursor_class=AsyncCursor).cursor()
    futures = [cursor.execute(f"SELECT {n}")[1] for n in range(3)]
    assert [future.result().fetchall() for future in futures] == [[(0,)], [(1,)], [(2,)]]
    cursor.close()


def test_the_async_cursor_cancels(lake):
    cursor = lake.connect(cursor_class=AsyncCursor).cursor()
    id_, future = cursor.execute(
        "SELECT sum(x * y * z % 7) FROM UNNEST(sequence(1, 10000)) a (x), "
        "UNNEST(sequence(1, 10000)) b (y), UNNEST(sequence(1, 10000)) c (z)"
    )
    cursor.cancel(id_).result()
    assert future.result().state == "CANCELLED"
    cursor.close()


def test_a_long_result_is_fetched_by_pages(cloud):
    rows = cloud.rows("SELECT x FROM UNNEST(sequence(1, 2500)) t (x)")
    assert [row[0] for row in rows] == list(range(1, 2501))


def test_an_error_carries_athenas_reason(lake):
    with pytest.raises(OperationalError, match="line 1:15: Table 'awsdatacatalog.birds.nope'"):
        lake.run("SELECT * FROM nope")


def test_table_metadata_is_listed(lake):
    cursor = lake.connect().cursor()
    table = cursor.get_table_metadata("recordings")
    assert table.columns[0].name == "id"
    assert [listed.name for listed in cursor.list_table_metadata()] == ["recordings"]
    assert [listed.name for listed in cursor.list_databases("AwsDataCatalog")] == ["birds"]


def test_a_write_tells_its_rows(lake):
    cursor = lake.run("CREATE TABLE copy AS SELECT id FROM recordings")
    assert cursor.rowcount == 5


def test_an_answer_to_the_same_query_is_found_again(lake):
    ids = set()
    for _ in range(2):
        cursor = lake.connect().cursor()
        cursor.execute("SELECT count(*) FROM recordings", cache_size=10)
        ids.add(cursor.query_id)
    assert len(ids) == 1
