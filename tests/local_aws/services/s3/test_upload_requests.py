"""Multipart uploads through boto3: what is checked, listed, copied and completed."""

import base64
import hashlib
import zlib

import pytest
from botocore.exceptions import ClientError

from local_aws.state.objects.uploads import Uploads

MB = 1 << 20
A = {"Bucket": "birds", "Key": "a"}


@pytest.fixture
def upload(s3):
    """Return the arguments of an upload that was begun."""
    return {**A, "UploadId": s3.create_multipart_upload(**A)["UploadId"]}


def send(s3, upload, number, body) -> dict:
    etag = s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]
    return {"PartNumber": number, "ETag": etag}


def complete(s3, upload, parts) -> dict:
    return s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})


def test_nothing_shows_before_completion_and_no_upload_after_it(cloud, s3, upload):
    part = send(s3, upload, 1, b"x")
    assert "Contents" not in s3.list_objects_v2(Bucket="birds")
    assert complete(s3, upload, [part])["Key"] == "a"
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="birds")
    assert list((cloud.store.side / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda p: [p[1], p[0]], "InvalidPartOrder"),
        (lambda p: [p[0], p[0]], "InvalidPartOrder"),
        (lambda p: [p[0], {"PartNumber": 9, "ETag": p[0]["ETag"]}], "InvalidPart"),
        (lambda p: [{"PartNumber": 1, "ETag": p[1]["ETag"]}], "InvalidPart"),
        (lambda p: p, "EntityTooSmall"),
        (lambda p: [], "MalformedXML"),
    ],
    ids=["order", "twice", "missing", "etag", "small", "none"],
)
def test_a_wrong_list_of_parts_is_refused_and_the_upload_lives_on(s3, upload, change, code):
    parts = [send(s3, upload, 1, b"x"), send(s3, upload, 2, b"y")]
    with pytest.raises(ClientError, match=rf"\({code}\)"):
        complete(s3, upload, change(parts))
    complete(s3, upload, parts[1:])
    assert s3.get_object(**A)["Body"].read() == b"y"


def test_a_part_sent_again_replaces_the_first(cloud, s3, upload):
    send(s3, upload, 1, b"first")
    complete(s3, upload, [send(s3, upload, 1, b"second")])
    assert s3.get_object(**A)["Body"].read() == b"second"


def test_an_aborted_upload_is_gone(cloud, s3, upload):
    send(s3, upload, 1, b"x")
    s3.abort_multipart_upload(**upload)
    with pytest.raises(ClientError, match="NoSuchUpload"):
        s3.abort_multipart_upload(**upload)
    assert list((cloud.store.side / "uploads").iterdir()) == []


def test_an_upload_belongs_to_its_key(s3, upload):
    with pytest.raises(ClientError, match="NoSuchUpload"):
        s3.abort_multipart_upload(**{**upload, "Key": "b"})


@pytest.mark.parametrize("number", [0, 10_001])
def test_part_numbers_go_from_1_to_10000(s3, upload, number):
    with pytest.raises(ClientError, match="InvalidArgument"):
        send(s3, upload, number, b"x")


def test_uploads_are_listed_in_pages_by_key(s3):
    for key in ("b", "a", "a", "c"):
        s3.create_multipart_upload(Bucket="birds", Key=key)
    pages = s3.get_paginator("list_multipart_uploads").paginate(
        Bucket="birds", PaginationConfig={"PageSize": 1}
    )
    assert [u["Key"] for page in pages for u in page["Uploads"]] == ["a", "a", "b", "c"]
    some = s3.list_multipart_uploads(Bucket="birds", Prefix="a")["Uploads"]
    assert [u["Key"] for u in some] == ["a", "a"]


