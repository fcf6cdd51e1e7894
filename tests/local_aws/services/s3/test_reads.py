"""GetObject and HeadObject through boto3: headers, parts, overrides, checksums."""

import urllib.request

import pytest
from botocore.exceptions import ClientError

BODY = bytes(range(100))
MB = 1 << 20


@pytest.fixture
def two_parts(s3):
    """Return the arguments that name an object of parts of 5 MB and 1 byte."""
    name = {"Bucket": "birds", "Key": "two"}
    created = s3.create_multipart_upload(**name, ChecksumAlgorithm="SHA256")
    name["UploadId"] = created["UploadId"]
    parts = []
    for number, body in enumerate((bytes(5 * MB), b"z"), 1):
        part = s3.upload_part(**name, PartNumber=number, Body=body, ChecksumAlgorithm="SHA256")
        sums = {"ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]}
        parts.append({"PartNumber": number, **sums})
    s3.complete_multipart_upload(**name, MultipartUpload={"Parts": parts})
    del name["UploadId"]
    return name


def test_the_headers_of_an_object_come_back_and_can_be_overridden(s3):
    headers = {
        "ContentType": "audio/ogg",
        "ContentEncoding": "gzip",
        "ContentDisposition": "inline",
        "CacheControl": "no-store",
        "ContentLanguage": "de",
        "StorageClass": "STANDARD_IA",
    }
    s3.put_object(Bucket="birds", Key="a", Body=b"", **headers)
    head = s3.head_object(Bucket="birds", Key="a")
    assert {name: head[name] for name in headers} == headers
    got = s3.get_object(
        Bucket="birds",
        Key="a",
        ResponseContentType="text/plain",
        ResponseContentDisposition='attachment; filename="ö.txt"',
    )
    assert (got["ContentType"], got["CacheControl"]) == ("text/plain", "no-store")
    assert "attachment" in got["ContentDisposition"]


def test_an_override_cannot_smuggle_headers_in(s3, bird):
    with pytest.raises(ClientError, match="InvalidArgument"):
        s3.get_object(**bird, ResponseContentType="a\r\nX-Evil: 1")


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_presigned_urls_get_and_put(cloud, version):
    client = cloud.client(signature_version=version)
    name = {"Bucket": "birds", "Key": "a b"}
    url = client.generate_presigned_url("put_object", Params=name)
    request = urllib.request.Request(url, data=b"song", method="PUT")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    with urllib.request.urlopen(client.generate_presigned_url("get_object", Params=name)) as answer:
        assert answer.read() == b"song"
    client.close()


def test_a_part_can_be_read_by_its_number(s3, two_parts):
    part = s3.get_object(**two_parts, PartNumber=2, ChecksumMode="ENABLED")
    assert part["Body"].read() == b"z" and part["PartsCount"] == 2
    assert part["ChecksumSHA256"].endswith("=") and "-" not in part["ChecksumSHA256"]
    with pytest.raises(ClientError, match="InvalidPartNumber"):
        s3.get_object(**two_parts, PartNumber=3)
    with pytest.raises(ClientError, match="InvalidRequest"):
        s3.get_object(**two_parts, PartNumber=1, Range="bytes=0-1")


def test_a_plain_object_is_its_own_first_part(s3, bird):
    assert s3.get_object(**bird, PartNumber=1)["Body"].read() == BODY


def test_checksums_come_only_when_asked_for_and_never_with_a_range(s3, bird):
    assert "ChecksumCRC32" in s3.get_object(**bird, ChecksumMode="ENABLED")
    assert "ChecksumCRC32" not in s3.head_object(**bird)
    ranged = s3.get_object(**bird, ChecksumMode="ENABLED", Range="bytes=0-1")
    assert "ChecksumCRC32" not in ranged


def test_a_missing_object_is_named_in_s3s_xml(cloud, s3):
    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket="birds", Key="none/such")
    told = error.value.response
    assert (told["Error"]["Code"], told["Error"]["Key"]) == ("NoSuchKey", "none/such")
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert len(told["ResponseMetadata"]["RequestId"]) == 16
    with pytest.raises(ClientError, match=r"\(404\)"):
        s3.head_object(Bucket="birds", Key="none/such")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.get_object(Bucket="none", Key="a")


@pytest.mark.parametrize(
    "call",
    [
        lambda s3: s3.get_object_acl(Bucket="birds", Key="a"),
        lambda s3: s3.get_object_retention(Bucket="birds", Key="a"),
        lambda s3: s3.restore_object(Bucket="birds", Key="a"),
        lambda s3: s3.get_object_torrent(Bucket="birds", Key="a"),
    ],
    ids=["GetObjectAcl", "GetObjectRetention", "RestoreObject", "GetObjectTorrent"],
)
def test_what_is_not_implemented_says_so_by_name(s3, bird, call, request):
    with pytest.raises(ClientError) as error:
        call(s3)
    told = error.value.response
    assert told["Error"]["Code"] == "NotImplemented"
    assert request.node.callspec.id in told["Error"]["Message"]
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 400
