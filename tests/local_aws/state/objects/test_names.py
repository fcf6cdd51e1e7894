"""Keys at the limits of S3 and of file systems: each is one object, or is refused."""

import http.client

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.local_cloud import BUCKET, make_client

NO_UTF8 = ["%FF%FE", "%FE%FF", "a%80", "%C3", "%ED%A0%80", "%C0%AF", "%E9"]
ODD = ["..", ".", "../x", "a/../../x", "a/../x", "x", "a//x", "/x", "//", "x/", "a/.", "y" * 256]
CLOSE = ["a", "a.", "a ", "a/b", "a.part", ".a", "A", "\ufffd", "é", "e\u0301", "%FF", "a\\b", "~"]


@pytest.fixture
def send(aws):
    """Return a function that sends one signed S3 request with path and query unchanged."""

    def send(method, target, body=b"", headers=None):
        request = AWSRequest(method, f"{aws.context.url}{target}", headers or {}, body)
        keys = Credentials(aws.context.access_key, aws.context.secret_key)
        S3SigV4Auth(keys, "s3", aws.context.region).add_auth(request)
        connection = http.client.HTTPConnection(aws.context.url.removeprefix("http://"))
        connection.request(method, target, body, dict(request.headers))
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    return send


def test_a_key_that_is_no_utf8_is_refused_and_overwrites_nothing(aws, send):
    aws.store.put(BUCKET, "\ufffd", b"kept")
    for key in NO_UTF8:
        for method in ("PUT", "GET", "DELETE"):
            status, text = send(method, f"/{BUCKET}/{key}", b"odd" if method == "PUT" else b"")
            assert (status, "<Code>InvalidURI</Code>" in text) == (400, True), (method, key)
    assert [(i.key, aws.store.read(BUCKET, i.key)) for i in aws.store.list(BUCKET)] == [
        ("\ufffd", b"kept")
    ]


def test_a_prefix_that_is_no_utf8_lists_no_other_keys(aws, send):
    aws.store.put(BUCKET, "\ufffd", b"")
    status, text = send("GET", f"/{BUCKET}?list-type=2&prefix=%FF")
    assert status == 400 and "InvalidURI" in text


def test_a_source_that_is_no_utf8_copies_no_other_object(aws, send):
    aws.store.put(BUCKET, "\ufffd", b"")
    status, text = send("PUT", f"/{BUCKET}/copy", headers={"x-amz-copy-source": f"/{BUCKET}/%FF"})
    assert status == 400 and "InvalidArgument" in text


def test_keys_that_no_path_can_hold_are_objects_of_their_own_and_stay_inside(aws):
    s3, folder = make_client(aws, "s3"), aws.context.state.parent
    before = {path for path in folder.rglob("*") if not path.is_relative_to(aws.store.side)}
    for key in ODD + CLOSE:
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    listed = [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert listed == sorted(ODD + CLOSE)
    for key in ODD + CLOSE:
        assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == key.encode()
        s3.delete_object(Bucket=BUCKET, Key=key)
    after = {path for path in folder.rglob("*") if not path.is_relative_to(aws.store.side)}
    assert after == before


def test_a_key_through_a_linked_folder_is_kept_elsewhere(aws, tmp_path):
    (tmp_path / "mine").mkdir()
    (aws.store.root / BUCKET / "link").symlink_to(tmp_path / "mine")
    aws.store.put(BUCKET, "link/x", b"x")
    assert aws.store.read(BUCKET, "link/x") == b"x"
    assert not list((tmp_path / "mine").iterdir())
    (tmp_path / "mine/own").write_bytes(b"not an object")
    assert aws.store.adopt(BUCKET, "link/") == []
