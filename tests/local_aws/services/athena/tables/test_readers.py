"""Objects with keys that are no paths, or look like patterns, are each read once."""

import gzip
import io

import pyarrow as pa
import pyarrow.parquet as parquet

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
