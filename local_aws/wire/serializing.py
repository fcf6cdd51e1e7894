"""Serializes the answer of an operation in the protocol of its request. Knows no service."""

import json
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from botocore.model import OperationModel, Shape

from local_aws.wire import json_documents, scalars, xml_documents
from local_aws.wire.parsing import is_in_body
from local_aws.wire.routing import Call
from local_aws.wire.validation import operation_model


@dataclass
class Answer:
    """Status, headers and body of an answer."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def serialize(call: Call, result: dict, request_id: str) -> Answer:
    """Return the response that boto3 parses to `result`; members outside the model are left out."""
    operation = operation_model(call.service, call.operation)
    shape = operation.output_shape
    if call.protocol == "query":
        return Answer(200, {"Content-Type": "text/xml"}, _query(operation, result, request_id))
    if call.protocol == "json":
        version = operation.service_model.metadata.get("jsonVersion", "1.1")
        content = json_documents.write(shape, result) if shape else {}
        kind = {"Content-Type": f"application/x-amz-json-{version}"}
        return Answer(200, kind, json.dumps(content).encode())
    answer = Answer(operation.http.get("responseCode", 200))
    kind = "application/json" if call.protocol == "rest-json" else "application/xml"
    if shape is None:
        answer.body = b"{}" if call.protocol == "rest-json" else b""
    else:
        answer.body = _body(shape, call.protocol, result)
    answer.headers["Content-Type"] = kind
    for name, member in (shape.members if shape else {}).items():
        if (value := result.get(name)) is not None:
            _locate(answer, name, member, value)
    return answer


def _query(operation: OperationModel, result: dict, request_id: str) -> bytes:
    root = Element(f"{operation.name}Response")
    if namespace := operation.service_model.metadata.get("xmlNamespace"):
        root.set("xmlns", namespace)
    if shape := operation.output_shape:
        wrapper = shape.serialization.get("resultWrapper", f"{operation.name}Result")
        xml_documents.fill(SubElement(root, wrapper), shape, result)
    SubElement(SubElement(root, "ResponseMetadata"), "RequestId").text = request_id
    return xml_documents.text_of(root)


def _body(shape: Shape, protocol: str, result: dict) -> bytes:
    """Return the body of a REST answer: its payload, or a document of the remaining members."""
    name = shape.serialization.get("payload")
    if name is None:
        content = {name: result[name] for name in result.keys() & shape.members.keys()}
        content = {name: content[name] for name in content if is_in_body(shape, name)}
        if not content and protocol == "rest-xml":
            return b""
        return _document(shape, protocol, content)
    shape, value = shape.members[name], result.get(name)
    if value is None:
        return b""
    if shape.type_name in ("blob", "string"):
        return value.encode() if isinstance(value, str) else value
    return _document(shape, protocol, value)


def _document(shape: Shape, protocol: str, value: Any) -> bytes:
    if protocol == "rest-json":
        return json.dumps(json_documents.write(shape, value)).encode()
    root = Element(shape.serialization.get("name", shape.name))
    xml_documents.fill(root, shape, value)
    return xml_documents.text_of(root)


def _locate(answer: Answer, name: str, member: Shape, value: Any) -> None:
    """Put a member into the status or the headers, if the model has it there."""
    location = member.serialization.get("location")
    own = member.serialization.get("name", name)
    if location == "statusCode":
        answer.status = value
    elif location == "headers":
        answer.headers |= {own + key: str(item) for key, item in value.items()}
    elif location == "header" and member.type_name == "list":
        texts = [scalars.write(member.member, item, scalars.RFC) for item in value]
        answer.headers[own] = ",".join(texts)
    elif location == "header":
        answer.headers[own] = scalars.write(member, value, scalars.RFC)
