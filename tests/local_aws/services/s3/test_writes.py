"""PutObject, CopyObject, DeleteObjects through boto3, and the notices to listeners."""

import base64
import hashlib

import pytest
from botocore.exceptions import ClientError

A = {"Bucket": "birds", "Key": "a"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"Metadata": {"k": "v" * 2048}}, "MetadataTooLarge"),
        ({"StorageClass": "CUPBOARD"}, "InvalidStorageClass"),
        ({"StorageClass": "GLACIER"}, "NotImplemented"),
        ({"StorageClass": "DEEP_ARCHIVE"}, "NotImplemented"),
        ({"ACL": "public-read"}, "AccessControlListNotSupported"),
        ({"GrantRead": 'id="1"'}, "AccessControlListNotSupported"),
        ({"ExpectedBucketOwner": "1" * 12}, "AccessDenied"),
        ({"ObjectLockRetainUntilDate": 4e9}, "NotImplemented"),
        ({"Tagging": "a=1"}, "NotImplemented.*Tagging"),
        ({"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": 4e9}, "NotImplemented"),
        ({"Key": "k" * 1025}, "KeyTooLongError"),
        ({"Bucket": "none"}, "NoSuchBucket"),
    ],
)
def test_a_put_that_s3_refuses_is_refused(s3, arguments, code):
    with pytest.raises(ClientError, match=code):
        s3.put_object(**{**A, "Body": b"x", **arguments})
    assert "Contents" not in s3.list_objects_v2(Bucket="birds")


def test_a_copy_of_a_multipart_object_has_a_plain_etag(s3):
    upload = {**A, "UploadId": s3.create_multipart_upload(**A)["UploadId"]}
    etag = s3.upload_part(**upload, PartNumber=1, Body=b"x")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    s3.complete_multipart_upload(**upload, MultipartUpload=parts)
    copied = s3.copy_object(Bucket="birds", Key="b", CopySource=A)["CopyObjectResult"]
    assert copied["ETag"] == f'"{hashlib.md5(b"x").hexdigest()}"'


def test_a_copy_takes_headers_and_checksums_along(s3):
    s3.put_object(**A, Body=b"x", ContentType="x/y", CacheControl="no-store")
    s3.copy_object(Bucket="birds", Key="b", CopySource="/birds/a", StorageClass="STANDARD_IA")
    head = s3.head_object(Bucket="birds", Key="b", ChecksumMode="ENABLED")
    assert (head["ContentType"], head["CacheControl"]) == ("x/y", "no-store")
    assert head["StorageClass"] == "STANDARD_IA" and head["ChecksumCRC32"]


def test_a_copy_can_choose_a_checksum(s3):
    s3.put_object(**A, Body=b"x")
    s3.copy_object(Bucket="birds", Key="b", CopySource=A, ChecksumAlgorithm="SHA1")
    head = s3.head_object(Bucket="birds", Key="b", ChecksumMode="ENABLED")
    assert head["ChecksumSHA1"] == base64.b64encode(hashlib.sha1(b"x").digest()).decode()


def test_a_copy_onto_itself_must_change_something(s3):
    s3.put_object(**A, Body=b"x", Metadata={"k": "1"})
    with pytest.raises(ClientError, match="illegal"):
        s3.copy_object(**A, CopySource=A)
    s3.copy_object(**A, CopySource=A, Metadata={"k": "2"}, MetadataDirective="REPLACE")
    assert s3.head_object(**A)["Metadata"] == {"k": "2"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"CopySource": {"Bucket": "birds", "Key": "none"}}, "NoSuchKey"),
        ({"CopySource": {"Bucket": "none", "Key": "a"}}, "NoSuchBucket"),
        ({"CopySource": "birds"}, "InvalidArgument"),
        ({"CopySource": A, "CopySourceIfMatch": '"x"'}, "PreconditionFailed"),
        ({"CopySource": A, "IfNoneMatch": "*"}, "NotImplemented.*IfNoneMatch"),
        ({"CopySource": A, "CopySourceIfModifiedSince": 4e9}, "PreconditionFailed"),
    ],
)
def test_a_copy_that_s3_refuses_is_refused(s3, arguments, code):
    s3.put_object(**A, Body=b"x")
    with pytest.raises(ClientError, match=code):
        s3.copy_object(Bucket="birds", Key="b", **arguments)