def test_parts_are_copied_whole_or_by_range(s3, upload):
    s3.put_object(Bucket="birds", Key="source", Body=bytes(range(200)) * (MB // 20))
    source = {"Bucket": "birds", "Key": "source"}
    parts = []
    for number, ranged in enumerate(({}, {"CopySourceRange": "bytes=10-19"}), 1):
        copied = s3.upload_part_copy(**upload, PartNumber=number, CopySource=source, **ranged)
        parts.append({"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]})
    for wrong in ("bytes=0-99999999999", "bytes=-5"):
        with pytest.raises(ClientError, match="InvalidArgument"):
            s3.upload_part_copy(**upload, PartNumber=1, CopySource=source, CopySourceRange=wrong)
    complete(s3, upload, parts)
    tail = s3.get_object(**A, Range="bytes=-12")["Body"].read()
    assert tail == bytes([198, 199, *range(10, 20)])


def test_the_objects_facts_are_those_of_the_creation(s3):
    facts = {"Metadata": {"k": "v"}, "ContentType": "x/y", "StorageClass": "STANDARD_IA"}
    created = s3.create_multipart_upload(**A, **facts)
    upload = {**A, "UploadId": created["UploadId"]}
    complete(s3, upload, [send(s3, upload, 1, b"x")])
    head = s3.head_object(**A)
    assert {name: head[name] for name in facts} == facts


def test_an_upload_that_an_older_state_began_with_tags_is_completed(cloud, s3):
    old = {"content_type": "x/y", "tags": {"a": "1"}}
    begun = Uploads(cloud.store).create("birds", "a", old, "", "COMPOSITE")
    upload = {**A, "UploadId": begun.id}
    complete(s3, upload, [send(s3, upload, 1, b"x")])
    assert s3.head_object(**A)["ContentType"] == "x/y"


def checked_upload(s3, algorithm, kind, bodies) -> tuple[dict, list[dict]]:
    created = s3.create_multipart_upload(**A, ChecksumAlgorithm=algorithm, ChecksumType=kind)
    upload, name = {**A, "UploadId": created["UploadId"]}, f"Checksum{algorithm}"
    parts = []
    for number, body in enumerate(bodies, 1):
        sent = s3.upload_part(**upload, PartNumber=number, Body=body, ChecksumAlgorithm=algorithm)
        parts.append({"PartNumber": number, "ETag": sent["ETag"], name: sent[name]})
    return upload, parts


def test_a_composite_checksum_is_over_the_parts_checksums(s3):
    bodies = [bytes(5 * MB), b"z"]
    upload, parts = checked_upload(s3, "SHA256", "COMPOSITE", bodies)
    done = complete(s3, upload, parts)
    digests = b"".join(hashlib.sha256(body).digest() for body in bodies)
    whole = base64.b64encode(hashlib.sha256(digests).digest()).decode()
    assert (done["ChecksumSHA256"], done["ChecksumType"]) == (f"{whole}-2", "COMPOSITE")


def test_a_full_object_checksum_is_over_the_bytes_and_is_verified(s3):
    bodies = [bytes(5 * MB), b"z"]
    upload, parts = checked_upload(s3, "CRC32", "FULL_OBJECT", bodies)
    with pytest.raises(ClientError, match="BadDigest"):
        s3.complete_multipart_upload(
            **upload, MultipartUpload={"Parts": parts}, ChecksumCRC32="AAAAAA=="
        )
    done = complete(s3, upload, parts)
    whole = base64.b64encode(zlib.crc32(b"".join(bodies)).to_bytes(4)).decode()
    assert (done["ChecksumCRC32"], done["ChecksumType"]) == (whole, "FULL_OBJECT")


def test_composite_parts_must_be_completed_with_their_checksums(s3):
    upload, parts = checked_upload(s3, "SHA256", "COMPOSITE", [b"z"])
    bare = [{"PartNumber": 1, "ETag": parts[0]["ETag"]}]
    with pytest.raises(ClientError, match="must include the checksum for each part"):
        complete(s3, upload, bare)
    wrong = [{**parts[0], "ChecksumSHA256": "A" * 43 + "="}]
    with pytest.raises(ClientError, match="InvalidPart"):
        complete(s3, upload, wrong)


@pytest.mark.parametrize(
    ("algorithm", "kind"), [("SHA256", "FULL_OBJECT"), ("CRC64NVME", "COMPOSITE")]
)
def test_types_that_an_algorithm_does_not_have_are_refused(s3, algorithm, kind):
    with pytest.raises(ClientError, match="cannot be used"):
        s3.create_multipart_upload(**A, ChecksumAlgorithm=algorithm, ChecksumType=kind)


def test_a_condition_is_checked_on_completion(s3, upload):
    part = send(s3, upload, 1, b"x")
    s3.put_object(**A, Body=b"there")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [part]}, IfNoneMatch="*")


def test_deleting_a_bucket_drops_its_unfinished_uploads(cloud, s3, upload):
    send(s3, upload, 1, b"x")
    s3.delete_bucket(Bucket="birds")
    assert list((cloud.store.side / "uploads").iterdir()) == []
