"""Parquet and ORC columns are read as the table's types, or refused; never converted."""

import io

import pyarrow as pa
import pytest
from pyarrow import orc, parquet


def lay(cloud, form, kind, values):
    """Make a table `t` of one column `a` over one file that has another column too."""
    out = io.BytesIO()
    table = pa.table({"A": values, "other": ["x"] * len(values)})
    (parquet if form == "PARQUET" else orc).write_table(table, out)
    cloud.store.put("lake", "t/file", out.getvalue())
    cloud.run(
        f"CREATE EXTERNAL TABLE t (a {kind}, other string) STORED AS {form} LOCATION 's3://lake/t/'"
    )


@pytest.mark.parametrize("form", ["PARQUET", "ORC"])
@pytest.mark.parametrize(
    ("kind", "values"),
    [("bigint", pa.array(["7"])), ("string", pa.array([7])), ("double", pa.array([7]))],
)
def test_another_type_than_the_tables_fails_the_queries_that_read_it(cloud, form, kind, values):
    lay(cloud, form, kind, values)
    assert cloud.outcome("SELECT a FROM t").startswith("HIVE_BAD_DATA")
    assert cloud.outcome("SELECT other FROM t") == [["x"]]
    assert cloud.outcome("SELECT count(*) FROM t") == [["1"]]


@pytest.mark.parametrize("form", ["PARQUET", "ORC"])
@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        ("bigint", pa.array([7], pa.int32()), "7"),
        ("double", pa.array([1.5], pa.float32()), "1.5"),
        ("string", pa.array(["Grünfink"]), "Grünfink"),
        ("array<int>", pa.array([[1, 2]]), "[1, 2]"),
    ],
)
def test_a_type_of_the_same_kind_is_read(cloud, form, kind, values, text):
    lay(cloud, form, kind, values)
    assert cloud.outcome("SELECT a FROM t") == [[text]]


def test_bytes_that_nobody_marked_as_text_are_the_text(cloud):
    lay(cloud, "PARQUET", "string", pa.array(["Grünfink".encode(), None], pa.binary()))
    assert cloud.outcome("SELECT a FROM t") == [["Grünfink"], [None]]
