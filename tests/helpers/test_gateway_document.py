"""The document lets nothing of a caller's choose what it reaches."""

import json
import re

from helpers.gateway_document import Door, document

DOOR = Door(
    "birds", "eu-west-1", "endpoint", "bucket", "page/index.html", "arn:aws:iam::1:role/r",
    ("audio/ogg",), origin="https://here", timeout_ms=1000,
)  # fmt: skip


def test_all_but_the_page_and_the_question_before_a_request_is_signed_or_has_a_key():
    paths = document(DOOR)["paths"]
    open_ = {
        (path, verb)
        for path, verbs in paths.items()
        for verb, method in verbs.items()
        if not method.get("security")
    }
    assert open_ == {("/", "get"), ("/predict", "options"), ("/try", "options")}


def test_no_address_has_a_variable_and_only_the_type_of_a_body_is_passed_on():
    text = json.dumps(document(DOOR))
    addresses = re.findall(r'"uri": "([^"]+)"', text)
    assert {*addresses} == {
        "arn:aws:apigateway:eu-west-1:runtime.sagemaker:path//endpoints/endpoint/invocations",
        "arn:aws:apigateway:eu-west-1:s3:path/bucket/page/index.html",
    }
    assert {*re.findall(r"integration\.request\.[\w.-]+", text)} == {
        "integration.request.header.Content-Type"
    }


def test_every_answer_has_its_origin_and_every_call_its_time():
    text = json.dumps(document(DOOR))
    assert text.count('Access-Control-Allow-Origin": "\'https://here\'"') == 18
    assert text.count('"timeoutInMillis": 1000') == 3