def test_a_source_key_with_odd_characters_is_copied(s3):
    odd = {"Bucket": "birds", "Key": "ö +%20?&.txt"}
    s3.put_object(**odd, Body=b"x")
    s3.copy_object(Bucket="birds", Key="b", CopySource=odd)
    assert s3.get_object(Bucket="birds", Key="b")["Body"].read() == b"x"


def test_deleting_many_answers_each_or_stays_quiet(s3):
    keys = [{"Key": f"k/{n}"} for n in range(1000)]
    s3.put_object(Bucket="birds", Key="k/7", Body=b"")
    answer = s3.delete_objects(Bucket="birds", Delete={"Objects": keys})
    assert [d["Key"] for d in answer["Deleted"]] == [k["Key"] for k in keys]
    quiet = s3.delete_objects(Bucket="birds", Delete={"Objects": keys[:2], "Quiet": True})
    assert "Deleted" not in quiet
    with pytest.raises(ClientError, match="MalformedXML"):
        s3.delete_objects(Bucket="birds", Delete={"Objects": [*keys, {"Key": "more"}]})


def test_each_created_object_is_announced_with_its_reason(cloud, s3):
    told = []
    cloud.store.listeners.append(lambda bucket, info, reason: told.append((info.key, reason)))
    s3.put_object(**A, Body=b"x")
    s3.copy_object(Bucket="birds", Key="b", CopySource=A)
    upload = {"Bucket": "birds", "Key": "c"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    etag = s3.upload_part(**upload, PartNumber=1, Body=b"x")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    s3.complete_multipart_upload(**upload, MultipartUpload=parts)
    s3.delete_object(**A)
    reasons = [("a", "PutObject"), ("b", "CopyObject"), ("c", "CompleteMultipartUpload")]
    assert told == reasons


@pytest.mark.parametrize("arguments", [{"ACL": "public-read"}, {"GrantRead": 'id="1"'}])
def test_no_bucket_is_made_that_others_may_read(s3, arguments):
    with pytest.raises(ClientError, match="InvalidBucketAclWithObjectOwnership"):
        s3.create_bucket(Bucket="open", **arguments)
    assert "open" not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def test_a_copy_checks_whose_the_source_is(s3):
    s3.put_object(**A, Body=b"1", ACL="bucket-owner-full-control", ExpectedBucketOwner="0" * 12)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.copy_object(Bucket="birds", Key="b", CopySource=A, ExpectedSourceBucketOwner="1" * 12)


def test_a_delete_by_etag_deletes_no_other_object(s3):
    etag = s3.put_object(Bucket="birds", Key="a", Body=b"x")["ETag"]
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.delete_object(Bucket="birds", Key="a", IfMatch='"other"')
    s3.delete_object(Bucket="birds", Key="a", IfMatch=etag)
    assert "Contents" not in s3.list_objects_v2(Bucket="birds")


def test_a_copy_of_nothing_names_what_is_missing_and_which_condition_failed(s3):
    with pytest.raises(ClientError) as error:
        s3.copy_object(Bucket="birds", Key="a", CopySource="birds/none")
    assert error.value.response["Error"]["Key"] == "none"
    etag = s3.put_object(Bucket="birds", Key="b", Body=b"x")["ETag"]
    source = {"CopySource": "birds/b", "CopySourceIfNoneMatch": etag}
    with pytest.raises(ClientError) as error:
        s3.copy_object(Bucket="birds", Key="a", **source)
    assert error.value.response["Error"]["Condition"] == "x-amz-copy-source-If-None-Match"
    s3.copy_object(Bucket="birds", Key="b", CopySource="birds/b", StorageClass="STANDARD")
