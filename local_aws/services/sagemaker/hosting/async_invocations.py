"""InvokeEndpointAsync: requests wait in a queue on disk until an instance has answered them.

A request is on disk before it is accepted, and leaves the disk after its answer is in S3: after a
kill it is answered, perhaps again. Its time to live passes on the one clock, its invocation's
timeout in real seconds. Where AWS says nothing of the requests of a deleted endpoint, they fail.
Contract: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html
"""

import base64
import itertools
import logging
import threading
import time
import uuid
from collections import defaultdict
from datetime import timedelta
from functools import partial
from itertools import islice

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.hosting import async_config, replies
from local_aws.services.sagemaker.hosting.async_metrics import (
    COUNT,
    MILLISECONDS,
    AsyncInvocation,
    Backlog,
    lasted,
)
from local_aws.services.sagemaker.hosting.async_work import Outcome, Work
from local_aws.services.sagemaker.hosting.endpoints import Endpoints
from local_aws.services.sagemaker.hosting.fleet import Closed, Fleet, NotReady, Retired
from local_aws.services.sagemaker.hosting.invocations import Invocations, headers_of
from local_aws.state.clock import Timer
from local_aws.state.collection import Collection

log = logging.getLogger(__name__)

DEFAULT_TTL_SECONDS, DEFAULT_TIMEOUT_SECONDS = 21_600, 900
REPORT_SECONDS = 60.0
"""Between two reports of a queue that does not change."""
OPERATIONS = {
    "sagemaker-runtime": {
        "InvokeEndpointAsync": """EndpointName InputLocation Body ContentType Accept
            CustomAttributes InferenceId RequestTTLSeconds InvocationTimeoutSeconds
            S3OutputPathExtension Filename""",
    },
}


