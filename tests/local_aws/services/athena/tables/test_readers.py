"""Objects with keys that are no paths, or look like patterns, are each read once."""

import gzip
import io

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

ODD = ["x[1]", "x1", "*", "?", "[x]", "x", "a/../../../y", "/z", "a//b", "./c"]


def hidden(key):
    """Return whether a part of a key begins as hidden files and folders do, also `..`."""
    return any(part.startswith((".", "_")) for part in key.split("/"))


def test_every_parquet_file_is_read_once_whatever_its_key(cloud):
    for number, key in enumerate(ODD):
        out = io.BytesIO()
        parquet.write_table(pa.table({"n": [number]}), out)
        cloud.store.put("lake", f"t/{key}.parquet", out.getvalue())
    cloud.run("CREATE EXTERNAL TABLE t (n bigint) STORED AS PARQUET LOCATION 's3://lake/t/'")
    rows = cloud.rows('SELECT n, "$path" FROM t ORDER BY n')
    shown = [(n, key) for n, key in enumerate(ODD) if not hidden(key)]
    assert 2 < len(shown) < len(ODD)
    assert rows == [(n, f"s3://lake/t/{key}.parquet") for n, key in shown]


def test_a_packed_file_is_unpacked_whatever_its_key(cloud):
    for key in ("a.gz", "b//c.gz", "d e.gz"):
        cloud.store.put("lake", f"t/{key}", gzip.compress(b"1\n"))
    cloud.run("CREATE EXTERNAL TABLE t (n int) LOCATION 's3://lake/t/'")
    assert cloud.rows("SELECT n FROM t") == [(1,)] * 3


def test_a_location_with_dots_is_a_prefix_like_any_other(cloud):
    cloud.store.put("lake", "t/../other/a", b"1\n")
    cloud.store.put("lake", "other/a", b"2\n")
    cloud.run("CREATE EXTERNAL TABLE t (n int) LOCATION 's3://lake/t/../other/'")
    assert cloud.rows("SELECT n FROM t") == [(1,)]
    cloud.run("INSERT INTO t VALUES (3)")
    assert sorted(cloud.rows("SELECT n FROM t")) == [(1,), (3,)]
    assert [info.key for info in cloud.store.list("lake", "other/")] == ["other/a"]


CSV = "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"
JSON = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
NULLS = "('use.null.for.invalid.data'='true')"


@pytest.mark.parametrize(
    "serde, text",
    [
        (CSV, b"a,many,x,x\nb,2,19844,1577934245000\n"),
        (JSON, b'{"s":"a","n":"many","d":"x","t":"x"}\n'
               b'{"s":"b","n":2,"d":"2024-05-01","t":"2020-01-02 03:04:05"}\n'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("clause", ["WITH SERDEPROPERTIES", "TBLPROPERTIES"])
def test_a_value_that_does_not_fit_is_null_where_the_table_says_so(cloud, serde, text, clause):
    cloud.store.put("lake", "t/a", text)
    before, after = (f"{clause} {NULLS}", "") if "SERDE" in clause else ("", f"{clause} {NULLS}")
    cloud.run(
        f"CREATE EXTERNAL TABLE t (s string, n int, d date, t timestamp) {serde} {before}"
        f" LOCATION 's3://lake/t/' {after}"
    )
    first, second = cloud.rows("SELECT s, n, d, t FROM t ORDER BY s")
    assert first == ("a", None, None, None) and None not in second


@pytest.mark.parametrize("line", [b'{"id":1,"id":2}', b'{"ID":1,"id":2}'])
def test_a_key_twice_in_one_object_is_refused(cloud, line):
    cloud.store.put("lake", "t/a", b'{"Id":0}\n' + line)
    cloud.run(f"CREATE EXTERNAL TABLE t (id int) {JSON} LOCATION 's3://lake/t/'")
    status = cloud.finished(cloud.start("SELECT id FROM t"))["Status"]
    assert "HIVE_CURSOR_ERROR" in status["StateChangeReason"]
    assert 'Duplicate key "id"' in status["StateChangeReason"]
