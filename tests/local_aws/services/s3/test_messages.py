"""Requests of S3's dialect are read from WSGI, and errors are worded as S3 does."""

import io

import pytest

from local_aws.errors import AwsError
from local_aws.services.s3 import messages, xml
from local_aws.services.s3.messages import Request, S3Error, error_response
from local_aws.wire.http_request import HEADERS


def request(path="/birds/a/b", query="", body=b"", method="GET", **headers) -> Request:
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
    environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    return Request({**environ, **headers})


@pytest.mark.parametrize(
    "path, bucket, key",
    [
        ("/", "", ""),
        ("/birds", "birds", ""),
        ("/birds/", "birds", ""),
        ("/birds//a/", "birds", "/a/"),
        ("/birds/\u00c3\u00a9", "birds", "é"),
    ],
)
def test_a_path_is_a_bucket_and_a_key(path, bucket, key):
    assert (request(path).bucket, request(path).key) == (bucket, key)


def test_a_query_keeps_what_has_no_value():
    assert request(query="uploads&prefix=a%2Bb+c").query == {"uploads": "", "prefix": "a+b c"}


@pytest.mark.parametrize("wrong", [{"path": "/birds/\xff"}, {"query": "prefix=%FF"}])
def test_what_is_no_utf8_is_refused(wrong):
    with pytest.raises(AwsError, match="InvalidURI"):
        request(**wrong).check()
    request("/birds/\u00c3\u00a9").check()


def test_headers_of_a_prefix_have_their_true_names_where_the_server_gave_them():
    wsgi = {"HTTP_X_AMZ_META_A_B": "1"}
    assert request(**wsgi).prefixed("x-amz-meta-") == {"a-b": "1"}
    true_names = {HEADERS: [("X-Amz-Meta-a_b", "1"), ("Host", "h")]}
    assert request(**true_names).prefixed("x-amz-meta-") == {"a_b": "1"}


@pytest.mark.parametrize("text, number", [("", 7), ("0", 0), ("12", 12)])
def test_a_number_is_read_or_has_its_default(text, number):
    assert messages.whole_number(text, "max-keys", 7) == number


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "1" * 10, "\u0661"])
def test_what_is_no_number_is_refused_by_its_name(text):
    with pytest.raises(AwsError, match="Provided max-keys not an integer"):
        request(query=f"max-keys={text}").number("max-keys", 1)


def test_a_body_ends_with_its_length():
    whole = request(body=b"song")
    whole.environ["wsgi.input"] = io.BytesIO(b"song and the next request")
    assert whole.document() == b"song"


def test_a_document_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(messages, "DOCUMENT_BYTES", 3)
    assert request(body=b"123").document() == b"123"
    with pytest.raises(AwsError, match="MaxMessageLengthExceeded"):
        request(body=b"1234").document()


def test_a_body_without_a_length_is_refused():
    endless = request()
    endless.environ["CONTENT_LENGTH"] = ""
    with pytest.raises(AwsError, match="MissingContentLength") as refused:
        endless.body()
    assert refused.value.status == 411


def test_an_error_names_what_it_is_about():
    error = S3Error("NoSuchKey", "none", 404, {"x-a": "1"}, Extra="e")
    answer = error_response(error, request())
    root = xml.parse(b"".join(answer.body))
    elements = {child.tag: child.text for child in root}
    assert elements.pop("RequestId")
    assert elements == {
        "Code": "NoSuchKey", "Message": "none", "Extra": "e", "Key": "a/b", "Resource": "/birds/a/b"
    }  # fmt: skip
    assert answer.status == 404 and answer.headers["x-a"] == "1"


@pytest.mark.parametrize("method, status", [("HEAD", 404), ("GET", 304)])
def test_an_answer_that_may_have_no_body_has_none(method, status):
    answer = error_response(S3Error("Any", "words", status), request(method=method))
    assert answer.status == status and b"".join(answer.body) == b""
