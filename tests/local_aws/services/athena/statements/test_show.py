"""SHOW and DESCRIBE print what the catalog has, as Athena does."""

import pytest

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.statements import show
from local_aws.services.athena.tables.formats import FORMATS

ORC = FORMATS["ORC"]


@pytest.fixture
def tables(context):
    """Return the context of a database with some tables."""
    for name in ("recordings", "raw", "species"):
        table = {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"EXTERNAL": "TRUE", "mine": "yes"},
            "PartitionKeys": [{"Name": "year", "Type": "int"}],
            "StorageDescriptor": {
                "Columns": [{"Name": "id", "Type": "string", "Comment": "the id"}],
                "Location": "s3://lake/t/",
                "InputFormat": ORC.input,
                "OutputFormat": ORC.output,
                "SerdeInfo": {"SerializationLibrary": ORC.serde, "Parameters": {"k": "v"}},
            },
        }
        context.register("birds", table, exists=False)
    return context


@pytest.mark.parametrize(
    "pattern, names",
    [
        (None, ["raw", "recordings", "species"]),
        ("r*", ["raw", "recordings"]),
        ("RAW|spec*", ["raw", "species"]),
        ("r", []),
        ("%w", ["raw"]),
        ("ra.", []),
    ],
)
def test_tables_are_found_by_hives_patterns(tables, pattern, names):
    assert show.tables(tables, {"database": None, "like": pattern}) == names


def test_columns_are_shown_with_the_keys_behind_them(tables):
    rows = show.columns(tables, {"name": (None, "raw")})
    assert [row.strip() for row in rows] == ["id", "year"] and {len(row) for row in rows} == {20}


def test_a_description_ends_with_the_keys(tables):
    rows = show.describe(tables, {"name": (None, "raw"), "extended": False})
    cells = [[cell.strip() for cell in row.split("\t")] for row in rows]
    assert cells[:2] == [["id", "string", "the id"], ["year", "int", ""]]
    assert cells[-1] == ["year", "int", ""] and ["# col_name", "data_type", "comment"] in cells


def test_a_table_is_shown_as_the_statement_that_makes_it(tables):
    assert show.create_table(tables, {"name": (None, "raw")}) == [
        "CREATE EXTERNAL TABLE `birds.raw`(",
        "  `id` string COMMENT 'the id')",
        "PARTITIONED BY ( ",
        "  `year` int)",
        "ROW FORMAT SERDE ",
        f"  '{ORC.serde}' ",
        "WITH SERDEPROPERTIES ( ",
        "  'k'='v') ",
        "STORED AS INPUTFORMAT ",
        f"  '{ORC.input}' ",
        "OUTPUTFORMAT ",
        f"  '{ORC.output}'",
        "LOCATION",
        "  's3://lake/t/'",
        "TBLPROPERTIES (",
        "  'mine'='yes') ",
    ]


@pytest.mark.parametrize(
    "key, rows",
    [(None, ["EXTERNAL\tTRUE", "mine\tyes"]), ("mine", ["yes"]),
     ("x", ["Table does not have property: x"])],
)  # fmt: skip
def test_properties_are_shown_all_or_one(tables, key, rows):
    assert show.tblproperties(tables, {"name": (None, "raw"), "key": key}) == rows


def test_a_table_is_no_view(tables):
    with pytest.raises(QueryFailed, match="Relation 'birds.raw' is a table, not a view"):
        show.create_view(tables, {"name": (None, "raw")})
