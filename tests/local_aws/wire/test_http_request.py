"""The credential scope of a request is read from its signature alone."""

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_aws.errors import AwsError
from local_aws.wire import http_request as module
from local_aws.wire.http_request import HEADERS, HttpRequest
from local_aws.wire.routing import is_s3, name, protocol_of

SCOPE = "AKID/20260101/us-east-1/{}/aws4_request"
SIGNED = "AWS4-HMAC-SHA256 Credential={}, SignedHeaders=host, Signature=0"


def http_request(service="", query="", **more):
    signed = {"HTTP_AUTHORIZATION": SIGNED.format(SCOPE.format(service))} if service else {}
    return HttpRequest(
        {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "QUERY_STRING": query, **signed, **more}
    )


@pytest.mark.parametrize(
    "query",
    [
        "path=/s3/",
        "path=AKID/20260101/us-east-1/s3/aws4_request",
        "X-Amz-Credential=AKID/20260101/us-east-1/s3/aws4_request",
        "Credential=AKID/20260101/us-east-1/s3/aws4_request",
    ],
)
def test_a_query_that_merely_contains_s3_is_no_request_to_s3(query):
    target = {"HTTP_X_AMZ_TARGET": "SageMaker.ListModels"}
    request = http_request("sagemaker", query, **target)
    assert request.signed_for == "sagemaker" and not is_s3(request)
    assert str(name(request, b"{}")) == "sagemaker:ListModels"
    assert not is_s3(http_request("", query))


def test_a_presigned_url_is_of_the_service_in_its_credential():
    ours = AWSRequest("GET", "http://127.0.0.1/birds/s3/a.txt")
    SigV4QueryAuth(Credentials("AKID", "secret"), "s3", "us-east-1", 60).add_auth(ours)
    request = http_request(query=ours.url.partition("?")[2])
    assert is_s3(request) and request.scope.presigned and protocol_of(request) == "s3"


def test_a_header_and_a_query_that_both_sign_are_refused():
    query = f"X-Amz-Credential={SCOPE.format('s3')}&X-Amz-Signature=0&X-Amz-SignedHeaders=host"
    request = http_request("sagemaker", query)
    assert not is_s3(request)
    with pytest.raises(AwsError, match="Only one auth mechanism"):
        _ = request.scope


def test_the_scope_is_read_once(monkeypatch):
    calls = []
    read = module.read_scope
    monkeypatch.setattr(module, "read_scope", lambda *each: calls.append(each) or read(*each))
    request = http_request("sagemaker", HTTP_X_AMZ_TARGET="SageMaker.ListModels")
    assert not is_s3(request) and name(request, b"{}").known
    assert protocol_of(request) == "json" and request.scope is request.scope
    assert len(calls) == 1


def test_headers_have_their_true_names_where_the_server_keeps_them():
    plain = {"CONTENT_TYPE": "text/plain", "HTTP_X_AMZ_META_A_B": "1"}
    assert http_request(**plain).headers == {"content-type": "text/plain", "x-amz-meta-a-b": "1"}
    true = http_request(**plain, **{HEADERS: [("X-Amz-Meta-a_b", "1")]})
    assert true.headers == {"x-amz-meta-a_b": "1"}


def test_a_whole_request_signed_by_botocore_is_known():
    ours = AWSRequest("POST", "http://127.0.0.1/", data=b"{}")
    SigV4Auth(Credentials("AKID", "secret"), "athena", "us-east-1").add_auth(ours)
    request = http_request(HTTP_AUTHORIZATION=ours.headers["Authorization"])
    assert (request.scope.access_key, request.signed_for) == ("AKID", "athena")
