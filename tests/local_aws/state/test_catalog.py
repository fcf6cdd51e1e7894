"""Databases, tables and partitions as Glue keeps, pages and refuses them."""

import pytest

from local_aws.errors import AwsError
from local_aws.state.catalog import Catalog
from local_aws.state.clock import Clock

KEYS = [{"Name": "year", "Type": "int"}, {"Name": "site", "Type": "string"}]
TABLE = {"DatabaseName": "birds", "TableName": "t"}


@pytest.fixture
def catalog(tmp_path):
    """A catalog with a partitioned table."""
    made = Catalog(tmp_path, Clock())
    made.create_database({"DatabaseInput": {"Name": "Birds", "Description": "songs"}})
    made.create_table({"DatabaseName": "birds", "TableInput": {"Name": "T", "PartitionKeys": KEYS}})
    return made


def add(catalog, *values: str) -> list[dict]:
    """Create a partition; return what was there already."""
    inputs = [{"Values": list(values)}]
    return catalog.batch_create_partition({**TABLE, "PartitionInputList": inputs})["Errors"]


def test_names_are_lower_case_and_found_in_any_case(catalog):
    assert catalog.get_database({"Name": "BIRDS"})["Database"]["Name"] == "birds"
    table = catalog.get_table({"DatabaseName": "Birds", "Name": "t"})["Table"]
    assert (table["Name"], table["DatabaseName"]) == ("t", "birds")


def test_what_was_acknowledged_is_there_for_another_process(catalog, tmp_path):
    add(catalog, "2024", "marsh")
    other = Catalog(tmp_path, Clock())
    assert other.get_partitions(TABLE)["Partitions"][0]["Values"] == ["2024", "marsh"]


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("get_database", {"Name": "none"}),
        ("get_table", {"DatabaseName": "birds", "Name": "none"}),
        ("get_tables", {"DatabaseName": "none"}),
        ("delete_table", {"DatabaseName": "birds", "Name": "none"}),
        ("get_partitions", {"DatabaseName": "birds", "TableName": "none"}),
    ],
)
def test_what_is_not_there_is_an_entity_not_found(catalog, method, request_):
    with pytest.raises(AwsError) as caught:
        getattr(catalog, method)(request_)
    assert caught.value.code == "EntityNotFoundException"


def test_nothing_is_created_twice(catalog):
    with pytest.raises(AwsError, match="AlreadyExistsException"):
        catalog.create_database({"DatabaseInput": {"Name": "birds"}})
    with pytest.raises(AwsError, match="AlreadyExistsException"):
        catalog.create_table({"DatabaseName": "birds", "TableInput": {"Name": "t"}})
    assert not add(catalog, "2024", "marsh")
    assert add(catalog, "2024", "marsh")[0]["ErrorDetail"]["ErrorCode"] == "AlreadyExistsException"


def test_a_deleted_database_takes_its_tables_and_partitions_along(catalog):
    add(catalog, "2024", "marsh")
    catalog.delete_database({"Name": "birds"})
    catalog.create_database({"DatabaseInput": {"Name": "birds"}})
    assert catalog.get_tables({"DatabaseName": "birds"})["TableList"] == []


def test_tables_come_by_pages_and_by_pattern(catalog):
    for name in ("a", "ab", "b"):
        catalog.create_table({"DatabaseName": "birds", "TableInput": {"Name": name}})
    page = catalog.get_tables({"DatabaseName": "birds", "MaxResults": 3})
    rest = catalog.get_tables({"DatabaseName": "birds", "NextToken": page["NextToken"]})
    names = [table["Name"] for table in page["TableList"] + rest["TableList"]]
    assert names == ["a", "ab", "b", "t"]
    matched = catalog.get_tables({"DatabaseName": "birds", "Expression": "a.*"})["TableList"]
    assert [table["Name"] for table in matched] == ["a", "ab"]


