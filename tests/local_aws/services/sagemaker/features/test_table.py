"""The table of a group is where AWS has it, whatever became of it meanwhile."""

from local_aws.services.sagemaker.features import table
from tests.local_aws.services.sagemaker.features.stores import GROUP


def test_the_partition_of_an_event_time_is_its_hour_in_utc():
    assert table.hour(1_764_180_000.75) == ("2025", "11", "26", "18")
    assert table.folder(table.hour(0.0)) == "year=1970/month=01/day=01/hour=00"


def test_a_uri_has_a_bucket_and_a_key():
    assert table.split("s3://b/a/c") == ("b", "a/c") and table.split("s3://b") == ("b", "")


def test_files_are_written_also_where_the_table_is_gone(features):
    catalog = features.make()["OfflineStoreConfig"]["DataCatalogConfig"]
    features.client("glue").delete_table(
        DatabaseName=catalog["Database"], Name=catalog["TableName"]
    )
    features.put("a", 10)
    features.advance()
    assert len(features.keys()) == 1
    assert features.describe(GROUP)["OfflineStoreStatus"] == {"Status": "Active"}
