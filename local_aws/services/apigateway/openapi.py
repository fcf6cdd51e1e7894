"""Reads an OpenAPI 3 document with API Gateway's extensions; executes nothing.

Contract: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
What a document has and the local AWS does not execute is refused by its name: authorizers, models,
validators, policies, variables in paths, proxies, Lambda and HTTP integrations, conversions of
content, templates of other types than application/json.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from local_aws.services.apigateway import templates
from local_aws.services.apigateway.refusals import KINDS, invalid, not_done

X = "x-amazon-apigateway-"
JSON = "application/json"
LONGEST_MS = 29_000
_SERVICES = re.compile(
    r"arn:aws:apigateway:[a-z0-9-]+:(?:runtime\.sagemaker:path//endpoints/(?P<endpoint>[\w-]+)"
    r"/invocations|s3:path/(?P<bucket>[\w.-]+)/(?P<key>[^?{}]+))"
)
_OPERATION = (*("parameters", "responses", "security", "summary", "description"), "operationId")
_INTEGRATION = (
    *("type", "httpMethod", "uri", "credentials", "requestParameters", "requestTemplates"),
    *("passthroughBehavior", "timeoutInMillis", "responses"),
)


@dataclass(frozen=True)
class Outcome:
    """What an integration's answer becomes: its status, headers, and body."""

    status: int
    headers: dict[str, str]
    """By name: `'a text'`, or `integration.response.header.<name>`."""
    template: str | None


@dataclass(frozen=True)
class Integration:
    """What stands behind a method: an endpoint, one object, or a mock."""

    endpoint: str | None
    bucket: str | None
    key: str | None
    role: str | None
    timeout: float
    headers: dict[str, str]
    """By name: `'a text'`, or `method.request.header.<name>`."""
    request_template: str | None
    outcomes: dict[str, Outcome]
    """By the pattern of the status; `default` for all others."""

    def outcome(self, status: int) -> Outcome | None:
        """Return what becomes of an answer with a status."""
        for pattern, outcome in self.outcomes.items():
            if pattern != "default" and re.fullmatch(pattern, str(status)):
                return outcome
        return self.outcomes.get("default")


@dataclass(frozen=True)
class Method:
    """One method of a path: who may call it, and what it does."""

    path: str
    verb: str
    is_signed: bool
    needs_key: bool
    integration: Integration


@dataclass(frozen=True)
class Api:
    """All that a document says."""

    title: str
    description: str | None
    binary: tuple[str, ...]
    methods: dict[tuple[str, str], Method]
    gateway_responses: dict[str, tuple[int | None, dict[str, str]]]
    """By type: the status, and headers."""


