"""Serializes an error in the protocol of its request. Knows protocols, and no service.

Contract: https://smithy.io/2.0/aws/protocols/ (the error serialization of each), and S3's REST
errors: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

import json
from collections.abc import Sequence
from xml.sax.saxutils import escape

from local_aws.errors import AwsError
from local_aws.wire.routing import CBOR, S3, Call


def unsupported(call: Call, members: Sequence[str] = ()) -> AwsError:
    """Return the error for an operation, or members of one, that the local AWS does not support."""
    name = f"{call} with {', '.join(members)}: leave that out" if members else str(call)
    code = "NotImplemented" if call.protocol == S3 else "NotImplementedException"
    return AwsError(code, f"The local AWS does not support {name}.")


def denial(protocol: str, message: str) -> AwsError:
    """Return the error for a request that its caller is not allowed."""
    code = "AccessDenied" if protocol in (S3, "query") else "AccessDeniedException"
    return AwsError(code, message, 400 if protocol == "json" else 403)


def word(error: AwsError, protocol: str, request_id: str) -> tuple[list[tuple[str, str]], bytes]:
    """Return the headers and the body of an error's response."""
    code = getattr(error, "modeled", error.code)
    both = [("x-amzn-query-error", f"{error.code};Sender")] if code != error.code else []
    if protocol in ("json", "rest-json"):
        content = {"__type": code, "message": error.message, "Message": error.message}
        content |= getattr(error, "details", {})
        kind = "application/json" if protocol == "rest-json" else "application/x-amz-json-1.1"
        headers = [("Content-Type", kind), ("x-amzn-ErrorType", code), *both]
        return headers, json.dumps(content).encode()
    if protocol == CBOR:
        headers = [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")]
        return [*headers, *both], _cbor({"__type": code, "message": error.message})
    sender = "" if protocol in (S3, "ec2") else "<Type>Sender</Type>"
    inner = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    inner = f"<Error>{sender}{inner}</Error>"
    if protocol == "ec2":
        inner = f"<Response><Errors>{inner}</Errors><RequestID>{request_id}</RequestID></Response>"
    elif protocol != S3:
        identity = f"<RequestId>{request_id}</RequestId>"
        inner = f"<ErrorResponse>{inner}{identity}</ErrorResponse>"
    return [("Content-Type", "application/xml")], inner.encode()


def _cbor(texts: dict[str, str]) -> bytes:
    """Return a map of texts as CBOR (RFC 8949): the major type of a map is 5, of a text 3."""
    items = [text.encode() for pair in texts.items() for text in pair]
    return _cbor_head(5, len(texts)) + b"".join(_cbor_head(3, len(item)) + item for item in items)


def _cbor_head(major: int, count: int) -> bytes:
    if count < 24:
        return bytes([major << 5 | count])
    return bytes([major << 5 | 26]) + count.to_bytes(4, "big")
