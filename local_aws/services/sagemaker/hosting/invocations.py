"""InvokeEndpoint: a variant is drawn, asked, measured and captured; knows no document.

Left out, and refused: streams of answers, models and containers by name.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Semaphore

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.role_permissions import check
from local_aws.services.sagemaker.hosting import replies
from local_aws.services.sagemaker.hosting.data_capture import DataCapture
from local_aws.services.sagemaker.hosting.endpoints import Endpoints
from local_aws.services.sagemaker.hosting.fleet import Answered, Fleet, NotReady, Retired
from local_aws.services.sagemaker.hosting.http_client import Answer
from local_aws.services.sagemaker.hosting.invocation_metrics import (
    Invocation,
    InvocationMetrics,
    ServerlessInvocation,
)
from local_aws.services.sagemaker.hosting.serverless_fleet import ServerlessFleet, Throttled
from local_aws.services.sagemaker.hosting.serving_images import SourceMissing, StartFailed

ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
PASSED_ON = {
    "Accept": "Accept",
    "CustomAttributes": ATTRIBUTES,
    "InferenceId": "X-Amzn-SageMaker-Inference-Id",
    "TargetVariant": "X-Amzn-SageMaker-Target-Variant",
}
"""Members of an invocation that the model's container gets as headers."""
SHADOW_THREADS = 8
MOST_COPIES = 100
"""For shadow variants, waiting or being answered; of those beyond, each counts as a model error."""
OPERATIONS = {
    "sagemaker-runtime": {
        "InvokeEndpoint": """EndpointName Body ContentType Accept CustomAttributes InferenceId
            TargetVariant""",
    },
}


def headers_of(request: dict) -> dict[str, str]:
    """Return the headers that the model's container gets with a request."""
    headers = {"Content-Type": request.get("ContentType", "application/octet-stream")}
    passed = {header: request[name] for name, header in PASSED_ON.items() if name in request}
    return headers | passed


@dataclass(frozen=True)
class Question:
    """A request on its way to a variant."""

    request: dict
    headers: dict[str, str]
    began: float
    """When it came, by the monotonic clock."""