def read(body: bytes) -> Api:
    """Return what a document says.

    Raises:
        AwsError: BadRequestException, it is no such document; NotImplementedException, it has what
            is not done, which the message names.
    """
    try:
        document = json.loads(body)
        version = document["openapi"]
        root = _only(
            document, "documents", "openapi", "info", "paths", "components", "servers",
            f"{X}binary-media-types", f"{X}gateway-responses", f"{X}api-key-source",
        )  # fmt: skip
        if (
            not str(version).startswith("3.0")
            or root.get(f"{X}api-key-source", "HEADER") != "HEADER"
        ):
            raise not_done("documents other than OpenAPI 3.0 with keys in headers")
        schemes = _schemes(root.get("components", {}))
        methods = [
            _method(path, verb.upper(), operation, schemes)
            for path, verbs in root["paths"].items()
            for verb, operation in verbs.items()
        ]
        return Api(
            root["info"]["title"],
            root["info"].get("description"),
            tuple(root.get(f"{X}binary-media-types", ())),
            {(method.path, method.verb): method for method in methods},
            _gateway_responses(root.get(f"{X}gateway-responses", {})),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise invalid(f"Invalid OpenAPI input: {type(error).__name__}: {error}") from None


def _only(node: dict[str, Any], what: str, *names: str) -> dict[str, Any]:
    """Return a part of the document; refuse it by name if it has what is not done."""
    if others := sorted(node.keys() - {*names}):
        raise not_done(f"{what} with {', '.join(others)}")
    return node


def _schemes(components: dict) -> dict[str, str]:
    """Return `key` or `signature` by the name of a security scheme."""
    kinds = {}
    for name, scheme in (
        _only(components, "components", "securitySchemes").get("securitySchemes", {}).items()
    ):
        form = (scheme["type"], scheme["in"], scheme["name"].lower())
        kind = scheme.get(f"{X}authtype")
        if form == ("apiKey", "header", "x-api-key") and kind is None:
            kinds[name] = "key"
        elif form == ("apiKey", "header", "authorization") and kind == "awsSigv4":
            kinds[name] = "signature"
        else:
            raise not_done(f"the security scheme {name}")
    return kinds


def _method(path: str, verb: str, operation: dict, schemes: dict[str, str]) -> Method:
    if not re.fullmatch(r"/|(/[\w.-]+)+", path):
        raise not_done(f"the path {path}")
    _only(operation, f"{verb} {path}", *_OPERATION, f"{X}integration")
    security = {name for each in operation.get("security", []) for name in each}
    if unknown := security - schemes.keys():
        raise invalid(f"Unknown security schemes: {', '.join(sorted(unknown))}")
    kinds = {schemes[name] for name in security}
    declared = {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}
    answers = {
        status: {*answer.get("headers", {})} for status, answer in operation["responses"].items()
    }
    integration = _integration(operation[f"{X}integration"], declared, answers)
    return Method(path, verb, "signature" in kinds, "key" in kinds, integration)


def _integration(node: dict, declared: set[str], answers: dict[str, set[str]]) -> Integration:
    _only(node, "integrations", *_INTEGRATION)
    is_mock = node["type"].upper() == "MOCK"
    target = None if is_mock else _target(node)
    headers = {
        _name(place, "integration.request.header."): _source(
            source, "method.request.header.", declared
        )
        for place, source in node.get("requestParameters", {}).items()
    }
    if others := {*headers} - {"Content-Type"}:
        raise not_done(f"integrations with the headers {', '.join(sorted(others))}")
    timeout = node.get("timeoutInMillis", LONGEST_MS)
    if not 50 <= timeout <= LONGEST_MS:
        raise invalid(f"Timeout should be between 50 ms and {LONGEST_MS} ms")
    template = _template(node.get("requestTemplates", {}))
    if bool(template) != is_mock:
        raise not_done("request templates of integrations other than mocks, and mocks without")
    outcomes = {pattern: _outcome(each, answers) for pattern, each in node["responses"].items()}
    if len({each.status for each in outcomes.values()}) < len(outcomes):
        raise invalid("Each integration response needs a method status of its own")
    return Integration(
        *((target["endpoint"], target["bucket"], target["key"]) if target else (None,) * 3),
        node.get("credentials"),
        timeout / 1000,
        headers,
        template,
        outcomes,
    )


def _target(node: dict) -> re.Match:
    target = _SERVICES.fullmatch(node["uri"])
    is_aws = node["type"].upper() == "AWS" and node.get("credentials", "").startswith("arn:")
    verb = "POST" if target and target["endpoint"] else "GET"
    if target is None or not is_aws or node["httpMethod"].upper() != verb:
        raise not_done(
            f"the integration {node['type']} {node.get('httpMethod')} {node['uri']}: only type AWS"
            " with a role, and the URI of an endpoint's invocations or of one object"
        )
    return target


def _outcome(node: dict, answers: dict[str, set[str]]) -> Outcome:
    _only(node, "integration responses", "statusCode", "responseParameters", "responseTemplates")
    status = str(node["statusCode"])
    if status not in answers:
        raise invalid(f"No method response exists for method status {status}")
    headers = {
        _name(place, "method.response.header."): _source(source, "integration.response.header.")
        for place, source in node.get("responseParameters", {}).items()
    }
    if others := {*headers} - answers[status]:
        raise invalid(f"The method response {status} lacks the headers {', '.join(others)}")
    return Outcome(int(status), headers, _template(node.get("responseTemplates", {})))


def _template(by_type: dict[str, str]) -> str | None:
    _only(by_type, "templates", JSON)
    if template := by_type.get(JSON):
        templates.check(template)
    return template


def _name(place: str, prefix: str) -> str:
    if not place.startswith(prefix):
        raise not_done(f"the mapping to {place}")
    return place.removeprefix(prefix)


def _source(source: str, prefix: str, declared: set[str] | None = None) -> str:
    """Return a mapping's source, checked: a text in quotes or a header."""
    if re.fullmatch(r"'[^'\r\n]*'", source):
        return source
    name = _name(source, prefix)
    if declared is not None and name not in declared:
        raise invalid(f"Invalid mapping expression: {source} is no parameter of the method")
    return source


def _gateway_responses(node: dict) -> dict[str, tuple[int | None, dict[str, str]]]:
    responses = {}
    for kind, each in node.items():
        if kind not in KINDS:
            raise not_done(f"the gateway response {kind}")
        _only(each, "gateway responses", "statusCode", "responseParameters")
        headers = {
            _name(place, "gatewayresponse.header."): _source(source, "no other.")
            for place, source in each.get("responseParameters", {}).items()
        }
        responses[kind] = (int(each["statusCode"]) if "statusCode" in each else None, headers)
    return responses
