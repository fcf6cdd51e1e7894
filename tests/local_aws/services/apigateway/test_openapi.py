"""A document is executed as a whole, or refused with the name of what is not done."""

import copy
import json

import pytest

from local_aws.errors import AwsError
from local_aws.services.apigateway.openapi import X, read
from tests.local_aws.services.apigateway.doors import Door

DOCUMENT = Door.document(None)
POST = ("paths", "/try", "post")
CALL = (*POST, f"{X}integration")
OUTCOME = (*CALL, "responses", "200")


def changed(path, value):
    """Return the document with another value at a path; `...` takes it away."""
    document = copy.deepcopy(DOCUMENT)
    node = document
    for name in path[:-1]:
        node = node[name]
    if value is ...:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return json.dumps(document).encode()


def test_a_document_says_who_may_call_what():
    api = read(json.dumps(DOCUMENT).encode())
    doors = {key: (each.is_signed, each.needs_key) for key, each in api.methods.items()}
    assert doors == {
        ("/", "GET"): (False, False),
        ("/predict", "POST"): (True, False),
        ("/predict", "OPTIONS"): (False, False),
        ("/try", "POST"): (False, True),
        ("/try", "OPTIONS"): (False, False),
    }
    assert api.methods["/try", "POST"].integration.endpoint == "endpoint"
    assert api.methods["/", "GET"].integration.key == "page.html"


def test_a_status_finds_its_outcome_and_all_others_the_default():
    integration = read(json.dumps(DOCUMENT).encode()).methods["/try", "POST"].integration
    given = {status: integration.outcome(status).status for status in (200, 424, 403, 500, 201)}
    assert given == {200: 200, 424: 424, 403: 502, 500: 502, 201: 502}


@pytest.mark.parametrize(
    "path, value, words",
    [
        (("openapi",), "3.1.0", "OpenAPI 3.0"),
        ((f"{X}policy",), {}, f"{X}policy"),
        ((f"{X}request-validator",), "all", f"{X}request-validator"),
        ((f"{X}api-key-source",), "AUTHORIZER", "keys in headers"),
        (("components", "schemas"), {}, "schemas"),
        (("components", "securitySchemes", "key", "in"), "query", "security scheme key"),
        (("components", "securitySchemes", "signature", f"{X}authtype"), "custom", "signature"),
        (("paths", "/{proxy+}"), {"get": {}}, "/{proxy+}"),
        (("paths", "/a b"), {"get": {}}, "/a b"),
        ((*POST, "requestBody"), {}, "requestBody"),
        ((*CALL, "type"), "aws_proxy", "aws_proxy"),
        ((*CALL, "type"), "http", "http"),
        ((*CALL, "connectionId"), "x", "connectionId"),
        ((*CALL, "cacheKeyParameters"), [], "cacheKeyParameters"),
        ((*CALL, "contentHandling"), "CONVERT_TO_TEXT", "contentHandling"),
        ((*CALL, "credentials"), ..., "a role"),
        ((*CALL, "credentials"), "caller", "a role"),
        ((*CALL, "httpMethod"), "GET", "the integration"),
        ((*CALL, "uri"), "arn:aws:apigateway:us-east-1:lambda:path/x", "lambda:path"),
        ((*CALL, "uri"), "arn:aws:apigateway:us-east-1:s3:path/b/{key}", "s3:path"),
        ((*CALL, "requestTemplates"), {"application/json": "{}"}, "request templates"),
        ((*CALL, "requestParameters"), {"integration.request.path.a": "'b'"}, "request.path.a"),
        ((*CALL, "requestParameters"), {"integration.request.header.A": "'b'"}, "headers A"),
        ((*OUTCOME, "contentHandling"), "CONVERT_TO_TEXT", "contentHandling"),
        ((*OUTCOME, "responseTemplates"), {"text/xml": ""}, "text/xml"),
        ((*OUTCOME, "responseTemplates"), {"application/json": "$util.time()"}, "util.time()"),
        ((f"{X}gateway-responses", "UNAUTHORIZED"), {}, "UNAUTHORIZED"),
        ((f"{X}gateway-responses", "THROTTLED"), {"responseTemplates": {}}, "responseTemplates"),
    ],
    ids=str,
)
def test_what_is_not_done_is_refused_by_its_name(path, value, words):
    with pytest.raises(AwsError) as error:
        read(changed(path, value))
    assert error.value.code == "NotImplementedException" and words in error.value.message


@pytest.mark.parametrize(
    "path, value, words",
    [
        (("paths",), ..., "paths"),
        (("info",), {}, "title"),
        ((*POST, "security"), [{"nobody": []}], "nobody"),
        ((*POST, "parameters"), [], "no parameter of the method"),
        ((*CALL, "timeoutInMillis"), 29_001, "29000"),
        ((*OUTCOME, "statusCode"), "418", "418"),
        ((*CALL, "responses", "201"), {"statusCode": "200"}, "a method status of its own"),
        ((*POST, "responses", "200", "headers"), {}, "lacks the headers"),
        ((*OUTCOME, "responseTemplates"), {"application/json": "#if($a"}, "template"),
    ],
    ids=str,
)
def test_what_is_wrong_is_refused_with_its_reason(path, value, words):
    with pytest.raises(AwsError) as error:
        read(changed(path, value))
    assert error.value.code == "BadRequestException" and words in error.value.message


@pytest.mark.parametrize("body", [b"", b"[]", b"openapi: 3.0.1", b'"x"', b"{}", b"\xff"])
def test_what_is_no_document_is_refused(body):
    with pytest.raises(AwsError, match="Invalid OpenAPI input"):
        read(body)
