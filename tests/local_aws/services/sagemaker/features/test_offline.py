"""Records come to S3 in batches, each exactly once, whatever fails between."""

import re

import pytest

from local_aws.services.sagemaker.features.groups import FeatureGroups
from tests.local_aws.services.sagemaker.features.stores import DELAYS, GROUP
from tests.local_cloud import BUCKET


@pytest.fixture
def made(features):
    """Return a Feature Store with one group."""
    features.make()
    return features


def rows(store):
    table = store.describe()["OfflineStoreConfig"]["DataCatalogConfig"]["TableName"]
    return store.ask(f"SELECT id, at FROM {table} ORDER BY id, at")


def test_a_batch_is_one_file_an_hour_of_event_times(made):
    for number, at in enumerate((0, 3599.5, 3600, 60)):
        made.put(f"r{number}", at)
    assert made.keys() == []
    made.advance()
    files = [key.partition("/data/")[2] for key in made.keys()]
    day = "year=1970/month=01/day=01"
    assert re.fullmatch(rf"{day}/hour=00/19700101T005959Z_[A-Za-z0-9]{{16}}.parquet", files[0])
    assert re.fullmatch(rf"{day}/hour=01/19700101T010000Z_[A-Za-z0-9]{{16}}.parquet", files[1])
    assert len(files) == 2 and len(rows(made)) == 4


def test_a_partition_filter_reads_one_folder(made):
    made.put("a", 10)
    made.put("b", 7200)
    made.advance()
    table = made.describe()["OfflineStoreConfig"]["DataCatalogConfig"]["TableName"]
    assert made.ask(f"SELECT id FROM {table} WHERE hour = '02'") == [("b",)]


def test_a_store_without_its_bucket_is_blocked_until_the_bucket_is_back(made):
    made.put("a", 10)
    made.aws.store.delete_bucket(BUCKET)
    made.advance(DELAYS[1] + 1)
    status = made.describe()["OfflineStoreStatus"]
    assert status["Status"] == "Blocked" and "NoSuchBucket" in status["BlockedReason"]
    made.aws.store.create_bucket(BUCKET)
    made.advance()
    assert made.describe()["OfflineStoreStatus"] == {"Status": "Active"}
    assert rows(made) == [("a", "10.0")]


def test_a_group_is_deleted_with_its_bucket_gone_and_not_with_its_bucket_full(made, monkeypatch):
    from local_aws.errors import AwsError

    def full(*_, **__):
        raise AwsError("InternalError", "The disk is full.")

    made.put("a", 10)
    with monkeypatch.context() as patch:
        patch.setattr(made.aws.store, "put", full)
        made.sagemaker.delete_feature_group(FeatureGroupName=GROUP)
        made.advance(DELAYS[0] + 1)
    group = made.describe()
    assert group["FeatureGroupStatus"] == "DeleteFailed" and "full" in group["FailureReason"]
    made.aws.store.delete_bucket(BUCKET)
    made.sagemaker.delete_feature_group(FeatureGroupName=GROUP)
    made.advance()
    assert not made.sagemaker.list_feature_groups()["FeatureGroupSummaries"]


def test_an_end_between_a_file_and_its_mark_writes_no_record_twice(made, monkeypatch):
    made.put("a", 10)
    engine = made.aws.parts.engine(FeatureGroups)
    with monkeypatch.context() as patch:
        patch.setattr(made.aws.parts.documents, "delete", killed)
        with pytest.raises(RuntimeError, match="killed"):
            engine.offline.flush(GROUP)
    assert len(made.keys()) == 1
    made.put("b", 20)
    engine.recover()  # as the next server does
    made.advance()
    assert rows(made) == [("a", "10.0"), ("b", "20.0")]


def killed(*_):
    raise RuntimeError("killed")
