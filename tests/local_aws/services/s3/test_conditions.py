"""Byte ranges and conditional headers of requests through boto3, as S3 and HTTP have them."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

BODY = bytes(range(100))
A = {"Bucket": "birds", "Key": "a"}


@pytest.mark.parametrize(
    ("header", "got", "content_range"),
    [
        ("bytes=0-9", BODY[:10], "bytes 0-9/100"),
        ("bytes=90-", BODY[90:], "bytes 90-99/100"),
        ("bytes=-5", BODY[95:], "bytes 95-99/100"),
        ("bytes=-500", BODY, "bytes 0-99/100"),
        ("bytes=95-500", BODY[95:], "bytes 95-99/100"),
        ("bytes=0-0", BODY[:1], "bytes 0-0/100"),
        ("bytes=9-1", BODY, None),
        ("bytes=0-1,5-6", BODY, None),
        ("lines=0-1", BODY, None),
        ("bytes=-", BODY, None),
    ],
)
def test_a_range_is_answered_as_s3_does(s3, bird, header, got, content_range):
    answer = s3.get_object(**bird, Range=header)
    assert answer["Body"].read() == got
    assert answer.get("ContentRange") == content_range
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == (206 if content_range else 200)
    assert s3.head_object(**bird, Range=header)["ContentLength"] == len(got)


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_beyond_the_end_is_a_416(s3, bird, header):
    with pytest.raises(ClientError) as error:
        s3.get_object(**bird, Range=header)
    answer = error.value.response
    assert answer["Error"]["Code"] == "InvalidRange"
    assert answer["Error"]["ActualObjectSize"] == "100"
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-range"] == "bytes */100"


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("conditions", "status"),
    [
        ({"IfMatch": "ETAG"}, 200),
        ({"IfMatch": '"other"'}, 412),
        ({"IfNoneMatch": "ETAG"}, 304),
        ({"IfNoneMatch": '"other"'}, 200),
        ({"IfModifiedSince": -HOUR}, 200),
        ({"IfModifiedSince": HOUR}, 304),
        ({"IfUnmodifiedSince": HOUR}, 200),
        ({"IfUnmodifiedSince": -HOUR}, 412),
        ({"IfMatch": "ETAG", "IfUnmodifiedSince": -HOUR}, 200),
        ({"IfNoneMatch": '"other"', "IfModifiedSince": HOUR}, 200),
    ],
)
def test_conditions_are_weighed_as_http_says(s3, bird, conditions, status):
    etag = s3.head_object(**bird)["ETag"]
    now = datetime.now(UTC)
    sent = {
        name: etag if value == "ETAG" else value + now if isinstance(value, timedelta) else value
        for name, value in conditions.items()
    }
    try:
        answer = s3.get_object(**bird, **sent)["ResponseMetadata"]
    except ClientError as error:
        answer = error.response["ResponseMetadata"]
    assert answer["HTTPStatusCode"] == status


def test_only_the_first_of_two_put_if_absent_wins(s3):
    s3.put_object(**A, Body=b"1", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(**A, Body=b"2", IfNoneMatch="*")
    assert s3.get_object(**A)["Body"].read() == b"1"


def test_a_put_if_match_needs_the_current_etag(s3):
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.put_object(**A, Body=b"1", IfMatch='"x"')
    etag = s3.put_object(**A, Body=b"1")["ETag"]
    s3.put_object(**A, Body=b"2", IfMatch=etag)
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(**A, Body=b"3", IfMatch=etag)
