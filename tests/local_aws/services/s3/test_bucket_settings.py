"""A bucket's settings are another app's, which hears of every bucket, of none too early."""

import errno
import os

import pytest
from botocore.exceptions import ClientError


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


def test_the_tags_of_a_new_bucket_are_one_of_its_settings(cloud, s3):
    tags = [{"Key": "team", "Value": "birds & bins"}]
    s3.create_bucket(Bucket="bins", CreateBucketConfiguration={"Tags": tags})
    method, path, query, body = cloud.settings.seen[-1]
    assert (method, path, query) == ("PUT", "/bins", "tagging")
    assert b"<Key>team</Key><Value>birds &amp; bins</Value>" in body


def test_settings_of_no_bucket_are_a_404(cloud, s3):
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.get_bucket_policy(Bucket="none")
    assert cloud.settings.seen == []


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
