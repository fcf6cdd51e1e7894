"""A table is made and turned: its partitions are those of the new folder, and its location last."""

import pytest

from helpers.catalog_table import CatalogTable, folder_of


@pytest.fixture
def table(client):
    """Return a table in a new database."""
    glue = client("glue")
    glue.create_database(DatabaseInput={"Name": "db"})
    return CatalogTable(glue, "db", "bins", {"id": "string", "count": "int"}, "count")


def partitions(table):
    pages = table.glue.get_paginator("get_partitions").paginate(DatabaseName="db", TableName="bins")
    return {
        each["Values"][0]: each["StorageDescriptor"]["Location"]
        for page in pages
        for each in page["Partitions"]
    }


def test_a_table_is_made_with_its_partitions(table):
    assert table.location() is None
    folders = {str(n): f"s3://b/1/rows/count={n}/" for n in range(130)}
    table.turn("s3://b/1/rows/", folders)
    assert table.location() == "s3://b/1/rows/" and partitions(table) == folders
    shown = table.glue.get_table(DatabaseName="db", Name="bins")["Table"]
    assert [key["Name"] for key in shown["PartitionKeys"]] == ["count"]


def test_a_turned_table_has_the_new_partitions_alone(table):
    table.turn("s3://b/1/rows/", {"1": "s3://b/1/rows/count=1/", "2": "s3://b/1/rows/count=2/"})
    table.turn("s3://b/2/rows/", {"2": "s3://b/2/rows/count=2/"})
    assert table.location() == "s3://b/2/rows/"
    assert partitions(table) == {"2": "s3://b/2/rows/count=2/"}


def test_a_folder_is_the_one_in_s3_whatever_its_values_letters():
    file = "s3://b/rows/day=a%20day%253D1/part-0.parquet"
    assert folder_of(file) == "s3://b/rows/day=a day%3D1/"
    assert folder_of("s3://b/rows/day=dœrsdag/p") == "s3://b/rows/day=dœrsdag/"
