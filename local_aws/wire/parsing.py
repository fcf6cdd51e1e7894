"""Parses a request of any protocol into the arguments of boto3's call. Knows no service.

Times become `datetime`, blobs and streamed payloads bytes. A value of a wrong type stays as it
came, and `validation` names it; members that the model lacks are ignored, as on AWS. Left out:
CBOR, ec2's forms, event streams.
"""

import json
from typing import Any
from urllib.parse import parse_qs
from xml.etree.ElementTree import ParseError

from botocore.model import OperationModel, Shape

from local_aws.errors import AwsError
from local_aws.wire import forms, json_documents, scalars, xml_documents
from local_aws.wire.http_request import HttpRequest
from local_aws.wire.required import Members
from local_aws.wire.routing import Call, form
from local_aws.wire.validation import operation_model

PROTOCOLS = ("json", "rest-json", "rest-xml", "query")
"""The protocols that are parsed."""


def parse(call: Call, http_request: HttpRequest, body: bytes) -> dict:
    """Return the request of an operation.

    Raises:
        AwsError: `SerializationException`, the body can't be parsed.
    """
    operation = operation_model(call.service, call.operation)
    shape = operation.input_shape
    if shape is None:
        return {}
    if call.protocol == "query":
        return forms.read(shape, form(http_request, body))
    if call.protocol == "json":
        return _document(shape, "json", body)
    request = _located(operation, call, http_request)
    payload = shape.serialization.get("payload")
    if payload is None:
        document = _document(shape, call.protocol, body)
        if not isinstance(document, dict):
            message = "The request's body is not a JSON object."
            raise AwsError("SerializationException", message)
        request |= {name: value for name, value in document.items() if is_in_body(shape, name)}
    elif body or payload in shape.required_members:
        request[payload] = _payload(shape.members[payload], call.protocol, body)
    return request


def is_in_body(shape: Shape, name: str) -> bool:
    """Say whether a member of a REST structure is in the body's document."""
    return "location" not in shape.members[name].serialization


def _payload(shape: Shape, protocol: str, body: bytes) -> Any:
    """Return the member that is the whole body."""
    if shape.type_name == "blob":
        return body
    if shape.type_name == "string":
        return body.decode(errors="replace")
    return _document(shape, protocol, body)


def _document(shape: Shape, protocol: str, body: bytes) -> dict:
    try:
        if protocol == "rest-xml":
            return xml_documents.read(shape, xml_documents.parse(body)) if body else {}
        return json_documents.read(shape, _json(body or b"{}"))
    except (ValueError, RecursionError, ParseError):
        kind = "XML" if protocol == "rest-xml" else "JSON"
        message = f"The request's body is not valid {kind}."
        raise AwsError("SerializationException", message) from None


def _json(body: bytes) -> Any:
    """Return a JSON document. Raises: ValueError, RecursionError."""
    document = json.loads(body, parse_constant=_no_json)
    if b"\\u" in body:
        json.dumps(document, ensure_ascii=False).encode()  # half a character can't be kept
    return document


def _no_json(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _located(operation: OperationModel, call: Call, http_request: HttpRequest) -> dict:
    """Return the members of a REST request that are in its path, query and headers."""
    shape, request = operation.input_shape, {}
    query = parse_qs(http_request.query, keep_blank_values=True)
    for name, member in shape.members.items():
        location = member.serialization.get("location")
        own = member.serialization.get("name", name)
        if location == "uri" and own in call.labels:
            request[name] = scalars.read(member, call.labels[own])
        elif location == "querystring" and member.type_name == "map":
            request[name] = _others(operation, member, query)
        elif location == "querystring" and own in query:
            request[name] = _of_query(member, query[own])
        elif location == "header" and own.lower() in http_request.headers:
            request[name] = _of_header(member, http_request.headers[own.lower()])
        elif location == "headers":
            request[name] = _prefixed(http_request.headers, own.lower())
    return Members({name: value for name, value in request.items() if value != {}})


def _others(operation: OperationModel, member: Shape, query: dict[str, list[str]]) -> dict:
    """Return the query's names that belong neither to another member nor to the operation."""
    own = {
        each.serialization.get("name", name)
        for name, each in operation.input_shape.members.items()
        if each.serialization.get("location") == "querystring"
    }
    own |= parse_qs(operation.http["requestUri"].partition("?")[2], keep_blank_values=True).keys()
    is_list = member.value.type_name == "list"
    names = [name for name in query if name not in own]
    return {name: query[name] if is_list else query[name][0] for name in names}


def _of_query(member: Shape, texts: list[str]) -> Any:
    if member.type_name == "list":
        return [scalars.read(member.member, text) for text in texts]
    return scalars.read(member, texts[0])


def _of_header(member: Shape, text: str) -> Any:
    if member.type_name == "list":
        parts = [part.strip() for part in text.split(",")] if text else []
        return [scalars.read(member.member, part) for part in parts]
    return scalars.read(member, text)


def _prefixed(headers: dict[str, str], prefix: str) -> dict[str, str]:
    return {
        name[len(prefix) :]: value for name, value in headers.items() if name.startswith(prefix)
    }
