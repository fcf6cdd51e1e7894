"""Buckets and their settings through boto3: ours are made and deleted, settings are passed on."""

import errno
import os

import pytest
from botocore.exceptions import ClientError


def test_buckets_are_made_listed_and_deleted(s3):
    s3.create_bucket(Bucket="bins")
    listed = s3.list_buckets()["Buckets"]
    assert [bucket["Name"] for bucket in listed] == ["bins", "birds"]
    assert listed[0]["BucketRegion"] == "us-east-1"
    s3.delete_bucket(Bucket="bins")
    with pytest.raises(ClientError, match=r"\(404\)"):
        s3.head_bucket(Bucket="bins")


def test_buckets_are_listed_in_pages(s3):
    for name in ("aaa", "bbb", "bbc"):
        s3.create_bucket(Bucket=name)
    pages = s3.get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": 2}, Prefix="b")
    assert [[b["Name"] for b in page["Buckets"]] for page in pages] == [["bbb", "bbc"], ["birds"]]


def test_ones_own_bucket_again_is_a_409_except_in_us_east_1(cloud, s3):
    s3.create_bucket(Bucket="birds")
    west = cloud.client("us-west-2")
    where = {"CreateBucketConfiguration": {"LocationConstraint": "us-west-2"}}
    west.create_bucket(Bucket="bins", **where)
    with pytest.raises(ClientError, match="BucketAlreadyOwnedByYou"):
        west.create_bucket(Bucket="bins", **where)
    assert west.get_bucket_location(Bucket="bins")["LocationConstraint"] == "us-west-2"
    head = west.head_bucket(Bucket="bins")["ResponseMetadata"]["HTTPHeaders"]
    assert head["x-amz-bucket-region"] == "us-west-2"
    assert s3.get_bucket_location(Bucket="birds")["LocationConstraint"] is None
    with pytest.raises(ClientError, match="IllegalLocationConstraint"):
        west.create_bucket(Bucket="third")
    west.close()


def test_a_bucket_with_objects_is_a_409(s3):
    s3.put_object(Bucket="birds", Key="a", Body=b"")
    with pytest.raises(ClientError, match="BucketNotEmpty") as error:
        s3.delete_bucket(Bucket="birds")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_settings_go_to_the_settings_app_which_knows_the_bucket(cloud, s3):
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket="birds", ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.get_bucket_encryption(Bucket="birds")
    assert [seen[:3] for seen in cloud.settings.seen] == [
        ("HEAD", "/birds", ""),
        ("PUT", "/birds", ""),
        ("PUT", "/birds", "encryption"),
        ("GET", "/birds", "encryption"),
    ]
    assert b"AES256" in cloud.settings.seen[2][3]


def test_the_settings_app_hears_of_new_and_deleted_buckets(cloud):
    west = cloud.client("us-west-2")
    where = {"LocationConstraint": "us-west-2"}
    west.create_bucket(Bucket="bins", CreateBucketConfiguration=where)
    west.delete_bucket(Bucket="bins")
    made, deleted = cloud.settings.seen[1:]
    assert made[:2] == ("PUT", "/bins") and b"us-west-2" in made[3]
    assert deleted[:2] == ("DELETE", "/bins")
    west.close()


def test_settings_of_no_bucket_are_a_404(cloud, s3):
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.get_bucket_policy(Bucket="none")
    assert cloud.settings.seen == []


def test_a_browser_form_upload_is_refused_by_name(cloud):
    import urllib.error
    import urllib.request

    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{cloud.url}/birds", data=b"form")
    with error.value as answer:
        assert answer.status == 400 and b"NotImplemented" in answer.read()


def test_object_lock_is_refused_by_name(s3):
    with pytest.raises(ClientError, match="NotImplemented.*ObjectLockEnabledForBucket"):
        s3.create_bucket(Bucket="bins", ObjectLockEnabledForBucket=True)


@pytest.fixture
def app(cloud):
    """Return what tells the settings app of buckets."""
    return cloud.app.settings


class FullApp:
    """A settings app whose disk is full for all that changes something."""

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] not in ("HEAD", "GET"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        start_response("404 Not Found", [])
        return [b""]


def test_a_bucket_is_made_and_deleted_though_its_settings_have_no_room_yet(cloud, s3, app):
    app._app, before = FullApp(), app._app
    s3.create_bucket(Bucket="bins")
    app._app = before
    s3.get_bucket_encryption(Bucket="bins")
    assert ("PUT", "/bins", "") in [seen[:3] for seen in cloud.settings.seen]
    app._app = FullApp()
    s3.delete_bucket(Bucket="bins")
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == ["birds"]


def test_a_bucket_gets_no_settings_of_an_earlier_one_of_its_name(cloud, s3, app):
    s3.create_bucket(Bucket="bins")
    app._app, before = FullApp(), app._app
    s3.delete_bucket(Bucket="bins")
    app._app = before
    s3.create_bucket(Bucket="bins")
    calls = [seen[0] for seen in cloud.settings.seen if seen[1] == "/bins"]
    assert calls == ["HEAD", "PUT", "HEAD", "DELETE", "PUT"]
