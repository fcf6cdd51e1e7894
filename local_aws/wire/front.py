"""The one door of the local AWS: checks the signature, has the operation done, words the answer.

Knows HTTP and AWS's protocols; knows nothing of what an operation does.
"""

import hashlib
import json
import logging
import uuid
import zlib
from collections.abc import Callable, Iterable

from werkzeug.wsgi import get_input_stream

from local_aws.errors import AwsError
from local_aws.settings import CONTROL
from local_aws.state.disk import full_disk, is_full
from local_aws.wire.errors import unsupported, word
from local_aws.wire.members import left_out
from local_aws.wire.parsing import PROTOCOLS, parse
from local_aws.wire.received import Received
from local_aws.wire.routing import S3, Call, is_s3, name, protocol_of, unsigned
from local_aws.wire.serializing import serialize
from local_aws.wire.signatures import check_signature
from local_aws.wire.validation import check_request, operation_model

log = logging.getLogger(__name__)

HEALTH = f"{CONTROL}health"
MAX_BODY = 16 * 2**20


class Front:
    """The WSGI app of the local AWS.

    Args:
        keys: access key to secret.
        is_done: service and operation to whether somebody does it: an engine, or moto.
        members: service and operation to the members of its request that are done, or None for all.
        execute: service, operation and request to the answer.
        s3: the WSGI app of the object plane.
        health: what `/_local/health` answers, unsigned.
        control: path and body of a control call to its answer.
    """

    def __init__(
        self,
        keys: dict[str, str],
        is_done: Callable[[str, str], bool],
        members: Callable[[str, str], str | None],
        execute: Callable[[str, str, dict], dict | None],
        s3: Callable,
        health: dict,
        control: Callable[[str, bytes], dict],
    ):
        self._keys, self._is_done, self._members, self._execute = keys, is_done, members, execute
        self._s3, self._health, self._control = s3, health, control

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if environ["PATH_INFO"] == HEALTH:
            return _answer_json(start_response, self._health)
        received = Received(environ)
        try:
            return self._dispatch(received, start_response)
        except AwsError as error:
            return _refuse(received, start_response, error)
        except Exception as error:
            if is_full(error):
                log.warning("%s %s: %s", received.method, received.path, error)
                return _refuse(received, start_response, full_disk())
            # 500 would make every SDK client try ten times over: the message is what helps.
            log.exception("%s %s", received.method, received.path)
            failure = AwsError("InternalFailure", f"{type(error).__name__}: {error}")
            return _refuse(received, start_response, failure)

    def _dispatch(self, received: Received, start_response: Callable) -> Iterable[bytes]:
        for_s3 = is_s3(received)
        body = None if for_s3 else _read(received)
        if body and (call := unsigned(received, body)):
            raise unsupported(call)
        self._check(received, body)
        if for_s3:
            return self._s3(received.environ, start_response)
        body = _unpacked(received, body)
        if received.path.startswith(CONTROL):
            return _answer_json(start_response, self._control(received.path, body))
        return self._do(name(received, body), received, body, start_response)

    def _check(self, received: Received, body: bytes | None) -> None:
        digest = None if body is None else hashlib.sha256(body).hexdigest()
        message = (received.method, received.raw_path, received.query, received.headers)
        check_signature(*message, digest, self._keys, received.scope)

    def _do(
        self, call: Call, received: Received, body: bytes, start_response: Callable
    ) -> Iterable[bytes]:
        """Have an operation done."""
        is_read = call.known and call.protocol in PROTOCOLS and call.service != S3
        if not is_read or not self._is_done(call.service, call.operation):
            raise unsupported(call)
        request = parse(call, received, body)
        check_request(call.service, call.operation, request)
        if (done := self._members(call.service, call.operation)) is not None:
            shape = operation_model(call.service, call.operation).input_shape
            if refused := left_out(shape, request, done):
                raise unsupported(call, refused)
        result = self._execute(call.service, call.operation, request)
        request_id = str(uuid.uuid4())
        answer = serialize(call, result or {}, request_id)
        headers = list(answer.headers.items())
        return _answer(start_response, answer.status, answer.body, headers, request_id)


def _read(received: Received) -> bytes:
    """Read a request's body whole, within bounds."""
    if int(received.headers.get("content-length") or 0) > MAX_BODY:
        _drain(received.environ)
        raise _too_large(received)
    return get_input_stream(received.environ).read()


def _too_large(received: Received) -> AwsError:
    call, limit = name(received, b""), MAX_BODY
    shape = operation_model(call.service, call.operation).input_shape if call.known else None
    if shape and (payload := shape.serialization.get("payload")):
        limit = shape.members[payload].metadata.get("max", MAX_BODY)
    message = f"Request body is larger than {limit} bytes. Put large data into S3 and send its URI."
    return AwsError("ValidationError", message, 413)


def _drain(environ: dict) -> None:
    # An answer before the body is read resets the connection, and the client sees no reason.
    stream = get_input_stream(environ)
    while stream.read(2**20):
        pass


def _unpacked(received: Received, body: bytes) -> bytes:
    """Return a body as it was before its client compressed it: boto3 does so with metric data."""
    if received.headers.get("content-encoding") != "gzip":
        return body
    reader = zlib.decompressobj(wbits=31)
    try:
        body = reader.decompress(body, MAX_BODY)
    except zlib.error:
        raise AwsError("SerializationException", "The request's body is not gzip.") from None
    if reader.unconsumed_tail:
        raise _too_large(received)
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


def _refuse(received: Received, start_response: Callable, error: AwsError) -> list[bytes]:
    """Word an error in the protocol that the request came in."""
    request_id = str(uuid.uuid4())
    headers, body = word(error, protocol_of(received), request_id)
    if received.method == "HEAD":
        body = b""
    return _answer(start_response, error.status, body, headers, request_id)
