"""boto3 against the S3 endpoint: a short path through every family of operations."""

import hashlib

import pytest
from botocore.exceptions import ClientError

MB = 1 << 20


def test_an_object_comes_back_as_it_was_put(s3):
    put = s3.put_object(
        Bucket="birds", Key="a/ö b+c.txt", Body=b"song", Metadata={"my_key": "v"}, ContentType="x/y"
    )
    got = s3.get_object(Bucket="birds", Key="a/ö b+c.txt", ChecksumMode="ENABLED")
    assert got["Body"].read() == b"song"
    assert got["ETag"] == put["ETag"] == f'"{hashlib.md5(b"song").hexdigest()}"'
    assert got["Metadata"] == {"my_key": "v"}
    assert got["ContentType"] == "x/y"
    assert got["ChecksumCRC32"] == put["ChecksumCRC32"]
    assert s3.head_object(Bucket="birds", Key="a/ö b+c.txt")["ContentLength"] == 4


def test_the_file_of_an_object_can_be_read_directly(cloud, s3):
    s3.put_object(Bucket="birds", Key="raw/one.json", Body=b"{}")
    assert (cloud.store.root / "birds/raw/one.json").read_bytes() == b"{}"


def test_a_listing_groups_by_delimiter_and_comes_in_pages(s3):
    for key in ("a/1", "a/2", "b", "c/1", "d"):
        s3.put_object(Bucket="birds", Key=key, Body=b"")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket="birds", Delimiter="/", PaginationConfig={"PageSize": 2}
    )
    listed = [
        [c["Key"] for c in page.get("Contents", [])]
        + [p["Prefix"] for p in page.get("CommonPrefixes", [])]
        for page in pages
    ]
    assert listed == [["b", "a/"], ["d", "c/"]]


def test_a_multipart_upload_has_the_etag_of_its_parts(s3):
    body = [b"a" * (5 * MB), b"b" * (5 * MB), b"c"]
    upload = {"Bucket": "birds", "Key": "big"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    parts = [
        {"PartNumber": n, "ETag": s3.upload_part(**upload, PartNumber=n, Body=part)["ETag"]}
        for n, part in enumerate(body, 1)
    ]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    got = s3.get_object(Bucket="birds", Key="big")
    md5s = b"".join(hashlib.md5(part).digest() for part in body)
    assert got["ETag"] == f'"{hashlib.md5(md5s).hexdigest()}-3"'
    assert got["Body"].read() == b"".join(body)


def test_deleted_objects_are_gone(s3):
    for key in ("a", "b", "c"):
        s3.put_object(Bucket="birds", Key=key, Body=b"")
    s3.delete_object(Bucket="birds", Key="a")
    s3.delete_objects(Bucket="birds", Delete={"Objects": [{"Key": "b"}, {"Key": "never"}]})
    assert [c["Key"] for c in s3.list_objects_v2(Bucket="birds")["Contents"]] == ["c"]
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket="birds", Key="a")


def test_a_copy_keeps_metadata_unless_told_to_replace_it(s3):
    s3.put_object(Bucket="birds", Key="a", Body=b"x", Metadata={"k": "1"})
    source = {"Bucket": "birds", "Key": "a"}
    s3.copy_object(Bucket="birds", Key="b", CopySource=source)
    s3.copy_object(
        Bucket="birds", Key="c", CopySource=source, Metadata={"k": "2"}, MetadataDirective="REPLACE"
    )
    assert s3.head_object(Bucket="birds", Key="b")["Metadata"] == {"k": "1"}
    assert s3.head_object(Bucket="birds", Key="c")["Metadata"] == {"k": "2"}


def test_a_transfer_of_many_parts_comes_back_whole(s3, tmp_path):
    source, back = tmp_path / "source", tmp_path / "back"
    source.write_bytes(bytes(range(256)) * (80 << 10))
    s3.upload_file(str(source), "birds", "big")
    s3.download_file("birds", "big", str(back))
    assert back.read_bytes() == source.read_bytes()
