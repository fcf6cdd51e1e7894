"""Round trips without a server: botocore as the client, `local_aws.wire` as the server."""

from functools import cache
from io import BytesIO
from urllib.parse import urlsplit

from botocore.awsrequest import HeadersDict, create_request_object, prepare_request_dict
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from local_aws.wire.http_request import HttpRequest
from local_aws.wire.parsing import parse
from local_aws.wire.routing import CBOR, Call, metadata, name
from local_aws.wire.serializing import serialize
from local_aws.wire.validation import service_model

URL = "http://127.0.0.1:1"


@cache
def signing_name(service):
    """Return the name that a service's requests are signed for."""
    return metadata()[service].get("signingName", metadata()[service]["endpointPrefix"])


def sent(service, operation, request, protocol=None):
    """Return botocore's HTTP request for a dict as the server receives it, and its body."""
    model = service_model(service)
    serializer = create_serializer(protocol or model.resolved_protocol, include_validation=False)
    parts = serializer.serialize_to_request(request, model.operation_model(operation))
    prepare_request_dict(parts, URL)
    http = create_request_object(parts).prepare()
    url = urlsplit(http.url)
    scope = f"AKID/20260101/us-east-1/{signing_name(service)}/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    environ = {
        "REQUEST_METHOD": http.method,
        "PATH_INFO": url.path,
        "RAW_URI": http.url.removeprefix(URL),
        "QUERY_STRING": url.query,
        "HTTP_AUTHORIZATION": signed,
    }
    for header, value in http.headers.items():
        key = header.upper().replace("-", "_")
        text = value.decode() if isinstance(value, bytes) else value
        environ[key if key.startswith("CONTENT_") else f"HTTP_{key}"] = text
    body = http.body or b""
    return HttpRequest(environ), body.encode() if isinstance(body, str) else body


def parsed(service, operation, request, protocol=None):
    """Return the call and the request that the server parses."""
    http_request, body = sent(service, operation, request, protocol)
    call = name(http_request, body)
    assert call.known, call
    return call, parse(call, http_request, body)


def answered(service, operation, result, protocol=None):
    """Return the dict that botocore parses from the answer, without the metadata."""
    model = service_model(service)
    protocol = protocol or model.resolved_protocol
    assert protocol != CBOR
    answer = serialize(Call(service, operation, protocol), result, "an-id")
    headers = HeadersDict(answer.headers)
    response = {"status_code": answer.status, "headers": headers, "body": answer.body}
    operation = model.operation_model(operation)
    payload = operation.get_streaming_output() and operation.output_shape.serialization["payload"]
    if payload:
        response["body"] = BytesIO(answer.body)
    content = create_parser(protocol).parse(response, operation.output_shape)
    content.pop("ResponseMetadata", None)
    return {**content, payload: content[payload].read()} if payload else content