def test_partitions_are_filtered_by_an_expression(catalog):
    for pair in (("2023", "marsh"), ("2024", "marsh"), ("2024", "wood")):
        add(catalog, *pair)
    partitions = catalog.get_partitions({**TABLE, "Expression": "year = 2024"})["Partitions"]
    assert [body["Values"] for body in partitions] == [["2024", "marsh"], ["2024", "wood"]]


def test_an_expression_over_other_names_is_refused(catalog):
    add(catalog, "2024", "marsh")
    with pytest.raises(AwsError, match="Unsupported expression 'nope = 1'"):
        catalog.get_partitions({**TABLE, "Expression": "nope = 1"})


def test_a_batch_tells_which_partitions_were_there_already(catalog):
    add(catalog, "2024", "marsh")
    inputs = [{"Values": ["2024", "marsh"]}, {"Values": ["2025", "wood"]}]
    answer = catalog.batch_create_partition({**TABLE, "PartitionInputList": inputs})
    assert [error["PartitionValues"] for error in answer["Errors"]] == [["2024", "marsh"]]
    assert len(catalog.get_partitions(TABLE)["Partitions"]) == 2


def test_a_partition_needs_a_value_for_every_key(catalog):
    with pytest.raises(AwsError, match="number of partition keys"):
        add(catalog, "2024")


def test_batches_of_deletes_list_what_was_not_there(catalog):
    add(catalog, "2024", "marsh")
    wanted = [{"Values": ["2024", "marsh"]}, {"Values": ["2025", "wood"]}]
    errors = catalog.batch_delete_partition({**TABLE, "PartitionsToDelete": wanted})["Errors"]
    assert [error["PartitionValues"] for error in errors] == [["2025", "wood"]]
    assert catalog.get_partitions(TABLE)["Partitions"] == []


def test_partitions_are_told_without_their_columns_if_asked(catalog):
    storage = {"Columns": [{"Name": "a", "Type": "int"}], "Location": "s3://b/k/"}
    inputs = [{"Values": ["2024", "marsh"], "StorageDescriptor": storage}]
    catalog.batch_create_partition({**TABLE, "PartitionInputList": inputs})
    (bare,) = catalog.get_partitions({**TABLE, "ExcludeColumnSchema": True})["Partitions"]
    assert bare["StorageDescriptor"] == {"Location": "s3://b/k/"}
    assert catalog.get_partitions(TABLE)["Partitions"][0]["StorageDescriptor"] == storage


def update(catalog, old, new, **body):
    """Replace a partition."""
    change = {"PartitionValueList": list(old), "PartitionInput": {"Values": list(new), **body}}
    catalog.update_partition({**TABLE, **change})


def test_a_partition_is_replaced_under_the_same_or_other_values(catalog):
    add(catalog, "2024", "marsh")
    update(catalog, ("2024", "marsh"), ("2024", "marsh"), Parameters={"a": "1"})
    update(catalog, ("2024", "marsh"), ("2025", "wood"), Parameters={"a": "2"})
    (body,) = catalog.get_partitions(TABLE)["Partitions"]
    assert (body["Values"], body["Parameters"]) == (["2025", "wood"], {"a": "2"})


def test_a_replacement_that_is_refused_changes_nothing(catalog):
    add(catalog, "2024", "marsh")
    add(catalog, "2025", "wood")
    with pytest.raises(AwsError, match="AlreadyExistsException"):
        update(catalog, ("2024", "marsh"), ("2025", "wood"))
    with pytest.raises(AwsError, match="InvalidInputException"):
        update(catalog, ("2024", "marsh"), ("2025",))
    with pytest.raises(AwsError, match="EntityNotFoundException"):
        update(catalog, ("2026", "marsh"), ("2027", "wood"))
    assert [body["Values"] for body in catalog.get_partitions(TABLE)["Partitions"]] == [
        ["2024", "marsh"], ["2025", "wood"]
    ]  # fmt: skip
