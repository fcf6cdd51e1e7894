"""The local AWS's WSGI app: checks a signature, calls the operation, serializes the answer.

Knows HTTP and AWS's protocols, but no operation's meaning.
"""

import hashlib
import json
import logging
import uuid
import zlib
from collections.abc import Callable, Iterable
from typing import IO

from werkzeug.wsgi import get_input_stream

from local_aws.errors import AwsError
from local_aws.settings import CONTROL, INVOKE
from local_aws.state.disk import full_disk, is_full
from local_aws.wire.errors import unsupported, word
from local_aws.wire.http_request import HttpRequest
from local_aws.wire.members import left_out
from local_aws.wire.parsing import PROTOCOLS, parse
from local_aws.wire.required import MissingMember
from local_aws.wire.routing import S3, Call, is_s3, name, protocol_of, unsigned
from local_aws.wire.serializing import serialize
from local_aws.wire.signatures import check_signature
from local_aws.wire.validation import CODES, check_request, operation_model

log = logging.getLogger(__name__)

HEALTH = f"{CONTROL}health"
MAX_BODY = 16 * 2**20
S3_CODES = {
    "MissingAuthenticationToken": "AccessDenied",
    "InvalidClientTokenId": "InvalidAccessKeyId",
    "IncompleteSignature": "AuthorizationHeaderMalformed",
}
"""S3's own codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""


class Front:
    """The WSGI app of the local AWS.

    Args:
        keys: the secrets by access key.
        is_done: from service and operation to whether an engine or moto executes it.
        members: service and operation to the members of its request that are done, or None for all.
        authorize: refuses a request that its access key's owner is not allowed.
        execute: from service, operation and request to the answer.
        s3: the WSGI app of the object plane.
        gateway: the WSGI app of the callers of REST APIs, who may be anybody.
        health: the answer to `/_local/health`, which needs no signature.
        control: from path and body of a control call to its answer.
    """

    def __init__(
        self,
        keys: dict[str, str],
        is_done: Callable[[str, str], bool],
        members: Callable[[str, str], str | None],
        authorize: Callable[[str, Call, dict], None],
        execute: Callable[[str, str, dict], dict | None],
        s3: Callable,
        gateway: Callable,
        health: dict,
        control: Callable[[str, bytes], dict],
    ):
        self._keys, self._is_done, self._members, self._execute = keys, is_done, members, execute
        self._authorize = authorize
        self._s3, self._gateway, self._health, self._control = s3, gateway, health, control

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if environ["PATH_INFO"] == HEALTH:
            return _answer_json(start_response, self._health)
        http_request = HttpRequest(environ)
        try:
            if http_request.raw_path.startswith(INVOKE):
                return self._gateway(environ, start_response)
            return self._dispatch(http_request, start_response)
        except AwsError as error:
            return _refuse(http_request, start_response, error)
        except RecursionError:
            message = "The request is nested too deeply."
            return _refuse(http_request, start_response, AwsError("ValidationException", message))
        except Exception as error:
            if is_full(error):
                log.warning("%s %s: %s", http_request.method, http_request.path, error)
                return _refuse(http_request, start_response, full_disk())
            # With status 500 every SDK client would retry ten times before it shows the message.
            log.exception("%s %s", http_request.method, http_request.path)
            failure = AwsError("InternalFailure", f"{type(error).__name__}: {error}")
            return _refuse(http_request, start_response, failure)

    def _dispatch(self, http_request: HttpRequest, start_response: Callable) -> Iterable[bytes]:
        for_s3 = is_s3(http_request)
        body = None if for_s3 else _read(http_request)
        if body and (call := unsigned(http_request, body)):
            raise unsupported(call)
        self._check(http_request, body)
        if for_s3:
            return self._s3(http_request.environ, start_response)
        body = _unpacked(http_request, body)
        if http_request.path.startswith(CONTROL):
            return _answer_json(start_response, self._control(http_request.path, body))
        return self._do(name(http_request, body), http_request, body, start_response)

    def _check(self, http_request: HttpRequest, body: bytes | None) -> None:
        digest = None if body is None else hashlib.sha256(body).hexdigest()
        message = (
            http_request.method,
            http_request.raw_path,
            http_request.query,
            http_request.headers,
        )
        check_signature(*message, digest, self._keys, http_request.scope)

    def _do(
        self, call: Call, http_request: HttpRequest, body: bytes, start_response: Callable
    ) -> Iterable[bytes]:
        """Execute an operation and serialize its answer."""
        is_read = call.known and call.protocol in PROTOCOLS and call.service != S3
        if not is_read or not self._is_done(call.service, call.operation):
            raise unsupported(call)
        request = parse(call, http_request, body)
        check_request(call.service, call.operation, request)
        if (done := self._members(call.service, call.operation)) is not None:
            shape = operation_model(call.service, call.operation).input_shape
            if refused := left_out(shape, request, done):
                raise unsupported(call, refused)
        self._authorize(http_request.scope.access_key, call, request)
        try:
            result = self._execute(call.service, call.operation, request)
        except MissingMember as error:
            code = CODES.get(call.service, error.code)
            raise AwsError(code, f"1 validation error detected: {error.message}") from error
        request_id = str(uuid.uuid4())
        answer = serialize(call, result or {}, request_id)
        headers = list(answer.headers.items())
        return _answer(start_response, answer.status, answer.body, headers, request_id)


def _read(http_request: HttpRequest) -> bytes:
    """Read a request's whole body, up to the limit."""
    stream, body = get_input_stream(http_request.environ), bytearray()
    is_too_large = int(http_request.headers.get("content-length") or 0) > MAX_BODY
    while not is_too_large and (piece := stream.read(2**20)):
        body += piece
        is_too_large = len(body) > MAX_BODY  # a chunked body tells no length before
    if is_too_large:
        _drain(stream)
        raise _too_large(http_request)
    return bytes(body)


