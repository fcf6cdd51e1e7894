"""Callers of a REST API get what its methods let them have, and are refused in AWS's words."""

import hashlib
import socket
from datetime import timedelta

import pytest
import requests

from local_aws.control import advance
from local_aws.server import LocalAws
from local_aws.settings import INVOKE
from tests.local_aws.services.apigateway.doors import Door
from tests.local_cloud import make_client

SOUND = bytes(range(256)) * 40
NO_TOKEN = (403, "Missing Authentication Token")
FORBIDDEN = (403, "Forbidden")


def refusal(reply):
    return reply.status_code, reply.json()["message"]


def raw(door, head, body=b""):
    """Return what a request is answered whose bytes no client would send."""
    host, port = door.aws.context.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall("\r\n".join([*head, "Connection: close", "", ""]).encode() + body)
        return b"".join(iter(lambda: line.recv(2**16), b""))


def test_a_signed_sound_comes_to_the_model_as_it_is(model_door):
    reply = model_door.ask_signed(SOUND)
    assert reply.status_code == 200 and reply.headers["Content-Type"] == "application/json"
    runtime = make_client(model_door.aws, "sagemaker-runtime")
    direct = runtime.invoke_endpoint(EndpointName="endpoint", Body=SOUND, ContentType="audio/ogg")
    assert reply.content == direct["Body"].read()
    assert reply.json() == {"sha256": hashlib.sha256(SOUND).hexdigest(), "kind": "audio/ogg"}


def test_a_key_lets_the_same_sound_in(model_door):
    assert model_door.ask(SOUND).json()["sha256"] == hashlib.sha256(SOUND).hexdigest()


def test_a_type_that_is_not_binary_is_read_as_text(model_door):
    sent = model_door.ask(SOUND, "audio/unknown").json()["sha256"]
    assert sent == hashlib.sha256(SOUND.decode(errors="replace").encode()).hexdigest()


def test_a_caller_without_a_signature_is_refused_with_the_headers_that_browsers_need(model_door):
    reply = model_door.send("POST", "/predict", data=b"x", headers={"x-api-key": model_door.key})
    assert refusal(reply) == NO_TOKEN
    assert reply.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "how, error",
    [
        ({"secret": "wrong"}, "InvalidSignatureException"),
        ({"service": "sagemaker"}, "InvalidSignatureException"),
        ({"access": "AKIANOBODY"}, "UnrecognizedClientException"),
    ],
)
def test_a_signature_of_another_key_or_service_is_refused(model_door, how, error):
    reply = model_door.ask_signed(**how)
    assert (reply.status_code, reply.headers["x-amzn-ErrorType"]) == (403, error)


@pytest.mark.parametrize("verb, status", [("POST", 200), ("GET", 403)])
def test_where_policies_are_enforced_a_signer_must_be_allowed_the_method(
    model_door, monkeypatch, verb, status
):
    row = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"*/{verb}/predict"}
    monkeypatch.setattr(model_door.aws.parts, "policies", [{"Statement": [row]}])
    reply = model_door.ask_signed(SOUND)
    assert reply.status_code == status
    if status == 403:
        assert "is not authorized to perform: execute-api:Invoke on" in reply.json()["message"]
        assert reply.headers["x-amzn-ErrorType"] == "AccessDeniedException"


def test_a_signed_body_that_was_changed_on_its_way_is_refused(model_door):
    signed = model_door.ask_signed(b"one").request
    reply = requests.post(signed.url, data=b"two", headers=signed.headers, timeout=20)
    assert reply.headers["x-amzn-ErrorType"] == "InvalidSignatureException"


@pytest.mark.parametrize("key", ["", "wrong", "x" * 40, "é"])
def test_a_key_that_is_not_the_plans_is_forbidden(model_door, key):
    headers = {"x-api-key": key.encode()}
    assert refusal(model_door.send("POST", "/try", data=b"x", headers=headers)) == FORBIDDEN


def test_a_key_counts_in_its_header_alone(model_door):
    for path in (f"/try?x-api-key={model_door.key}", f"/try?api_key={model_door.key}"):
        assert refusal(model_door.send("POST", path, data=b"x")) == FORBIDDEN
    assert (
        refusal(model_door.send("POST", "/try", data=b"x", headers={"x_api_key": model_door.key}))
        == FORBIDDEN
    )
    bearer = {"Authorization": f"Bearer {model_door.key}"}
    assert refusal(model_door.send("POST", "/try", data=b"x", headers=bearer)) == FORBIDDEN


def test_a_key_of_no_plan_or_of_another_stage_is_forbidden(door):
    value = door.gateway.create_api_key(name="other", enabled=True)["value"]
    assert refusal(door.ask(key=value)) == FORBIDDEN
    stage = {"op": "remove", "path": "/apiStages", "value": f"{door.api}:live"}
    door.gateway.update_usage_plan(usagePlanId=door.plan, patchOperations=[stage])
    assert refusal(door.ask()) == FORBIDDEN


def test_more_than_the_burst_is_too_many_until_the_clock_has_moved(door):
    door.limit(rate=1, burst=2)
    answers = [door.ask() for _ in range(4)]
    assert [each.status_code for each in answers] == [503, 503, 429, 429]
    assert refusal(answers[-1]) == (429, "Too Many Requests")
    assert answers[-1].headers["x-amzn-ErrorType"] == "TooManyRequestsException"
    advance(door.aws.context, 1)
    assert door.ask().status_code == 503