class AsyncInvocations(Engine):
    """Executes InvokeEndpointAsync."""

    name, operations = "async_invocations", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._endpoints = parts.engine(Endpoints)
        self._deployments = self._endpoints.deployments
        self._deployments.listeners.append(self._pump)
        self._metrics = parts.engine(Invocations).metrics
        self._clock, self._work = parts.clock, Work(parts)
        self._documents = Collection(parts.documents, "async-request")
        self._numbers = itertools.count()
        self._lock, self._ending, self._is_reporting = threading.RLock(), False, False
        self._waiting: dict[str, dict[str, Timer]] = defaultdict(dict)
        """By endpoint: the keys of requests in the order of their coming, and what ends them."""
        self._busy: dict[str, set[str]] = defaultdict(set)

    def invoke_endpoint_async(self, request: dict) -> dict:
        name, inline = request["EndpointName"], request.get("Body")
        if (fleet := self._deployments.serving(name)) is None:
            raise replies.not_found(name, self.parts.context.account)
        if (config := fleet.deployment.get("async")) is None:
            raise replies.not_asynchronous(name)
        if bool(inline) == ("InputLocation" in request):
            message = "Provide exactly one of Body and InputLocation."
            raise AwsError("ValidationError", message)
        if inline and len(inline) > replies.MAX_INLINE:
            raise replies.too_large(len(inline), replies.MAX_INLINE)
        if not inline:
            async_config.bucket_and_key(request["InputLocation"])
        if (variant := fleet.choose()) is None:
            raise replies.unavailable(f"all variants of endpoint {name} have the weight 0.")
        now, output = self._clock.now(), config["OutputConfig"]
        place, failure = async_config.locations(output, request, str(uuid.uuid4()))
        inference = request.get("InferenceId", str(uuid.uuid4()))
        ttl = timedelta(seconds=request.get("RequestTTLSeconds", DEFAULT_TTL_SECONDS))
        document = {
            # Keys sort by the time of their coming, also after a restart.
            "Key": f"{time.time_ns():020}-{next(self._numbers):09}",
            "EndpointName": name, "InferenceId": inference, "Variant": variant,
            "Role": fleet.role(variant), "Received": now, "Until": now + ttl,
            "Timeout": request.get("InvocationTimeoutSeconds", DEFAULT_TIMEOUT_SECONDS),
            "Headers": headers_of({**request, "InferenceId": inference}),
            "CustomAttributes": request.get("CustomAttributes"),
            "Body": base64.b64encode(inline).decode() if inline else None,
            "Input": request.get("InputLocation"), "Output": place, "Failure": failure,
            "Notified": output.get("NotificationConfig", {}),
        }  # fmt: skip
        self._documents.put(document["Key"], document)
        self._enqueue(document)
        self._pump(name)
        answer = {"InferenceId": inference, "OutputLocation": place, "FailureLocation": failure}
        return {member: value for member, value in answer.items() if value}

    def _enqueue(self, request: dict, first: bool = False) -> None:
        """Put a request at the end of its queue, or at the front where it had left it."""
        name, key = request["EndpointName"], request["Key"]
        left = (request["Until"] - self._clock.now()).total_seconds()
        with self._lock:
            timer = self._clock.after(max(left, 0), partial(self._expire, name, key))
            if first:
                self._waiting[name] = {key: timer, **self._waiting[name]}
            else:
                self._waiting[name][key] = timer

    def _pump(self, name: str) -> None:
        """Let free instances of an endpoint take the oldest requests; report its queue."""
        fleet = self._deployments.serving(name)
        if fleet is None and self._endpoints.is_gone(name):
            return self._fail_all(name, f"Endpoint {name} was deleted.")
        with self._lock:
            room = _capacity(fleet) - len(self._busy[name]) if fleet and not self._ending else 0
            for key in list(islice(self._waiting[name], max(room, 0))):
                self._waiting[name].pop(key).cancel()
                self._busy[name].add(key)
                threading.Thread(
                    target=self._answer, args=(name, key), name=f"async-{name}", daemon=True
                ).start()
        if fleet and fleet.deployment.get("async"):
            self._report(name, fleet)

    def _answer(self, name: str, key: str) -> None:
        """Answer one request, or put it back where the fleet that had it is no more."""
        request = self._documents.get(key)
        waited = (self._clock.now() - request["Received"]).total_seconds()
        outcome = self._asked(request)
        if outcome is None:
            if self._ending:
                return  # it is on disk, and the next server answers it
            with self._lock:
                self._busy[name].discard(key)
            self._enqueue(request, first=True)
            return self._pump(name)
        outcome.measured["TimeInBacklog"] = lasted(waited)
        self._end(request, outcome)

    def _asked(self, request: dict) -> Outcome | None:
        """Return how the model answered; None if the fleet went before it had answered."""
        name, variant = request["EndpointName"], request["Variant"]
        if (fleet := self._deployments.pick(name)) is None:
            return None
        if variant not in fleet.variants:
            variant = fleet.choose() or fleet.variants[0]
        try:
            return self._work.ask(request, fleet, variant)
        except (Retired, NotReady, Closed):
            return None
        except TimeoutError:
            limit = request["Timeout"]
            return Outcome(None, f"ClientError: The model has not answered within {limit} s.")
        except OSError as error:
            if self._ending:
                return None
            return Outcome(None, f"ClientError: The model did not answer: {error}")
        except Exception as error:
            log.exception("request %s of %s", request["InferenceId"], name)
            return Outcome(None, f"InternalServerError: {type(error).__name__}: {error}")

    def _end(self, request: dict, outcome: Outcome) -> None:
        """Deliver an outcome and forget the request."""
        name, key = request["EndpointName"], request["Key"]
        try:
            self._work.end(request, outcome)
            self._documents.delete(key)
        except Exception:  # such as a full disk: the next server answers it once more
            log.exception("request %s of %s", request["InferenceId"], name)
        took = (self._clock.now() - request["Received"]).total_seconds()
        outcome.measured["TotalProcessingTime"] = lasted(took, MILLISECONDS)
        with self._lock:
            self._busy[name].discard(key)
        status, failed = outcome.answer and outcome.answer.status, outcome.reason is not None
        self._metrics.add(
            AsyncInvocation(name, request["Variant"], status, failed, outcome.measured)
        )
        self._pump(name)

    def _expire(self, name: str, key: str) -> None:
        with self._lock:
            if self._waiting[name].pop(key, None) is None:
                return
            self._busy[name].add(key)
        request = self._documents.get(key)
        seconds = (request["Until"] - request["Received"]).total_seconds()
        reason = f"ClientError: The request expired: it has waited {seconds:.0f} s."
        self._end(request, Outcome(None, reason, {"ExpiredRequests": (1, COUNT)}))

    def _fail_all(self, name: str, reason: str) -> None:
        with self._lock:
            waiting = self._waiting.pop(name, {})
            self._busy[name].update(waiting)
        for key, timer in waiting.items():
            timer.cancel()
            self._end(self._documents.get(key), Outcome(None, f"ClientError: {reason}"))

    # The queue's metrics.

    def _report(self, name: str, fleet: Fleet) -> None:
        with self._lock:
            waiting, busy = self._waiting[name], self._busy[name]
            oldest = min([*islice(waiting, 1), *busy], default=None)
            request = oldest and self._documents.get(oldest)
            age = (self._clock.now() - request["Received"]).total_seconds() if request else 0.0
            instances = sum(fleet.instances(variant) for variant in fleet.variants)
            if not self._is_reporting:
                self._is_reporting = True
                self._clock.after(REPORT_SECONDS, self._report_all)
            size = len(waiting) + len(busy)
        self._metrics.add(Backlog(name, size, len(waiting), age, instances))

    def _report_all(self) -> None:
        self._is_reporting = False
        for name in self._deployments.names():
            fleet = self._deployments.serving(name)
            if fleet and fleet.deployment.get("async") and not self._ending:
                self._report(name, fleet)

    # The server's life.

    def recover(self) -> None:
        """Put all that was accepted and not answered back into its queue."""
        for request in self._documents:
            self._enqueue(request)
        for name in list(self._waiting):
            self._pump(name)

    def shut_down(self) -> None:
        """Begin no more; what is not answered yet waits for the next server."""
        self._ending = True


def _capacity(fleet: Fleet) -> int:
    """Return how many requests a fleet answers at a time."""
    each = async_config.concurrency(fleet.deployment.get("async") or {})
    return each * sum(fleet.instances(variant) for variant in fleet.variants)
