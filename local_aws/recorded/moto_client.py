"""Calls moto in this process: request dict in, answer dict out. Knows HTTP, and no service.

botocore's serializer makes the request and its parser reads the answer, so moto gets and returns
the same as with boto3; changes go through the journal.
"""

from io import BytesIO

from botocore.awsrequest import HeadersDict, create_request_object, prepare_request_dict
from botocore.model import OperationModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from local_aws.context import Context
from local_aws.errors import AwsError, QueryError
from local_aws.recorded.journal import Journal, NotRecorded
from local_aws.recorded.recorded_operations import changes_something, is_recorded
from local_aws.wire.errors import unsupported
from local_aws.wire.routing import Call
from local_aws.wire.validation import CODES, operation_model

FIXED = {
    "SCRIPT_NAME": "", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
}  # fmt: skip
DATE = "20260101"
"""The date of the signatures, which moto does not check."""


class Recorded:
    """The recorded operations.

    Args:
        context: its account and region are used.
        journal: the journal over moto.
    """

    def __init__(self, context: Context, journal: Journal):
        self._context, self._journal = context, journal

    def has(self, service: str, operation: str) -> bool:
        """Say whether an operation is recorded; S3's operations do not go through this module."""
        return service != "s3" and is_recorded(service, operation)

    def call(self, service: str, operation: str, request: dict) -> dict:
        """Call an operation of moto and return its answer.

        Raises:
            AwsError: moto's error, or the operation is not recorded.
        """
        model = operation_model(service, operation)
        protocol = model.service_model.resolved_protocol
        if not self.has(service, operation):
            raise unsupported(Call(service, operation, protocol))
        environ, body = self._environ(model, protocol, request)
        try:
            is_change = changes_something(service, operation)
            status, headers, content = self._journal.send(environ, body, is_change)
        except NotImplementedError:
            raise unsupported(Call(service, operation, protocol)) from None
        except NotRecorded as error:
            raise AwsError(CODES.get(service, "ValidationException"), str(error)) from error
        code = int(status[:3])
        if code >= 500:
            # moto answers an operation that it lacks with an HTML page.
            raise unsupported(Call(service, operation, protocol))
        answer = {"status_code": code, "headers": HeadersDict(headers), "body": content}
        return _result(create_parser(protocol).parse(answer, model.output_shape), code)

    def _environ(self, model: OperationModel, protocol: str, request: dict) -> tuple[dict, bytes]:
        """Return an operation's request as a WSGI environment."""
        service = model.service_model
        signed = service.signing_name
        host = f"{service.endpoint_prefix}.{self._context.region}.amazonaws.com"
        serializer = create_serializer(protocol, include_validation=False)
        parts = serializer.serialize_to_request(request, model)
        prepare_request_dict(parts, f"http://{host}")
        sent = create_request_object(parts).prepare()
        path, _, query = sent.url.removeprefix(f"http://{host}").partition("?")
        scope = f"{self._context.access_key}/{DATE}/{self._context.region}/{signed}/aws4_request"
        authorization = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none"
        headers = {f"HTTP_{_wsgi(name)}": value for name, value in sent.headers.items()}
        environ = {
            **FIXED, **headers,
            "REQUEST_METHOD": sent.method, "PATH_INFO": path or "/", "QUERY_STRING": query,
            "SERVER_NAME": host, "HTTP_HOST": host, "HTTP_AUTHORIZATION": authorization,
            "CONTENT_TYPE": sent.headers.get("Content-Type", ""), "wsgi.errors": BytesIO(),
        }  # fmt: skip
        body = sent.body or b""
        return environ, body.encode() if isinstance(body, str) else body


def _wsgi(name: str) -> str:
    return name.upper().replace("-", "_")


def _result(parsed: dict, status: int) -> dict:
    if status >= 400:
        error = parsed.get("Error", {})
        code, message = error.get("Code") or "InternalFailure", error.get("Message") or ""
        raise QueryError(code, message, error.get("QueryErrorCode") or code, status)
    parsed.pop("ResponseMetadata", None)
    return parsed
