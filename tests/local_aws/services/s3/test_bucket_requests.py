"""Buckets through boto3 are made, listed, found and deleted, or refused as by S3."""

import urllib.error
import urllib.request

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


def test_a_request_that_is_signed_for_another_region_names_the_right_one(cloud):
    cloud.store.create_bucket("far", "eu-west-1")
    cloud.store.put("far", "a", b"x")
    both = ("us-east-1", "eu-west-1")
    for bucket, region, right in (("far", *both), ("birds", *reversed(both))):
        plain = urllib.request.Request(f"{cloud.url}/{bucket}/a")
        scope = f"Credential=test/20260101/{region}/s3/aws4_request"
        plain.add_header("Authorization", f"AWS4-HMAC-SHA256 {scope}")
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(plain)
        text = error.value.read().decode()
        assert "AuthorizationHeaderMalformed" in text and f"<Region>{right}</Region>" in text
        assert error.value.headers["x-amz-bucket-region"] == right


@pytest.mark.parametrize("call", ["get_object", "head_object", "head_bucket", "list_objects_v2"])
def test_boto3_finds_the_right_region_by_itself(cloud, call):
    cloud.store.create_bucket("far", "eu-west-1")
    cloud.store.put("far", "a", b"x")
    key = {"Key": "a"} if "object" in call and "list" not in call else {}
    answer = getattr(cloud.client("us-east-1"), call)(Bucket="far", **key)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_us_east_1_makes_buckets_anywhere_and_other_regions_their_own(cloud, s3):
    where = {"CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}}
    s3.create_bucket(Bucket="owls", **where)
    assert s3.get_bucket_location(Bucket="owls")["LocationConstraint"] == "eu-central-1"
    west = cloud.client("us-west-2")
    with pytest.raises(ClientError, match="endpoint this request was sent to.$"):
        west.create_bucket(Bucket="wrens", **where)
    west.close()


@pytest.mark.parametrize("constraint", ["us-east-1", "nowhere"])
def test_a_region_that_no_request_can_name_is_told(s3, constraint):
    where = {"CreateBucketConfiguration": {"LocationConstraint": constraint}}
    with pytest.raises(ClientError, match="InvalidLocationConstraint"):
        s3.create_bucket(Bucket="owls", **where)