def test_a_days_quota_outlives_the_server_and_ends_with_the_day(door):
    door.limit(limit=2)
    assert [door.ask().status_code for _ in range(3)] == [503, 503, 429]
    reply = door.ask()
    assert refusal(reply) == (429, "Limit Exceeded")
    assert reply.headers["x-amzn-ErrorType"] == "LimitExceededException"
    door.aws.stop()
    with LocalAws(door.aws.context.state) as again:
        after = Door(again)
        after.api, after.key = door.api, door.key
        assert refusal(after.ask()) == (429, "Limit Exceeded")
        advance(again.context, timedelta(days=1).total_seconds())
        assert after.ask().status_code == 503


def test_what_is_throttled_uses_up_no_quota(door):
    door.limit(rate=1, burst=1, limit=2)
    assert [door.ask().status_code for _ in range(3)] == [503, 429, 429]
    advance(door.aws.context, 5)
    assert door.ask().status_code == 503


def test_a_stages_throttle_holds_for_signed_callers_too(door):
    patches = [
        {"op": "replace", "path": f"/*/*/throttling/{name}Limit", "value": "1"}
        for name in ("rate", "burst")
    ]
    door.gateway.update_stage(restApiId=door.api, stageName="live", patchOperations=patches)
    assert [door.ask_signed().status_code for _ in range(2)] == [503, 429]


def test_ten_megabytes_are_too_large_and_six_are_for_the_model(model_door):
    assert refusal(model_door.ask(bytes(10 * 2**20 + 1))) == (413, "Request Too Long")
    reply = model_door.ask(bytes(6_291_457))
    assert reply.status_code == 413 and reply.json()["from"] == "endpoint"
    assert model_door.ask(bytes(6_291_456)).status_code == 200


def test_a_browser_may_ask_before_it_sends(model_door):
    asked = {"Origin": "http://here", "Access-Control-Request-Method": "POST"}
    reply = model_door.send("OPTIONS", "/try", headers=asked)
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Access-Control-Allow-Methods"] == "POST,OPTIONS"
    assert "x-api-key" in reply.headers["Access-Control-Allow-Headers"].lower()


def test_everybody_gets_the_page(model_door):
    for path in ("", "/", "/?key=secret.html&versionId=1"):
        reply = model_door.send("GET", path)
        assert (reply.status_code, reply.content) == (200, b"<p>Listen</p>")
        assert reply.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        *("/secret.html", "/page.html", "/course-bucket/page.html", "//", "/./", "/.."),
        *("/../secret.html", "/%2e%2e/secret.html", "/..%2fsecret.html", "/%2F", "/%"),
        *("/predict", "/try", "/live", "/_user_request_/", "/secret.html%00", "/;x"),
    ],
)
def test_nothing_else_is_read_without_a_signature(model_door, path):
    target = f"{model_door.url.removeprefix(model_door.aws.context.url)}{path}"
    answer = raw(model_door, [f"GET {target} HTTP/1.1", "Host: here"])
    assert answer.startswith(b"HTTP/1.1 403 ") and b"Missing Authentication Token" in answer
    assert b"secret" not in answer.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("verb", ["HEAD", "PUT", "POST", "DELETE", "PATCH", "TRACE"])
def test_the_page_is_only_read(model_door, verb):
    assert model_door.send(verb, "/").status_code == 403


@pytest.mark.parametrize("path", ["/%74ry", "/try/x", "/TRY", "/tr%79", "//try", "/x/../try"])
def test_a_path_is_one_of_the_document_as_it_stands(model_door, path):
    head = [
        f"POST {INVOKE}{model_door.api}/live{path} HTTP/1.1",
        "Host: here",
        f"x-api-key: {model_door.key}",
    ]
    assert b"Missing Authentication Token" in raw(model_door, [*head, "Content-Length: 0"])


@pytest.mark.parametrize("place", ["nobody/live", "{api}/test", "{api}", "", "{api}%2Flive/"])
def test_an_api_or_stage_that_is_not_there_is_forbidden(model_door, place):
    target = f"{INVOKE}{place.format(api=model_door.api)}"
    answer = raw(model_door, [f"GET {target} HTTP/1.1", "Host: here"])
    assert answer.startswith(b"HTTP/1.1 403 ") and b'{"message": "Forbidden"}' in answer


def test_no_control_call_is_answered_without_a_signature(model_door):
    url = model_door.aws.context.url
    for path in (
        "/restapis",
        f"/restapis/{model_door.api}",
        "/apikeys?includeValues=true",
        "/_local/x",
    ):
        assert requests.get(f"{url}{path}", timeout=20).status_code == 403
    escape = f"{INVOKE}../../restapis"
    assert b" 403 " in raw(model_door, [f"GET {escape} HTTP/1.1", "Host: here"])


def test_no_header_of_a_caller_chooses_another_endpoint_or_variant(model_door):
    reply = model_door.ask(
        **{
            "X-Amzn-SageMaker-Target-Variant": "other", "X-Amz-Target": "SageMaker.DeleteEndpoint",
            "X-HTTP-Method-Override": "DELETE", "Accept": "text/csv",
        }
    )  # fmt: skip
    assert reply.status_code == 200


def test_a_smuggled_request_is_none(model_door):
    inner = "GET /restapis HTTP/1.1\r\nHost: here\r\n\r\n"
    head = [f"POST {INVOKE}{model_door.api}/live/try HTTP/1.1", "Host: here"]
    head += [f"x-api-key: {model_door.key}", "Content-Type: audio/ogg"]
    both = ["Content-Length: 5", "Transfer-Encoding: chunked"]
    answer = raw(model_door, [*head, *both], b"0\r\n\r\n" + inner.encode())
    assert answer.count(b"HTTP/1.1 ") == 1
