"""Rows are written as files of a format, by partition and bucket, each row once."""

import gzip
import io
import json

import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as parquet
import pytest

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.statements.duckdb_database import open_database
from local_aws.services.athena.tables import writers
from local_aws.services.athena.tables.writers import Output
from local_aws.state.objects.store import ObjectStore

ROWS = [{"n": 1, "site": "marsh"}, {"n": 2, "site": "a/b"}, {"n": 3, "site": None}]
TABLE = pa.Table.from_pylist(ROWS)


@pytest.fixture
def written(tmp_path):
    """Return a function that writes the table and gives the files' bodies by their addresses."""
    store = ObjectStore(tmp_path / "s3")
    store.create_bucket("lake")

    def written(numbers=None, **options) -> dict[str, bytes]:
        with open_database() as database:
            types = database.from_arrow(TABLE).types
            output = Output("s3://lake/t/", **{"format": "JSON", "compression": "NONE", **options})
            uris = list(writers.write_rows(store, output, TABLE, types, numbers))
        return {uri: store.read("lake", uri.removeprefix("s3://lake/")) for uri in uris}

    yield written
    store.close()


def read(format_: str, compression: str, body: bytes) -> list[dict]:
    if format_ == "PARQUET":
        return parquet.read_table(io.BytesIO(body)).to_pylist()
    if format_ == "ORC":
        return orc.read_table(io.BytesIO(body)).to_pylist()
    text = (gzip.decompress(body) if compression == "GZIP" else body).decode()
    if format_ == "JSON":
        return [json.loads(line) for line in text.splitlines()]
    cells = [line.split("\x01") for line in text.splitlines()]
    return [{"n": int(n), "site": None if site == "\\N" else site} for n, site in cells]


@pytest.mark.parametrize(
    "format_, compression",
    [("PARQUET", "GZIP"), ("PARQUET", "NONE"), ("ORC", "ZLIB"), ("JSON", "GZIP"), ("JSON", "NONE"),
     ("TEXTFILE", "GZIP"), ("TEXTFILE", "NONE")],
)  # fmt: skip
def test_rows_are_read_back_from_every_format(written, format_, compression):
    ((uri, body),) = written(format=format_, compression=compression).items()
    assert read(format_, compression, body) == ROWS
    assert uri.endswith(".gz") == (format_ in ("JSON", "TEXTFILE") and compression == "GZIP")


def test_a_partition_is_a_folder_that_its_rows_do_not_repeat(written):
    files = written(partitions=("site",))
    contents = {uri.split("/")[4]: json.loads(body) for uri, body in files.items()}
    assert contents == {
        "site=marsh": {"n": 1},
        "site=a%2Fb": {"n": 2},
        "site=__HIVE_DEFAULT_PARTITION__": {"n": 3},
    }


def test_every_bucket_has_a_file_and_every_row_a_bucket(written):
    numbers = pa.chunked_array([[1, 0, 1]])
    files = written(numbers, buckets=("n",), bucket_count=3)
    rows = [[row["n"] for row in read("JSON", "NONE", body)] for body in files.values()]
    assert rows == [[2], [1, 3], []]


def test_too_many_partitions_are_refused(written, monkeypatch):
    monkeypatch.setattr(writers, "MOST_PARTITIONS", 2)
    with pytest.raises(QueryFailed, match="Exceeded limit of 2 open writers"):
        written(partitions=("site",))


def test_equal_keys_have_equal_buckets():
    table = pa.table({"a": [1, 2, 1, 3, 2], "b": [9, 8, 7, 6, 5]})
    with open_database() as database:
        numbers = writers.bucket_numbers(database, table, ("a",), 4).to_pylist()
    assert numbers[0] == numbers[2] and numbers[1] == numbers[4]
    assert all(0 <= number < 4 for number in numbers)


@pytest.mark.parametrize(
    "format_, compression, used",
    [("PARQUET", None, "GZIP"), ("ORC", "snappy", "SNAPPY"), ("JSON", "NONE", "NONE")],
)
def test_a_compression_is_the_named_one_or_the_formats_first(format_, compression, used):
    assert writers.checked_compression(format_, compression) == used


@pytest.mark.parametrize("format_, compression", [("AVRO", None), ("JSON", "ZSTD")])
def test_a_format_or_compression_that_is_not_written_is_refused(format_, compression):
    with pytest.raises(QueryFailed, match="INVALID_TABLE_PROPERTY"):
        writers.checked_compression(format_, compression)
