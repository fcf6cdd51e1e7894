"""A file's type is read as a table's of its own kind, and as no other."""

import pyarrow as pa
import pytest

from local_aws.services.athena.sql.types import parse_type
from local_aws.services.athena.tables.file_types import fits

WORDS = pa.dictionary(pa.int32(), pa.string())


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("bigint", pa.int32()),
        ("smallint", pa.int64()),
        ("bigint", pa.decimal128(10, 0)),
        ("double", pa.float32()),
        ("decimal(10,2)", pa.decimal128(12, 4)),
        ("string", WORDS),
        ("varchar(3)", pa.binary()),
        ("binary", pa.string()),
        ("date", pa.date32()),
        ("timestamp", pa.timestamp("ns", "UTC")),
        ("array<int>", pa.list_(pa.int64())),
        ("map<string,double>", pa.map_(pa.string(), pa.float64())),
        ("struct<a:int,b:string>", pa.struct([("a", pa.int32())])),
    ],
)
def test_a_type_of_the_same_kind_fits(kind, data):
    assert fits(parse_type(kind), data)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("bigint", pa.string()),
        ("bigint", pa.float64()),
        ("int", pa.decimal128(10, 2)),
        ("float", pa.float64()),
        ("double", pa.int64()),
        ("boolean", pa.int32()),
        ("string", pa.int64()),
        ("string", pa.date32()),
        ("date", pa.timestamp("ms")),
        ("timestamp", pa.int64()),
        ("array<int>", pa.int64()),
        ("array<int>", pa.list_(pa.string())),
        ("map<string,double>", pa.map_(pa.string(), pa.string())),
        ("struct<a:int>", pa.struct([("a", pa.string())])),
        ("struct<a:int>", pa.string()),
    ],
)
def test_a_type_of_another_kind_does_not(kind, data):
    assert not fits(parse_type(kind), data)
