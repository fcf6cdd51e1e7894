"""Values in result files are written as Athena writes them."""

import datetime

import numpy as np
import pyarrow as pa
import pytest

from local_aws.services.athena.statements.duckdb_database import open_database
from local_aws.services.athena.tables import result_text


@pytest.mark.parametrize(
    "value, text",
    [
        (1.0, "1.0"),
        (0.0, "0.0"),
        (-0.001, "-0.001"),
        (0.00099, "9.9E-4"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (1.5e300, "1.5E300"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_a_double_is_written_as_java_does(value, text):
    assert result_text.double_text(value) == text


def test_a_real_has_the_digits_of_its_own_precision():
    assert result_text.float_text(np.float32(0.1)) == "0.1"


def test_a_cast_to_text_always_has_an_exponent():
    texts = result_text.sql_text(pa.array([37.7, 0.0, None, float("inf")]))
    assert texts.to_pylist() == ["3.77E1", "0.0E0", None, "Infinity"]


@pytest.mark.parametrize(
    "expression, text",
    [
        ("true", "true"),
        ("CAST(1.50 AS DECIMAL(5,2))", "1.50"),
        ("TIMESTAMP '2024-01-02 03:04:05.5'", "2024-01-02 03:04:05.500"),
        ("TIMESTAMP '2024-01-02 03:04:05.123456'", "2024-01-02 03:04:05.123456"),
        ("DATE '2024-01-02'", "2024-01-02"),
        ("'\\xAB\\x01'::BLOB", "ab 01"),
        ("[1, NULL]", "[1, null]"),
        ("MAP {'a': 1.5::DOUBLE}", "{a=1.5}"),
        ("{'a': 1, 'b': ['x']}", "{a=1, b=[x]}"),
        ("row(1, true)", "{field0=1, field1=true}"),
        ("INTERVAL '14' MONTH", "1-2"),
        ("INTERVAL '25' HOUR", "1 01:00:00.000"),
    ],
)
def test_a_value_is_written_by_its_type(expression, text):
    with open_database() as database:
        relation = database.sql(f"SELECT {expression} AS x")
        (value,) = relation.to_arrow_table()["x"].to_pylist()
        write = result_text.writer_of(relation.types[0])
    assert write(value) == text


def test_a_negative_interval_has_one_sign():
    write = result_text.writer_of(_type("INTERVAL"))
    assert write(datetime.timedelta(days=-1, hours=-1)) == "-1 01:00:00.000"


def _type(name: str):
    with open_database() as database:
        return database.sql(f"SELECT CAST(NULL AS {name})").types[0]
