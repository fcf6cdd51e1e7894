"""The OpenAPI document of a REST API in front of an endpoint; asks no service.

Contract: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

from dataclasses import dataclass
from typing import Any

ASSUMED_BY = "apigateway.amazonaws.com"
"""The service that may assume a gateway's role."""
STAGE = "course"
X = "x-amazon-apigateway-"
JSON = "application/json"
ORIGIN = "Access-Control-Allow-Origin"
LONGEST_MS = 29_000
"""API Gateway waits no longer for an answer, unless an account asks for more."""
MODEL_ERROR = """\
#set($code = $input.path('$.OriginalStatusCode'))
#if($code == 0 || $code == "")
#set($context.responseOverride.status = 502)
#else
#set($context.responseOverride.status = $code)
#end
{"message": $input.json('$.OriginalMessage'), "from": "model"}
"""
"""InvokeEndpoint answers 424 where the model answers with an error, whose status it passes on:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html"""


@dataclass(frozen=True)
class Door:
    """What a REST API leads to, and who may come in.

    Attributes:
        content_types: what the model takes, as bytes.
        origin: whose pages in other places may send requests; `*` is everybody's.
        timeout_ms: how long an answer is waited for.
    """

    name: str
    region: str
    endpoint: str
    bucket: str
    page: str
    role_arn: str
    content_types: tuple[str, ...]
    origin: str = "*"
    timeout_ms: int = LONGEST_MS


def document(door: Door) -> dict[str, Any]:
    """Return the document: `POST /predict` signed, `POST /try` with a key, `GET /` for everybody.

    Nothing that a caller sends reaches AWS but the body and its Content-Type: endpoint, bucket and
    key are fixed in the document.
    """
    cors = {"responseParameters": {f"gatewayresponse.header.{ORIGIN}": f"'{door.origin}'"}}
    return {
        "openapi": "3.0.1",
        "info": {"title": door.name, "version": "1", "description": "A model's public door"},
        "paths": {
            "/": {"get": _page(door)},
            "/predict": {"post": _ask(door, "signature"), "options": _preflight(door)},
            "/try": {"post": _ask(door, "key"), "options": _preflight(door)},
        },
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
                "signature": {
                    "type": "apiKey", "name": "Authorization", "in": "header",
                    f"{X}authtype": "awsSigv4",
                },
            }
        },
        f"{X}binary-media-types": [*door.content_types],
        f"{X}gateway-responses": {"DEFAULT_4XX": cors, "DEFAULT_5XX": cors},
    }  # fmt: skip


def _ask(door: Door, scheme: str) -> dict[str, Any]:
    outcomes = {
        "200": _outcome(door, 200),
        "400": _outcome(door, 503, "The endpoint is not there, or it took no request"),
        "413": _outcome(door, 413, "The model takes 6,291,456 bytes at most"),
        "424": _outcome(door, 424, template=MODEL_ERROR),
        "429": _outcome(door, 429, "The model is not ready: try again"),
        "default": _outcome(door, 502, "The endpoint did not answer"),
    }
    uri = f"runtime.sagemaker:path//endpoints/{door.endpoint}/invocations"
    integration = {
        **_integration(door, uri, "POST", outcomes),
        "requestParameters": {
            "integration.request.header.Content-Type": "method.request.header.Content-Type"
        },
    }
    header = {"name": "Content-Type", "in": "header", "schema": {"type": "string"}}
    return {
        "parameters": [header],
        "security": [{scheme: []}],
        "responses": _responses(outcomes, ORIGIN),
        f"{X}integration": integration,
    }


def _page(door: Door) -> dict[str, Any]:
    outcomes = {
        "200": _outcome(door, 200, kind="text/html; charset=utf-8"),
        "default": _outcome(door, 404, "There is no page"),
    }
    uri = f"s3:path/{door.bucket}/{door.page}"
    return {
        "responses": _responses(outcomes, ORIGIN, "Content-Type"),
        f"{X}integration": _integration(door, uri, "GET", outcomes),
    }


def _preflight(door: Door) -> dict[str, Any]:
    """Return the method that a browser asks before a page from elsewhere sends a request."""
    allowed = {
        ORIGIN: door.origin,
        "Access-Control-Allow-Methods": "POST,OPTIONS",
        "Access-Control-Allow-Headers": "Content-Type,X-Api-Key,Authorization,X-Amz-Date",
    }
    headers = {f"method.response.header.{name}": f"'{text}'" for name, text in allowed.items()}
    outcomes = {"default": {"statusCode": "200", "responseParameters": headers}}
    return {
        "responses": _responses(outcomes, *allowed),
        f"{X}integration": {
            "type": "mock",
            "requestTemplates": {JSON: '{"statusCode": 200}'},
            "responses": outcomes,
        },
    }


def _integration(door: Door, target: str, verb: str, outcomes: dict) -> dict[str, Any]:
    return {
        "type": "aws",
        "httpMethod": verb,
        "uri": f"arn:aws:apigateway:{door.region}:{target}",
        "credentials": door.role_arn,
        "passthroughBehavior": "when_no_templates",
        "timeoutInMillis": door.timeout_ms,
        "responses": outcomes,
    }


def _outcome(
    door: Door,
    status: int,
    message: str | None = None,
    *,
    template: str | None = None,
    kind: str | None = None,
) -> dict[str, Any]:
    """Return what becomes of an answer: what AWS says of buckets and accounts is not passed on."""
    headers = {f"method.response.header.{ORIGIN}": f"'{door.origin}'"}
    if kind:
        headers["method.response.header.Content-Type"] = f"'{kind}'"
    outcome: dict[str, Any] = {"statusCode": str(status), "responseParameters": headers}
    if message:
        template = f'{{"message": "{message}", "from": "endpoint"}}'
    return outcome | ({"responseTemplates": {JSON: template}} if template else {})


def _responses(outcomes: dict[str, dict], *headers: str) -> dict[str, dict]:
    """Return the statuses that a method may answer with, and the headers that it may set."""
    text = {"schema": {"type": "string"}}
    return {
        outcome["statusCode"]: {"description": "-", "headers": dict.fromkeys(headers, text)}
        for outcome in outcomes.values()
    }
