"""Answers the callers of REST APIs: path, signature, key, throttle, quota, size, integration.

The WSGI app of `/_aws/execute-api/<api>/<stage>/…`, which stands for
`https://<api>.execute-api.<region>.amazonaws.com/<stage>/…`. A path is matched as it was sent: one
with percent signs, dots or empty parts is no method's. A key is read from its header alone. Whoever
signs may invoke, unless the server enforces policies.
"""

import hashlib
import json
import logging
import time
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from werkzeug.wsgi import get_input_stream

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.apigateway import gateway_metrics, templates
from local_aws.services.apigateway.integrations import Answer, Integrations
from local_aws.services.apigateway.openapi import JSON, Api, Method
from local_aws.services.apigateway.refusals import FORBIDDEN, Refused
from local_aws.services.apigateway.rest_apis import RestApis
from local_aws.services.apigateway.throttles import Throttles
from local_aws.services.apigateway.usage_plans import UsagePlans
from local_aws.settings import INVOKE
from local_aws.wire.http_request import HttpRequest
from local_aws.wire.signatures import check_signature

log = logging.getLogger(__name__)
MAX_BODY = 10 * 2**20
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"""
THREADS = 64
"""Integrations that are waited for at once."""


class Gateway:
    """The WSGI app.

    Args:
        apis: with the stages, and what they serve.
        plans: with the keys and quotas.
        allow: raises AwsError for an access key that may not invoke a method, by its ARN.
    """

    def __init__(
        self,
        parts: Parts,
        apis: RestApis,
        plans: UsagePlans,
        allow: Callable[[str, str], None],
    ):
        self._parts, self._apis, self._plans, self._allow = parts, apis, plans, allow
        self._keys = {parts.context.access_key: parts.context.secret_key}
        self._throttles, self._integrations = Throttles(parts.clock), Integrations(parts)
        self._threads = ThreadPoolExecutor(THREADS, "integration")

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        began, request = time.monotonic(), HttpRequest(environ)
        place = request.raw_path.removeprefix(INVOKE).split("/", 2)
        api, name, path = place[0], "".join(place[1:2]), f"/{''.join(place[2:])}"
        try:
            stage = self._apis.stage(api, name)
            serving = self._apis.serving(api, stage)
        except AwsError:
            refusal = Refused("INVALID_API_KEY", FORBIDDEN)
            return _send(start_response, request, _worded(refusal, None), api)
        call = _Call(request, path, stage, serving)
        try:
            answer = self._answer(call)
        except Refused as refusal:
            answer = _worded(refusal, serving)
        except Exception:
            log.exception("%s %s", request.method, request.path)
            refusal = Refused("API_CONFIGURATION_ERROR", "Internal server error")
            answer = _worded(refusal, serving)
        seconds = time.monotonic() - began
        gateway_metrics.send(
            self._parts.call, serving.title, name, answer.status, seconds, call.seconds
        )
        return _send(start_response, request, answer, api)

    def shut_down(self) -> None:
        """Wait for no integration any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _answer(self, call: "_Call") -> Answer:
        method, body = call.method(), _read(call.request)
        if body is None:
            raise Refused("REQUEST_TOO_LARGE", "Request Too Long")
        if method.is_signed:
            self._check_signature(call.request, body)
            self._check_caller(call, method)
        if method.needs_key:
            self._check_key(call)
        self._check_stage(call, method)
        kind = call.request.headers.get("content-type", JSON).partition(";")[0].strip()
        if not {kind, "*/*"} & {*call.serving.binary}:
            body = body.decode(errors="replace").encode()  # AWS reads it as a text
        return self._integrated(call, method, body)

    def _check_signature(self, request: HttpRequest, body: bytes) -> None:
        digest = hashlib.sha256(body).hexdigest()
        try:
            scope = request.scope
            if scope is None:
                raise Refused("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")
            if scope.service != "execute-api":
                words = "Credential should be scoped to correct service: 'execute-api'."
                raise Refused("INVALID_SIGNATURE", words)
            sent = (request.method, request.raw_path, request.query, request.headers)
            check_signature(*sent, digest, self._keys, scope)
        except AwsError as error:
            if error.code == "InvalidClientTokenId":
                words = "The security token included in the request is invalid."
                raise Refused("ACCESS_DENIED", words) from None
            raise Refused("INVALID_SIGNATURE", error.message) from None

    def _check_caller(self, call: "_Call", method: Method) -> None:
        place = f"{call.stage['_api']}/{call.stage['stageName']}/{method.verb}{method.path}"
        try:
            arn = self._parts.context.arn("execute-api", place)
            self._allow(call.request.scope.access_key, arn)
        except AwsError as error:
            raise Refused("ACCESS_DENIED", error.message, error.code) from None

    def _check_key(self, call: "_Call") -> None:
        value = call.request.headers.get("x-api-key", "")
        known = self._plans.plan_of(value, call.stage["_api"], call.stage["stageName"])
        if known is None:
            raise Refused("INVALID_API_KEY", FORBIDDEN)
        key, plan = known
        limits = plan.get("throttle", {})
        if not self._throttles.admit(
            (plan["id"], key), limits.get("rateLimit"), limits.get("burstLimit")
        ):
            raise Refused("THROTTLED", "Too Many Requests")
        if not self._plans.count(key, plan):
            raise Refused("QUOTA_EXCEEDED", "Limit Exceeded")

    def _check_stage(self, call: "_Call", method: Method) -> None:
        settings = call.stage["methodSettings"].get("*/*", {})
        limits = [settings.get(f"throttling{name}") for name in ("RateLimit", "BurstLimit")]
        name = (call.stage["_api"], call.stage["stageName"], method.path, method.verb)
        if not self._throttles.admit(name, *limits):
            raise Refused("THROTTLED", "Too Many Requests")

    def _integrated(self, call: "_Call", method: Method, body: bytes) -> Answer:
        """Return what the integration's answer becomes."""
        integration, began = method.integration, time.monotonic()
        headers = {
            name: _text(source, "method.request.header.", call.request.headers)
            for name, source in integration.headers.items()
        }
        waiting = self._threads.submit(self._integrations.ask, integration, headers, body)
        try:
            answer = waiting.result(integration.timeout)
        except TimeoutError:
            words = "Endpoint request timed out"
            raise Refused("INTEGRATION_TIMEOUT", words) from None
        finally:
            call.seconds = time.monotonic() - began
        if (outcome := integration.outcome(answer.status)) is None:
            raise Refused("API_CONFIGURATION_ERROR", "Internal server error")
        named = {
            name: _text(source, "integration.response.header.", answer.headers)
            for name, source in outcome.headers.items()
        }
        kind = {"Content-Type": named.pop("Content-Type", "") or JSON}
        status, content = outcome.status, answer.body
        if outcome.template is not None:
            text, changed = templates.render(outcome.template, answer.body.decode(errors="replace"))
            status, content = changed or status, text.encode()
        return Answer(status, kind | named, content)


