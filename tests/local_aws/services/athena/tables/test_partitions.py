"""A table's files: those of the partitions that a query's condition leaves, hidden ones never."""

import pytest

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.dialect import parse
from local_aws.services.athena.tables import partitions
from local_aws.state.objects.store import ObjectStore


def table(**projection: str) -> dict:
    """Return a table whose one key `k` is projected."""
    properties = {f"projection.k.{name.replace('_', '.')}": v for name, v in projection.items()}
    return {
        "Parameters": properties,
        "PartitionKeys": [{"Name": "k", "Type": "string"}],
        "StorageDescriptor": {"Location": "s3://b/t/"},
    }


@pytest.mark.parametrize(
    "uri, parts",
    [("s3://b/a/c", ("b", "a/c")), ("s3a://b/", ("b", "")), ("s3://b", ("b", ""))],
)
def test_an_address_is_a_bucket_and_a_prefix(uri, parts):
    assert partitions.split_uri(uri) == parts


def test_what_is_no_address_is_refused():
    with pytest.raises(QueryFailed, match="'file:///a' is not an S3 location"):
        partitions.split_uri("file:///a")


@pytest.mark.parametrize(
    "projection, values",
    [
        ({"type": "enum", "values": "a, b"}, ["a", "b"]),
        ({"type": "integer", "range": "8,12", "digits": "3", "interval": "2"},
         ["008", "010", "012"]),
        ({"type": "date", "format": "yyyy-MM-dd", "range": "2024-02-28,2024-03-01"},
         ["2024-02-28", "2024-02-29", "2024-03-01"]),
        ({"type": "date", "format": "yyyy-MM", "range": "2023-11,2024-01",
          "interval_unit": "MONTHS"}, ["2023-11", "2023-12", "2024-01"]),
        ({"type": "date", "format": "yyyyMMdd", "range": "20240131,20240331",
          "interval_unit": "MONTHS"}, ["20240131", "20240229", "20240331"]),
    ],
)  # fmt: skip
def test_projected_values_are_those_of_the_properties(projection, values):
    projected = partitions.projected(table(**projection))
    assert [body["Values"] for body in projected] == [[value] for value in values]
    assert projected[0]["StorageDescriptor"]["Location"] == f"s3://b/t/k={values[0]}/"


def test_a_template_says_where_a_projected_partition_lies():
    made = table(type="enum", values="a")
    made["Parameters"]["storage.location.template"] = "s3://b/other/${k}/x/"
    (body,) = partitions.projected(made)
    assert body["StorageDescriptor"]["Location"] == "s3://b/other/a/x/"


@pytest.mark.parametrize(
    "condition, values",
    [
        ("(k = 'a')", ["a"]),
        ("('a' = k) AND (d > 1)", ["a"]),
        ("(k IN ('b', 'a')) AND (k IN ('a', 'c'))", ["a"]),
        ("(k = concat('a', 'b'))", ["ab"]),
    ],
)
def test_injected_values_are_those_of_the_condition(condition, values):
    projected = partitions.projected(table(type="injected"), condition)
    assert [body["Values"] for body in projected] == [[value] for value in values]


@pytest.mark.parametrize("condition", [None, "(k > 'a')", "(k = other)", "(k = 'a') OR (k = 'b')"])
def test_an_injected_key_without_its_value_is_refused(condition):
    with pytest.raises(QueryFailed, match="injected projected partition column k"):
        partitions.projected(table(type="injected"), condition)


@pytest.mark.parametrize(
    "value, name",
    [
        ("Grün fink+", "Grün fink+"),
        ("a/b:c", "a%2Fb%3Ac"),
        ("10%", "10%25"),
        ("", "__HIVE_DEFAULT_PARTITION__"),
    ],
)
def test_a_value_is_escaped_in_its_folders_name_as_by_trino(value, name):
    assert partitions.folder_name(value) == name


def test_a_projection_of_an_unknown_type_is_refused():
    with pytest.raises(QueryFailed, match="unsupported projection type 'magic'"):
        partitions.projected(table(type="magic"))


@pytest.mark.parametrize(
    "where, kept",
    [
        ("y = 1 AND t.s = 'a' AND x > 2", "(y = 1) AND (s = 'a')"),
        ("y = 1 OR x = 2", None),
        ("u.y = 1", None),
        ("y IN (SELECT 1)", None),
        ("y = f(1)", None),
        ("1 = 1", None),
    ],
)
def test_a_condition_on_the_keys_alone_decides_on_partitions(where, kept):
    select = parse(f"SELECT 1 FROM tab t WHERE {where}")
    assert partitions.prunable(select, "t", ["y", "s"]) == kept


def test_empty_and_hidden_objects_are_no_data(tmp_path):
    store = ObjectStore(tmp_path / "s3")
    store.create_bucket("lake")
    keys = ("_t/a", "_t/b/_c", "_t/_b", "_t/.c", "_t/_temporary/0/d", "_t/e/.x/d", "_tx")
    for key in keys:
        store.put("lake", key, b"1")
    store.put("lake", "_t/empty", b"")
    listed = [file.uri for file in partitions.list_files(store, "s3://lake/_t")]
    store.close()
    assert listed == ["s3://lake/_t/a"]
