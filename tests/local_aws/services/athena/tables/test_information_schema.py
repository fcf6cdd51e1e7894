"""information_schema is the catalog's databases, tables, views and columns."""

import pytest

from local_aws.services.athena.failures import Position, QueryFailed
from local_aws.services.athena.tables.information_schema import information, pages
from local_aws.state.catalog import Catalog
from local_aws.state.clock import Clock


@pytest.fixture
def catalog(tmp_path):
    """Return a catalog with a table and a view."""
    made = Catalog(tmp_path, Clock())
    made.create_database({"DatabaseInput": {"Name": "birds"}})
    table = {
        "Name": "t",
        "PartitionKeys": [{"Name": "year", "Type": "int"}],
        "StorageDescriptor": {"Columns": [{"Name": "id", "Type": "string", "Comment": "c"}]},
    }
    view = {
        "Name": "v",
        "TableType": "VIRTUAL_VIEW",
        "ViewOriginalText": "text",
        "StorageDescriptor": {"Columns": []},
    }
    for body in (table, view):
        made.create_table({"DatabaseName": "birds", "TableInput": body})
    return made


def rows(catalog, name: str, *columns: str) -> list[tuple]:
    rows = information(catalog, name, None).select(list(columns)).to_pylist()
    return [tuple(row.values()) for row in rows]


def test_databases_are_schemata_beside_the_schema_of_schemata(catalog):
    assert rows(catalog, "schemata", "schema_name") == [("birds",), ("information_schema",)]


def test_tables_and_views_are_told_apart(catalog):
    kinds = [("t", "BASE TABLE"), ("v", "VIEW")]
    assert rows(catalog, "tables", "table_name", "table_type") == kinds
    assert rows(catalog, "views", "table_name", "view_definition") == [("v", "text")]


def test_columns_are_numbered_and_keys_are_the_last(catalog):
    columns = ("column_name", "ordinal_position", "data_type", "comment", "extra_info")
    assert rows(catalog, "columns", *columns) == [
        ("id", 1, "string", "c", None),
        ("year", 2, "int", None, "partition key"),
    ]


def test_what_it_has_not_is_not_found_where_it_is_written(catalog):
    with pytest.raises(QueryFailed) as refused:
        information(catalog, "nope", Position(1, 15))
    words = "line 1:15: Table 'awsdatacatalog.information_schema.nope' does not exist"
    assert refused.value.reason == f"TABLE_NOT_FOUND: {words}"


def test_all_pages_of_a_listing_are_read():
    answers = {None: {"L": [1, 2], "NextToken": "x"}, "x": {"L": [3]}}
    assert pages(lambda request: answers[request["NextToken"]], {}, "L") == [1, 2, 3]
