"""Right signatures pass, and any change of a request breaks them."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_aws.errors import AwsError
from local_aws.wire import signatures
from local_aws.wire.signatures import read_scope

KEYS = {"KEY": "secret"}
PATHS = ["/", "/a/b.txt", "/a%20b/c", "/endpoints/x/invocations"]


def signed(method="GET", path="/", query="", body=b"", service="s3", headers=None):
    """Return a request's headers, lower case, as botocore signs it."""
    url = f"http://127.0.0.1:1{path}{'?' + query if query else ''}"
    request = AWSRequest(method, url, headers or {}, body)
    maker = S3SigV4Auth if service == "s3" else SigV4Auth
    maker(Credentials("KEY", "secret"), service, "us-east-1").add_auth(request)
    lower = {name.lower(): value for name, value in request.headers.items()}
    return {"host": "127.0.0.1:1", **lower}


def check_signature(method, raw_path, query_string, headers, body_sha256, keys):
    """Check a request's signature; return its scope."""
    scope = read_scope(headers, query_string)
    message = (method, raw_path, query_string, headers, body_sha256)
    signatures.check_signature(*message, keys, scope)
    return scope


@pytest.mark.parametrize("service", ["s3", "sagemaker"])
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("query", ["", "list-type=2&prefix=a%2Fb", "b=2&a=1"])
def test_what_botocore_signs_is_accepted(service, path, query):
    headers = signed("GET", path, query, service=service)
    digest = headers.get("x-amz-content-sha256") or (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    scope = check_signature("GET", path, query, headers, digest, KEYS)
    assert (scope.service, scope.access_key) == (service, "KEY")


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"raw_path": "/other"},
        {"query_string": "a=1"},
        {"body_sha256": "0" * 64},
        {"keys": {"KEY": "another"}},
    ],
)
def test_any_change_breaks_the_signature(change):
    rest = {"headers": signed(path="/a"), "body_sha256": None, "keys": KEYS}
    message = {"method": "GET", "raw_path": "/a", "query_string": "", **rest}
    check_signature(**message)
    with pytest.raises(AwsError, match="SignatureDoesNotMatch"):
        check_signature(**{**message, **change})


def test_an_old_request_is_refused(monkeypatch):
    headers = signed(path="/a")
    headers["x-amz-date"] = "20200101T000000Z"
    with pytest.raises(AwsError, match="RequestTimeTooSkewed"):
        check_signature("GET", "/a", "", headers, None, KEYS)


def presigned(**fields):
    """Return the query of a presigned URL, with other fields."""
    request = AWSRequest("GET", "http://127.0.0.1:1/b/a")
    lifetime = int(fields.pop("seconds", 60))
    S3SigV4QueryAuth(Credentials("KEY", "secret"), "s3", "us-east-1", expires=lifetime).add_auth(
        request
    )
    return dict(parse_qsl(urlsplit(request.url).query)) | fields


@pytest.mark.parametrize("seconds", [1, 604_800])
def test_a_presigned_url_lasts_up_to_a_week(seconds):
    query = urlencode(presigned(seconds=seconds))
    check_signature("GET", "/b/a", query, {"host": "127.0.0.1:1"}, None, KEYS)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"seconds": 604_801}, "AuthorizationQueryParametersError"),
        ({"X-Amz-Expires": "-1"}, "AuthorizationQueryParametersError"),
        ({"X-Amz-Expires": "x"}, "AuthorizationQueryParametersError"),
        ({"X-Amz-SignedHeaders": "accept"}, "SignedHeader"),
    ],
)
def test_a_presigned_url_with_odd_fields_is_refused(fields, code):
    query = urlencode(presigned(**fields))
    with pytest.raises(AwsError, match=code):
        check_signature("GET", "/b/a", query, {"host": "127.0.0.1:1"}, None, KEYS)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [("aws4_request", "aws5_request", "valid terminator"), ("/us-east-1/", "/eu-west-1/", "match")],
)
def test_a_scope_that_aws_refuses_is_refused(old, new, words):
    headers = signed(path="/a")
    headers["authorization"] = headers["authorization"].replace(old, new)
    with pytest.raises(AwsError, match=words):
        check_signature("GET", "/a", "", headers, None, KEYS)


def test_a_scope_of_another_day_is_refused():
    headers = signed(path="/a")
    day = headers["x-amz-date"][:8]
    headers["authorization"] = headers["authorization"].replace(f"/{day}/", "/20200101/")
    with pytest.raises(AwsError, match="Date in Credential scope does not match"):
        check_signature("GET", "/a", "", headers, None, KEYS)


@pytest.mark.parametrize("name", ["x-amz-meta-owner", "x-amz-copy-source", "x-amz-acl"])
def test_a_header_of_s3_that_is_not_signed_is_refused(name):
    headers = signed(path="/a") | {name: "added by another"}
    with pytest.raises(AwsError, match=f"AccessDenied.*not signed: {name}"):
        check_signature("GET", "/a", "", headers, None, KEYS)
    query = urlencode(presigned())
    with pytest.raises(AwsError, match=f"AccessDenied.*not signed: {name}"):
        check_signature("GET", "/b/a", query, {"host": "127.0.0.1:1", name: "x"}, None, KEYS)
