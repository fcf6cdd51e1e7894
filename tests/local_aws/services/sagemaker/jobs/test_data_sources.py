"""The objects of an S3 data source, by a prefix or a manifest."""

import json

import pytest
from botocore.exceptions import ClientError

from local_aws.errors import AwsError
from local_aws.services.sagemaker.jobs.data_sources import objects_of
from local_aws.state.objects.store import ObjectStore
from tests.local_aws.services.sagemaker.jobs.requests import channel, training
from tests.local_cloud import BUCKET

PREFIX = {"prefix": f"s3://{BUCKET}/data/"}
MANIFEST = {"S3DataType": "ManifestFile", "S3Uri": f"s3://{BUCKET}/list.json"}


@pytest.fixture
def store(tmp_path):
    store = ObjectStore(tmp_path / "s3")
    store.create_bucket(BUCKET)
    for name in ("a", "b/c", "d"):
        store.put(BUCKET, f"data/{name}", name.encode())
    return store


def test_a_manifest_names_its_objects_in_its_order_and_no_others(store):
    store.put(BUCKET, "list.json", json.dumps([PREFIX, "d", "b/c"]).encode())
    objects = objects_of(store, MANIFEST)
    assert [(info.key, name) for info, name in objects] == [("data/d", "d"), ("data/b/c", "b/c")]


@pytest.mark.parametrize(
    "content, message",
    [
        ("no json", "not a JSON list"),
        ('["a"]', "not a JSON list"),
        ('[{"prefix": "data/"}, "a"]', "not a JSON list"),
        (json.dumps([PREFIX, {"source-ref": "a"}]), "not a JSON list"),
        (json.dumps([PREFIX]), "names no objects"),
        (json.dumps([PREFIX, "gone"]), "key does not exist"),
    ],
)
def test_a_manifest_that_is_none_says_what_is_wrong(store, content, message):
    store.put(BUCKET, "list.json", content.encode())
    with pytest.raises(AwsError, match=message):
        objects_of(store, MANIFEST)


@pytest.mark.parametrize(
    "kind, mode, message",
    [
        ("AugmentedManifestFile", "Pipe", "type S3Prefix and ManifestFile alone"),
        ("ManifestFile", "FastFile", "FastFile is for S3DataType S3Prefix"),
    ],
)
def test_other_sources_are_refused_by_name(client, kind, mode, message):
    data = channel("data", "x", InputMode=mode)
    data["DataSource"]["S3DataSource"]["S3DataType"] = kind
    with pytest.raises(ClientError, match=message):
        client("sagemaker").create_training_job(**training("job", "pass", InputDataConfig=[data]))
