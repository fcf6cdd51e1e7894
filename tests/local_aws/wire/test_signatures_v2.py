"""Presigned URLs of version 2 are taken as botocore makes them, and no other."""

import time
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from local_aws.errors import AwsError
from local_aws.wire.signatures import check_signature, read_scope

KEYS = {"KEY": "secret"}


def presigned(operation="get_object", seconds=60, **request):
    """Return path and query of a URL that boto3 presigns by its defaults."""
    settings = Config(signature_version="s3-query", s3={"addressing_style": "path"})
    client = boto3.client(
        "s3", "us-east-1", endpoint_url="http://127.0.0.1:1", config=settings,
        aws_access_key_id="KEY", aws_secret_access_key="secret",
    )  # fmt: skip
    request = {"Bucket": "b", "Key": "a/one two+ü.txt", **request}
    url = urlsplit(client.generate_presigned_url(operation, request, ExpiresIn=seconds))
    assert "AWSAccessKeyId=KEY" in url.query
    return url.path, url.query


def check(method, path, query, headers=None, keys=KEYS):
    """Check a URL as the server does."""
    headers = {"host": "127.0.0.1:1", **(headers or {})}
    scope = read_scope(headers, query)
    assert (scope.service, scope.version) == ("s3", 2)
    check_signature(method, path, query, headers, None, keys, scope)


@pytest.mark.parametrize(
    ("method", "operation", "request_"),
    [
        ("GET", "get_object", {}),
        ("GET", "get_object", {"ResponseContentType": "text/plain; a=b"}),
        ("GET", "get_object", {"VersionId": "x"}),
        ("PUT", "put_object", {}),
        ("PUT", "put_object", {"ContentType": "audio/ogg", "ACL": "private"}),
        ("DELETE", "delete_object", {}),
    ],
)
def test_what_boto3_presigns_by_default_is_taken(method, operation, request_):
    check(method, *presigned(operation, **request_))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"method": "PUT"}, "SignatureDoesNotMatch"),
        ({"path": "/b/other"}, "SignatureDoesNotMatch"),
        ({"headers": {"x-amz-acl": "public-read"}}, "SignatureDoesNotMatch"),
        ({"keys": {"KEY": "another"}}, "SignatureDoesNotMatch"),
        ({"keys": {}}, "InvalidClientTokenId"),
    ],
)
def test_any_change_is_refused(change, code):
    path, query = presigned()
    with pytest.raises(AwsError, match=code):
        check(**{"method": "GET", "path": path, "query": query, **change})


@pytest.mark.parametrize(
    "seconds, pattern, text",
    [(-5, "", ""), (60, "Expires=", "Expires=9"), (60, "Expires=", "Expired=")],
)
def test_one_that_has_expired_or_was_prolonged_is_refused(seconds, pattern, text):
    path, query = presigned(seconds=seconds)
    with pytest.raises(AwsError, match="AccessDenied|SignatureDoesNotMatch") as refused:
        check("GET", path, query.replace(pattern, text) if pattern else query)
    assert refused.value.status == 403
    assert int(dict(p.split("=") for p in query.split("&"))["Expires"]) <= time.time() + seconds