class _Call:
    """One request to a stage, and how long its integration took."""

    def __init__(self, request: HttpRequest, path: str, stage: dict, serving: Api):
        self.request, self.path, self.stage, self.serving = request, path, stage, serving
        self.seconds: float | None = None

    def method(self) -> Method:
        """Return the method that is called.

        Raises:
            Refused: there is none.
        """
        # AWS ignores a slash at the end; of two it is not known.
        bare = self.path.removesuffix("/")
        path = self.path if bare in ("", "/") else bare
        if (method := self.serving.methods.get((path, self.request.method))) is None:
            raise Refused("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")
        return method


def _text(source: str, prefix: str, headers: dict[str, str]) -> str:
    """Return what a mapping's source stands for."""
    if source.startswith("'"):
        return source[1:-1]
    return headers.get(source.removeprefix(prefix).lower(), "")


def _read(request: HttpRequest) -> bytes | None:
    """Return the whole body, or None where it is too large; all of it is read in any case."""
    stream, body, size = get_input_stream(request.environ), bytearray(), 0
    while piece := stream.read(2**20):
        size += len(piece)
        if size <= MAX_BODY:
            body += piece
    return bytes(body) if size <= MAX_BODY else None


def _worded(refusal: Refused, serving: Api | None) -> Answer:
    """Return the gateway's own answer, with the headers that the document has for it."""
    named = serving.gateway_responses if serving else {}
    status, headers = named.get(refusal.kind) or named.get(refusal.default) or (None, {})
    texts = {name: source[1:-1] for name, source in headers.items()}
    body = json.dumps({"message": refusal.message}).encode()
    own = {"Content-Type": JSON, "x-amzn-ErrorType": refusal.error}
    return Answer(status or refusal.status, own | texts, body)


def _send(
    start_response: Callable, request: HttpRequest, answer: Answer, api: str
) -> Iterable[bytes]:
    own = {"x-amzn-RequestId": str(uuid.uuid4()), "x-amz-apigw-id": uuid.uuid4().hex[:16]}
    size = {"Content-Length": str(len(answer.body))}
    headers = [(name, value) for name, value in (answer.headers | own | size).items() if value]
    start_response(f"{answer.status} {'OK' if answer.status < 400 else 'Error'}", headers)
    return [b""] if request.method == "HEAD" else [answer.body]
