"""Finds a request's service, operation and protocol. Knows no engine.

The source is botocore's service models: every request that boto3 can send has a name, supported or
not. Services have boto3's names; several may share a signing name (`sagemaker` and
`sagemaker-runtime`).
"""

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from botocore.loaders import Loader

from local_aws.wire.http_request import HttpRequest
from local_aws.wire.rest_routes import match
from local_aws.wire.validation import service_model

CBOR = "smithy-rpc-v2-cbor"
S3 = "s3"
"""S3's own dialect of rest-xml: its errors have no envelope."""

HEAD = 16_384
"""Bytes of a model up to the end of its metadata: to read all models whole takes ten seconds."""
ALIASES = {"s3express": "s3", "s3-object-lambda": "s3"}
"""Signing names that are in botocore's endpoint rules, not in its models."""
BUSY = ("sagemaker-runtime",)
"""Busy services: tried first among services of one signing name."""
TWINS = {("s3express", "ListBuckets"): "ListDirectoryBuckets"}
"""Operations that AWS distinguishes by the host alone, which is always the same here."""

_RPC = re.compile(r"^/service/[^/]+/operation/(\w+)$")


@dataclass(frozen=True)
class Call:
    """The operation that a request calls.

    Attributes:
        labels: the values in the path of a REST request, by their names in the model.
        known: the service has this operation and this protocol; otherwise `operation` is the name
            in the request, or its method and path.
    """

    service: str
    operation: str
    protocol: str
    labels: Mapping[str, str] = field(default_factory=dict, compare=False)
    known: bool = True

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


@cache
def metadata() -> dict[str, dict[str, Any]]:
    """Return the metadata of the newest version of every service that boto3 knows."""
    services = {}
    for path in sorted(Path(Loader.BUILTIN_DATA_PATH).glob("*/*/service-2.json.gz")):
        with gzip.open(path) as file:
            text = file.read(HEAD).decode(errors="ignore")
        start = text.index("{", text.index('"metadata"'))
        services[path.parts[-3]] = json.JSONDecoder().raw_decode(text, start)[0]
    return services


@cache
def services_signed_as(name: str) -> tuple[str, ...]:
    """Return the services of a signing name: busy ones and the service of that name first."""
    name = ALIASES.get(name, name)
    services = [
        service
        for service, facts in metadata().items()
        if facts.get("signingName", facts["endpointPrefix"]) == name
    ]
    return tuple(sorted(services, key=lambda each: (each not in BUSY, each != name, each)))


def protocols(service: str) -> list[str]:
    """Return the protocols of a service."""
    facts = metadata()[service]
    return facts.get("protocols", [facts["protocol"]])


def is_s3(http_request: HttpRequest) -> bool:
    """Say whether a request is for S3; S3 Control, which has the same signing name, is not."""
    return http_request.signed_for == "s3" and "x-amz-account-id" not in http_request.headers


def protocol_of(http_request: HttpRequest) -> str:
    """Return the protocol of a request and its answer."""
    if http_request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return CBOR
    if "x-amz-target" in http_request.headers:
        return "json"
    if is_s3(http_request):
        return S3
    if not http_request.signed_for and http_request.method not in ("POST", "PATCH"):
        return S3  # a URL in a browser, or an anonymous client
    services = services_signed_as(http_request.signed_for)
    spoken = [protocol for service in services for protocol in protocols(service)]
    form = http_request.headers.get("content-type", "").startswith(
        "application/x-www-form-urlencoded"
    )
    if form or "Action=" in http_request.query:
        if "ec2" in spoken or "query" in spoken or not spoken:
            return "ec2" if "ec2" in spoken else "query"
    return next((each for each in spoken if each.startswith("rest-")), "rest-json")


def name(http_request: HttpRequest, body: bytes) -> Call:
    """Return the operation that a request calls."""
    protocol, signed = protocol_of(http_request), http_request.signed_for
    services = services_signed_as(signed)
    spoken = signed if signed in services or not services else services[0]
    if protocol.startswith(("rest-", S3)):
        if "x-amz-account-id" in http_request.headers and "s3" in services:
            services = ("s3control",)
        for service in services:
            operation, labels = rest_operation(service, http_request.environ)
            if operation:
                return Call(service, TWINS.get((signed, operation), operation), protocol, labels)
        return Call(spoken, f"{http_request.method} {http_request.path}", protocol, known=False)
    operation, mark, value = _named_operation(http_request, body, protocol)
    for service in services if protocol == CBOR or http_request.path == "/" else ():
        spoken_to = protocol in protocols(service)
        if not spoken_to or (value and metadata()[service].get(mark) != value):
            continue
        if operation in service_model(service).operation_names:
            return Call(service, operation, protocol)
    return Call(spoken, operation or "a request without an operation", protocol, known=False)


def unsigned(http_request: HttpRequest, body: bytes) -> Call | None:
    """Return the operation of a request that has no signature by design, or None.

    These are STS's operations for federated identities.
    """
    if http_request.signed_for or protocol_of(http_request) != "query":
        return None
    operation, sts = _named_operation(http_request, body, "query")[0], service_model("sts")
    if operation in sts.operation_names and sts.operation_model(operation).auth_type == "none":
        return Call("sts", operation, "query")
    return None


def _named_operation(http_request: HttpRequest, body: bytes, protocol: str) -> tuple[str, str, str]:
    """Return the operation that a request names, and the metadata that its service must have."""
    if protocol == "json":
        prefix, _, operation = http_request.headers["x-amz-target"].rpartition(".")
        return operation, "targetPrefix", prefix
    if protocol == CBOR:
        path = _RPC.match(http_request.path)
        return (path[1] if path else ""), "", ""
    fields = form(http_request, body)
    operations, versions = (
        {value for name, value in fields if name == field} for field in ("Action", "Version")
    )
    # Two operations in one request: it is ambiguous and has no name.
    operation = operations.pop() if len(operations) == 1 else ""
    return operation, "apiVersion", versions.pop() if len(versions) == 1 else ""


def form(http_request: HttpRequest, body: bytes) -> list[tuple[str, str]]:
    """Return the fields of a form, from the query and the body."""
    # Latin-1 keeps every byte; the URL-encoded values are UTF-8.
    return http_request.fields + parse_qsl(body.decode("latin-1"), keep_blank_values=True)


def rest_operation(service: str, environ: dict) -> tuple[str, dict[str, str]]:
    """Return the operation of a REST request and the values in its path; or ('', {})."""
    if not metadata()[service]["protocol"].startswith("rest-"):
        return "", {}
    return match(service, environ)
