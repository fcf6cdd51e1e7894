"""A type has three spellings, Hive's, Trino's and DuckDB's, which mean the same."""

import pytest

from local_aws.services.athena.failures import MalformedQuery
from local_aws.services.athena.sql import types

NESTED = "map<string,array<struct<a:int,b:decimal(10,2)>>>"


@pytest.mark.parametrize(
    "hive, duckdb",
    [
        ("int", "INTEGER"),
        ("INTEGER", "INTEGER"),
        ("varchar(10)", "VARCHAR"),
        ("decimal", "DECIMAL(10,0)"),
        ("decimal(5)", "DECIMAL(5,0)"),
        ("decimal(5, 2)", "DECIMAL(5,2)"),
        ("array<double>", "DOUBLE[]"),
        ("binary", "BLOB"),
        ("struct<`A b`:int>", 'STRUCT("a b" INTEGER)'),
        (NESTED, 'MAP(VARCHAR, STRUCT("a" INTEGER, "b" DECIMAL(10,2))[])'),
    ],
)
def test_a_type_of_hive_is_one_of_duckdb(hive, duckdb):
    assert types.to_duckdb(types.parse_type(hive)) == duckdb


@pytest.mark.parametrize("text", ["", "number", "array<int", "int int", "array<none>", "map<int"])
def test_what_is_no_type_is_refused(text):
    with pytest.raises(MalformedQuery):
        types.parse_type(text)


@pytest.mark.parametrize(
    "duckdb, athena, hive, trino",
    [
        ("INTEGER", "integer", "int", "integer"),
        ("HUGEINT", "bigint", "bigint", "bigint"),
        ("FLOAT", "float", "float", "real"),
        ("VARCHAR", "varchar", "string", "varchar"),
        ("JSON", "json", "string", "json"),
        ("DECIMAL(10,2)", "decimal", "decimal(10,2)", "decimal(10,2)"),
        ("TIMESTAMP", "timestamp", "timestamp", "timestamp(3)"),
        ("TIMESTAMPTZ", "timestamp with time zone", "timestamp", "timestamp(3) with time zone"),
        ("BLOB", "varbinary", "binary", "varbinary"),
        ("INTEGER[]", "array", "array<int>", "array(integer)"),
        ("MAP(VARCHAR, DATE)", "map", "map<string,date>", "map(varchar, date)"),
        ("STRUCT(a INTEGER)", "row", "struct<a:int>", "row(a integer)"),
    ],
)
def test_a_type_of_duckdb_has_its_names(connection, duckdb, athena, hive, trino):
    (kind,) = connection.sql(f"SELECT CAST(NULL AS {duckdb})").types
    names = (types.athena_name(kind), types.hive_name(kind), types.trino_name(kind))
    assert names == (athena, hive, trino)


def test_fields_of_an_unnamed_row_are_numbered(connection):
    (kind,) = connection.sql("SELECT row(1, 'a')").types
    assert [name for name, _ in types.row_fields(kind)] == ["field0", "field1"]


def test_a_column_tells_its_digits(connection):
    (kind,) = connection.sql("SELECT CAST(1 AS DECIMAL(7,3))").types
    told = types.column_info("n", kind)
    assert (told["Type"], told["Precision"], told["Scale"]) == ("decimal", 7, 3)


@pytest.mark.parametrize("text", ["a", "it's", 'say "x"', ""])
def test_a_quoted_text_and_name_are_read_as_they_were(connection, text):
    assert connection.sql(f"SELECT {types.literal(text)}").fetchall() == [(text,)]
    name = text or "x"
    assert connection.sql(f"SELECT 1 AS {types.quote(name)}").columns == [name]
