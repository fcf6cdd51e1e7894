"""Buckets are made once, known after a restart, and deleted when they are empty."""

import pytest

from local_aws.errors import AwsError
from local_aws.state.objects.store import ObjectStore
from tests.local_aws.state.objects.folders import files


def test_a_bucket_with_objects_is_not_deleted(store):
    store.put("birds", "a", b"")
    with pytest.raises(AwsError, match="BucketNotEmpty"):
        store.delete_bucket("birds")
    store.delete("birds", "a")
    store.delete_bucket("birds")
    assert store.buckets() == [] and files(store.root) == []


def test_a_bucket_keeps_its_time_and_its_region_over_a_restart(store):
    store.create_bucket("bins", "eu-west-1")
    made = store.bucket_table.facts("bins")
    again = ObjectStore(store.root)
    assert again.bucket_table.facts("bins") == made and made[1] == "eu-west-1"
    assert again.bucket_table.names() == ["bins", "birds"]
    again.close()


def test_a_bucket_that_is_there_is_not_made_again(store):
    with pytest.raises(AwsError, match="BucketAlreadyOwnedByYou") as refused:
        store.create_bucket("birds")
    assert refused.value.status == 409


def test_a_deleted_bucket_is_none(store):
    store.delete_bucket("birds")
    assert not store.bucket_table.has("birds")
    with pytest.raises(AwsError, match="NoSuchBucket"):
        store.bucket_table.facts("birds")
