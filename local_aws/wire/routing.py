"""Names a request: which operation of which service, in which protocol. Knows no engine.

All of it comes from botocore's service models, so whatever boto3 can send has a name, supported or
not. Services have boto3's names; several may sign alike (`sagemaker` and `sagemaker-runtime`).
"""

import gzip
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from botocore.loaders import Loader

from local_aws.errors import AwsError
from local_aws.wire.signatures import read_scope
from local_aws.wire.validation import service_model

CBOR = "smithy-rpc-v2-cbor"
S3 = "s3"
"""S3's own dialect of rest-xml: its errors have no envelope."""

HEAD = 16_384
"""Bytes of a model that hold its metadata; to read all models whole takes ten seconds."""
ALIASES = {"s3express": "s3", "s3-object-lambda": "s3"}
"""Names to sign with that endpoint rules give, not models."""
BUSY = ("sagemaker-runtime",)
"""Asked so often that of those that sign alike they are tried first."""
TWINS = {("s3express", "ListBuckets"): "ListDirectoryBuckets"}
"""One request of two operations: AWS tells them apart by the host, here always the same."""

_RPC = re.compile(r"^/service/[^/]+/operation/(\w+)$")


@dataclass(frozen=True)
class Call:
    """What a request asks for.

    Attributes:
        known: the service has this operation, and speaks this protocol; else `operation` is what
            the request itself says, or its method and path.
    """

    service: str
    operation: str
    protocol: str
    known: bool = True

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


@cache
def metadata() -> dict[str, dict[str, Any]]:
    """Return the metadata of every service that boto3 knows, of its newest version."""
    found = {}
    for path in sorted(Path(Loader.BUILTIN_DATA_PATH).glob("*/*/service-2.json.gz")):
        with gzip.open(path) as file:
            text = file.read(HEAD).decode(errors="ignore")
        start = text.index("{", text.index('"metadata"'))
        found[path.parts[-3]] = json.JSONDecoder().raw_decode(text, start)[0]
    return found


@cache
def services_signed_as(name: str) -> tuple[str, ...]:
    """Return the services whose requests are signed for a name, the busy and the namesake first."""
    name = ALIASES.get(name, name)
    found = [
        service
        for service, about in metadata().items()
        if about.get("signingName", about["endpointPrefix"]) == name
    ]
    return tuple(sorted(found, key=lambda each: (each not in BUSY, each != name, each)))


def protocols(service: str) -> list[str]:
    """Return the protocols that a service speaks."""
    about = metadata()[service]
    return about.get("protocols", [about["protocol"]])


def signed_for(environ: dict) -> str:
    """Return the name of the service that a request is signed for, or ''; nothing is checked."""
    headers = {"authorization": environ.get("HTTP_AUTHORIZATION", "")}
    try:
        scope = read_scope(headers, environ.get("QUERY_STRING", ""))
    except AwsError:
        return ""
    return scope.service if scope else ""


def is_s3(environ: dict) -> bool:
    """Say whether a request speaks to S3's buckets and objects; S3 Control signs alike."""
    return signed_for(environ) == "s3" and "HTTP_X_AMZ_ACCOUNT_ID" not in environ


def protocol_of(environ: dict) -> str:
    """Return the protocol that a request came in, and its answer goes out in."""
    if environ.get("HTTP_SMITHY_PROTOCOL") == "rpc-v2-cbor":
        return CBOR
    if "HTTP_X_AMZ_TARGET" in environ:
        return "json"
    if is_s3(environ):
        return S3
    spoken = [each for name in services_signed_as(signed_for(environ)) for each in protocols(name)]
    form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    if form or "Action=" in environ.get("QUERY_STRING", ""):
        if "ec2" in spoken or "query" in spoken or not spoken:
            return "ec2" if "ec2" in spoken else "query"
    return next((each for each in spoken if each.startswith("rest-")), "rest-json")


def name(environ: dict, body: bytes) -> Call:
    """Name a request."""
    protocol, signed = protocol_of(environ), signed_for(environ)
    services = services_signed_as(signed)
    spoken = signed if signed in services or not services else services[0]
    if protocol.startswith(("rest-", S3)):
        if "HTTP_X_AMZ_ACCOUNT_ID" in environ and "s3" in services:
            services = ("s3control",)
        for service in services:
            if operation := rest_operation(service, environ):
                return Call(service, TWINS.get((signed, operation), operation), protocol)
        path = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        return Call(spoken, path, protocol, known=False)
    operation, mark, value = _said(environ, body, protocol)
    for service in services:
        spoken_to = protocol in protocols(service)
        if not spoken_to or (value and metadata()[service].get(mark) != value):
            continue
        if operation in service_model(service).operation_names:
            return Call(service, operation, protocol)
    return Call(spoken, operation or "a request without an operation", protocol, known=False)


def unsigned(environ: dict, body: bytes) -> Call | None:
    """Name a request that its clients send without a signature: STS's for identities from outside.

    None for all others.
    """
    if signed_for(environ) or protocol_of(environ) != "query":
        return None
    operation, sts = _said(environ, body, "query")[0], service_model("sts")
    if operation in sts.operation_names and sts.operation_model(operation).auth_type == "none":
        return Call("sts", operation, "query")
    return None


def _said(environ: dict, body: bytes, protocol: str) -> tuple[str, str, str]:
    """Return the operation that a request names, and what its service's metadata must say."""
    if protocol == "json":
        prefix, _, operation = environ["HTTP_X_AMZ_TARGET"].rpartition(".")
        return operation, "targetPrefix", prefix
    if protocol == CBOR:
        found = _RPC.match(environ["PATH_INFO"])
        return (found[1] if found else ""), "", ""
    fields = parse_qsl(f"{environ.get('QUERY_STRING', '')}&{body.decode('latin-1')}")
    operations, versions = (
        {value for name, value in fields if name == field} for field in ("Action", "Version")
    )
    # Two of them may be read as either: such a request has no name.
    operation = operations.pop() if len(operations) == 1 else ""
    return operation, "apiVersion", versions.pop() if len(versions) == 1 else ""


def rest_operation(service: str, environ: dict) -> str:
    """Return the operation of a REST service that a method, path and query ask for, or ''."""
    from moto.core.request import Request
    from werkzeug.exceptions import NotFound

    if not metadata()[service]["protocol"].startswith("rest-"):
        return ""
    try:
        return _router(service).match(Request(environ))[0].name
    except NotFound:
        return ""


@cache
def _router(service: str) -> Any:
    from moto.core.routing import RestRouter
    from moto.core.utils import get_service_model

    return RestRouter(get_service_model(service))