class Invocations(Engine):
    """Executes InvokeEndpoint."""

    name, operations = "invocations", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        endpoints = parts.engine(Endpoints)
        self._deployments = endpoints.deployments
        self.metrics = InvocationMetrics(parts.call, parts.clock)
        self.capture = DataCapture(parts.store, parts.clock, endpoints.chance, self._check_write)
        self._shadows = ThreadPoolExecutor(SHADOW_THREADS, "shadow")
        self._room = Semaphore(MOST_COPIES)

    def invoke_endpoint(self, request: dict) -> dict:
        """Answer one InvokeEndpoint request.

        Raises:
            AwsError: the endpoint is not there or not in service, the body is too large, or the
                model answered with an error or not at all.
        """
        if len(request["Body"]) > replies.MAX_BODY:
            raise replies.too_large(len(request["Body"]))
        question = Question(request, headers_of(request), time.monotonic())
        variant, answer = self._first_answer(question)
        if answer.status >= 400:
            text = answer.body.decode(errors="replace").strip()
            name = request["EndpointName"]
            raise replies.ModelError(self.parts.context, name, answer.status, text)
        facts = {"ContentType": answer.content_type, "InvokedProductionVariant": variant}
        if attributes := answer.headers.get(ATTRIBUTES.lower()):
            facts["CustomAttributes"] = attributes
        return {"Body": answer.body, **facts}

    def _first_answer(self, question: Question) -> tuple[str, Answer]:
        """Ask the fleet that serves; if an update retires it meanwhile, ask the next one."""
        name, target = question.request["EndpointName"], question.request.get("TargetVariant")
        body = question.request["Body"]
        while fleet := self._deployments.pick(name):
            if fleet.deployment.get("async"):
                raise replies.asynchronous(name)
            if target and target not in fleet.variants:
                raise AwsError("ValidationError", f"Variant {target} is not of endpoint {name}.")
            if isinstance(fleet, ServerlessFleet) and len(body) > replies.MAX_SERVERLESS:
                raise replies.too_large(len(body), replies.MAX_SERVERLESS)
            if (variant := target or fleet.choose()) is None:
                raise replies.unavailable(f"all variants of endpoint {name} have the weight 0.")
            try:
                answer = self._ask(fleet, variant, question)
            except Retired:
                continue
            for shadow in fleet.shadows():
                self._copy(fleet, shadow, question)
            return variant, answer
        raise replies.not_found(name, self.parts.context.account)

    def _copy(self, fleet: Fleet, variant: str, question: Question) -> None:
        """Let a shadow variant answer a copy of a request, if it does not lag too far behind."""
        if self._room.acquire(blocking=False):
            self._shadows.submit(self._shadow, fleet, variant, question)
            return
        instances, name = fleet.instances(variant), question.request["EndpointName"]
        config = fleet.deployment["config"]
        self.metrics.add(Invocation(name, config, variant, instances, None, None, 0.0))

    def _shadow(self, fleet: Fleet, variant: str, question: Question) -> None:
        """Let a shadow variant answer a copy; what it says goes to metrics and data capture."""
        copy = Question(question.request, question.headers, time.monotonic())
        try:
            self._ask(fleet, variant, copy)
        except (AwsError, Retired):
            return
        finally:
            self._room.release()

    def _ask(self, fleet: Fleet, variant: str, question: Question) -> Answer:
        """Let a variant answer, count it and capture it.

        Raises:
            Retired: the fleet takes no more requests.
            AwsError: it did not answer.
        """
        name, answered, is_counted = question.request["EndpointName"], None, True
        instances = fleet.instances(variant)
        try:
            body = question.request["Body"]
            answered = fleet.answer(variant, body, question.headers)
        except Retired:
            is_counted = False
            raise
        except Throttled as error:
            is_counted = False  # it is no invocation of the model
            raise replies.throttled() from error
        except NotReady as error:
            raise replies.not_ready(variant) from error
        except SourceMissing as error:
            raise replies.broken_dependency(str(error)) from error
        except StartFailed as error:
            raise replies.unavailable(str(error)) from error
        except OSError as error:
            raise replies.unanswered(self.parts.context, name, error) from error
        finally:
            if is_counted:
                names = (name, fleet.deployment["config"], variant)
                self._count(names, instances, fleet, answered, time.monotonic() - question.began)
        answer = answered.answer
        config, role = fleet.deployment.get("capture"), fleet.role(variant)
        self.capture.add(config, name, variant, question.request, answer, role)
        return answer

    def _check_write(self, role: str | None, object_: str) -> None:
        if self.parts.policies:  # otherwise nobody is held to policies
            check(self.parts.call, role, "s3:PutObject", object_)

    def _count(
        self, names: tuple[str, str, str], instances: int, fleet: Fleet,
        answered: Answered | None, took: float,
    ) -> None:  # fmt: skip
        """Measure an invocation.

        Args:
            names: of the endpoint, its configuration and the variant.
            took: the seconds of all of it.
        """
        status, seconds = (answered.answer.status, answered.seconds) if answered else (None, None)
        numbers = (instances, status, seconds, took - (seconds or 0))
        if isinstance(fleet, ServerlessFleet):
            setup, memory = (answered.setup_seconds, answered.memory) if answered else (None, None)
            share = memory and memory / fleet.memory
            more = (setup, share, fleet.utilization)
            self.metrics.add(ServerlessInvocation(*names, *numbers, *more))
        else:
            concurrent = answered and answered.concurrent
            self.metrics.add(Invocation(*names, *numbers, concurrent=concurrent))

    def shut_down(self) -> None:
        """Send and write what is left of metrics and captured data."""
        self._shadows.shutdown(wait=False, cancel_futures=True)
        self.metrics.send()
        self.capture.write()