def _too_large(http_request: HttpRequest) -> AwsError:
    call, limit = name(http_request, b""), MAX_BODY
    shape = operation_model(call.service, call.operation).input_shape if call.known else None
    if shape and (payload := shape.serialization.get("payload")):
        limit = shape.members[payload].metadata.get("max", MAX_BODY)
    message = f"Request body is larger than {limit} bytes. Put large data into S3 and send its URI."
    return AwsError("ValidationError", message, 413)


def _drain(stream: IO[bytes]) -> None:
    # An answer before the whole body was read resets the connection: the client sees no reason.
    while stream.read(2**20):
        pass


def _unpacked(http_request: HttpRequest, body: bytes) -> bytes:
    """Return a body decompressed: boto3 compresses metric data."""
    if http_request.headers.get("content-encoding") != "gzip":
        return body
    reader = zlib.decompressobj(wbits=31)
    try:
        body = reader.decompress(body, MAX_BODY)
    except zlib.error:
        raise AwsError(
            "SerializationException", "The Content-Encoding is gzip, but the body is not."
        ) from None
    if reader.unconsumed_tail:
        raise _too_large(http_request)
    return body


def _answer_json(start_response: Callable, content: dict) -> list[bytes]:
    kind = [("Content-Type", "application/x-amz-json-1.1")]
    return _answer(start_response, 200, json.dumps(content).encode(), kind, str(uuid.uuid4()))


def _answer(
    start_response: Callable,
    status: int,
    body: bytes,
    headers: list[tuple[str, str]],
    request_id: str,
) -> list[bytes]:
    headers = [*headers, ("Content-Length", str(len(body))), ("x-amzn-RequestId", request_id)]
    start_response(f"{status} {'OK' if status < 400 else 'Error'}", headers)
    return [body]


def _refuse(http_request: HttpRequest, start_response: Callable, error: AwsError) -> list[bytes]:
    """Answer with an error in the protocol of the request."""
    if protocol_of(http_request) == S3 and error.code in S3_CODES:
        error = AwsError(S3_CODES[error.code], error.message, error.status)
    request_id = str(uuid.uuid4())
    headers, body = word(error, protocol_of(http_request), request_id)
    if http_request.method == "HEAD":
        body = b""
    return _answer(start_response, error.status, body, headers, request_id)
