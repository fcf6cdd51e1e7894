"""Endpoints: states, updates, invocations; knows workers as a `Fleet`, no HTTP server.

Left out so far: data capture, scaling, async and serverless variants, inference components,
shadow variants, deployment guardrails (an update swaps all at once, without a gap).
"""

import logging
import shutil
import threading
import uuid

from local_aws.errors import AwsError
from local_aws.instances.log_streams import LogWriter
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.hosting.configs import EndpointConfigs
from local_aws.services.sagemaker.hosting.fleet import Fleet, Retired
from local_aws.services.sagemaker.hosting.http_client import Answer
from local_aws.services.sagemaker.hosting.replies import MAX_BODY, ModelError
from local_aws.services.sagemaker.hosting.server_process import ServerProcess
from local_aws.services.sagemaker.hosting.serving_images import StartFailed, serving_image
from local_aws.state import paths
from local_aws.state.collection import Collection, public
from local_aws.state.disk import worded
from local_aws.wire.listing import CHANGED, LISTED, Listing

log = logging.getLogger(__name__)

LAST_GRACE_SECONDS = 2.0
"""For what servers still answer when the local AWS itself ends."""
FIELDS = ("EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime", "EndpointStatus")
ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
PASSED_ON = {
    "Accept": "Accept",
    "CustomAttributes": ATTRIBUTES,
    "TargetVariant": "X-Amzn-SageMaker-Target-Variant",
}
"""Members of an invocation that the model's container gets as headers."""
LISTING = Listing("Endpoints", "EndpointName", FIELDS, "EndpointStatus")


OPERATIONS = {
    "sagemaker": {
        "CreateEndpoint": "EndpointName EndpointConfigName Tags(*)",
        "DescribeEndpoint": "EndpointName",
        "ListEndpoints": f"{LISTED} {CHANGED}",
        "UpdateEndpoint": "EndpointName EndpointConfigName",
        "DeleteEndpoint": "EndpointName",
    },
    "sagemaker-runtime": {
        "InvokeEndpoint": "EndpointName Body ContentType Accept CustomAttributes TargetVariant",
    },
}


class Endpoints(Engine):
    """Executes the operations on endpoints, and InvokeEndpoint."""

    name, operations = "endpoints", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._context, self._store, self._clock = parts.context, parts.store, parts.clock
        self._configs = parts.engine(EndpointConfigs)
        self._documents = Collection(parts.documents, "endpoint")
        # What serves now, and what shall serve once it is ready.
        self._serving: dict[str, Fleet] = {}
        self._coming: dict[str, Fleet] = {}
        self._lock, self._ending = threading.RLock(), False

    def create_endpoint(self, request: dict) -> dict:
        name, config = request["EndpointName"], request["EndpointConfigName"]
        arn, plan, time = self._arn(name), self._configs.plan(config), self._clock.now()
        names = {"EndpointName": name, "EndpointArn": arn, "EndpointConfigName": config}
        state = {"EndpointStatus": "Creating", "CreationTime": time, "LastModifiedTime": time}
        with self._lock:
            if not self._documents.add(name, {**names, **state, "_plan": plan}):
                message = f'Cannot create already existing endpoint "{arn}".'
                raise AwsError("ValidationException", message)
            self._deploy_in_background(name, config, plan)
        return {"EndpointArn": arn}

    def update_endpoint(self, request: dict) -> dict:
        name, config = request["EndpointName"], request["EndpointConfigName"]
        self._document(name)
        plan = self._configs.plan(config)
        with self._lock:
            document = self._document(name)
            if document["EndpointStatus"] != "InService":
                state = "failed" if document["EndpointStatus"] == "Failed" else "in-progress"
                message = f'Cannot update {state} endpoint "{document["EndpointArn"]}".'
                raise AwsError("ValidationException", message)
            coming = {"config": config, "plan": plan}
            state = {"EndpointStatus": "Updating", "_coming": coming, "FailureReason": None}
            self._set(name, late=False, **state)
            self._deploy_in_background(name, config, plan)
        return {"EndpointArn": document["EndpointArn"]}

    def describe_endpoint(self, request: dict) -> dict:
        name = request["EndpointName"]
        document = self._document(name)
        running = self._serving.get(name)
        variants = [
            {
                "VariantName": variant["VariantName"],
                "CurrentWeight": variant.get("InitialVariantWeight", 1.0),
                "DesiredWeight": variant.get("InitialVariantWeight", 1.0),
                "CurrentInstanceCount": variant.get("InitialInstanceCount", 1) if running else 0,
                "DesiredInstanceCount": variant.get("InitialInstanceCount", 1),
            }
            for variant in document["_plan"]
        ]
        return {**public(document), "ProductionVariants": variants}

    def list_endpoints(self, request: dict) -> dict:
        return LISTING.answer(self._documents.listed(), request)

    def delete_endpoint(self, request: dict) -> dict:
        name = request["EndpointName"]
        with self._lock:
            if self._document(name)["EndpointStatus"] == "Deleting":
                message = f'Cannot update in-progress endpoint "{self._arn(name)}".'
                raise AwsError("ValidationException", message)
            if late := self._lag():
                self._set(name, late=False, EndpointStatus="Deleting")
                self._clock.after(late, lambda: self._documents.delete(name))
            else:
                self._documents.delete(name)
            fleets = [self._serving.pop(name, None), self._coming.pop(name, None)]
        for fleet in filter(None, fleets):
            fleet.stop()
        return {}

    def _lag(self) -> float:
        return self.parts.faults.lag("sagemaker", "DescribeEndpoint")

    def _arn(self, name: str) -> str:
        return self._context.arn("sagemaker", f"endpoint/{name}")

    def _document(self, name: str) -> dict:
        if (document := self._documents.get(name)) is None:
            raise AwsError("ValidationException", f'Could not find endpoint "{self._arn(name)}".')
        return document

    def _set(self, name: str, late: bool = True, **fields: object) -> None:
        """Change fields of an endpoint's document; None removes one.

        Args:
            late: a full disk does not refuse it, what is noted has happened.
        """

        def change(document: dict) -> None:
            document.update(fields, LastModifiedTime=self._clock.now())
            for key in [key for key in fields if fields[key] is None]:
                del document[key]

        self._documents.update(name, change, late)

    # Deploying.

    def _deploy_in_background(self, name: str, config: str, plan: list[dict]) -> None:
        if self._ending:
            raise AwsError("ServiceUnavailable", "The local AWS is being stopped.", 503)
        fleet = Fleet(plan, lambda variant: self._start(name, variant))
        self._coming[name] = fleet
        target, arguments = self._deploy, (name, config, plan, fleet)
        threading.Thread(target=target, args=arguments, name=f"deploy-{name}", daemon=True).start()

    def _deploy(self, name: str, config: str, plan: list[dict], fleet: Fleet) -> None:
        reason = None
        try:
            fleet.launch()
        except (StartFailed, AwsError, OSError, Retired) as error:
            reason = worded(error)
        except Exception as error:
            log.exception("endpoint %s", name)
            reason = f"InternalServerError: {type(error).__name__}: {worded(error)}"
        if reason is not None:
            fleet.stop()
        self._clock.sleep(self._lag())
        if old := self._settle(name, config, plan, fleet, reason):
            old.retire()

    def _settle(
        self, name: str, config: str, plan: list[dict], fleet: Fleet, reason: str | None
    ) -> Fleet | None:
        """Note how a deployment went; return the fleet that has served until now."""
        with self._lock:
            if self._coming.get(name) is not fleet:
                return None  # deleted meanwhile, which has stopped it
            del self._coming[name]
            if reason is not None:
                # A failed update leaves the old workers serving, as on AWS.
                status = "InService" if name in self._serving else "Failed"
                self._set(name, EndpointStatus=status, FailureReason=reason, _coming=None)
                return None
            old, self._serving[name] = self._serving.get(name), fleet
            state = {"EndpointStatus": "InService", "EndpointConfigName": config, "_plan": plan}
            self._set(name, **state, FailureReason=None, _coming=None)
            return old

    def _start(self, name: str, variant: dict) -> ServerProcess:
        container = variant["Container"]
        uri = container["ModelDataUrl"]
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        try:
            archive = self._store.info(bucket, key).path
        except AwsError as error:
            raise StartFailed(f"Could not access model data at {uri}: {error.message}") from None
        image = serving_image(self._context, container["Image"])
        instance = uuid.uuid4().hex[:12]
        folder = paths.child(self._context.state / "instances", f"endpoint-{instance}")
        stream = f"{variant['VariantName']}/i-{instance}"
        environment = container.get("Environment", {})
        writer = LogWriter(self.parts.call, self._clock, _group(name), stream)
        return ServerProcess(self._context, folder, image, archive, environment, writer)

    # Invoking.

    def invoke_endpoint(self, request: dict) -> dict:
        """Answer one InvokeEndpoint request.

        Raises:
            AwsError: the endpoint is not there or not in service, the body is too large, or the
                model answered with an error.
        """
        name, body = request["EndpointName"], request["Body"]
        if len(body) > MAX_BODY:
            message = (
                f"Request body is {len(body)} bytes; the limit of InvokeEndpoint is {MAX_BODY}. "
                "Send a shorter clip or a smaller photo."
            )
            raise AwsError("ValidationError", message, 413)
        headers = {"Content-Type": request.get("ContentType", "application/octet-stream")}
        for member, header in PASSED_ON.items():
            if member in request:
                headers[header] = request[member]
        variant, answer = self._ask(name, request.get("TargetVariant"), body, headers)
        if answer.status >= 400:
            text = answer.body.decode(errors="replace").strip()
            raise ModelError(answer.status, text, _group(name))
        facts = {"ContentType": answer.content_type, "InvokedProductionVariant": variant}
        if attributes := answer.headers.get(ATTRIBUTES.lower()):
            facts["CustomAttributes"] = attributes
        return {"Body": answer.body, **facts}

    def _ask(
        self, name: str, target: str | None, body: bytes, headers: dict[str, str]
    ) -> tuple[str, Answer]:
        while fleet := self._serving.get(name):
            if target and target not in fleet.variants:
                raise AwsError("ValidationError", f"Variant {target} is not of endpoint {name}.")
            variant = target or fleet.choose()
            try:
                return variant, fleet.answer(variant, body, headers)
            except Retired:
                continue  # an update or the end of the endpoint: look again
            except (OSError, StartFailed) as error:
                raise ModelError(500, str(error), _group(name)) from error
        message = f"Endpoint {name} of account {self._context.account} not found."
        raise AwsError("ValidationError", message)

    # The server's life.

    def recover(self) -> None:
        """Bring the endpoints of the last run back up, and clear away what a kill left behind."""
        for folder in (self._context.state / "instances").glob("endpoint-*"):
            shutil.rmtree(folder, ignore_errors=True)
        for endpoint in self._documents:
            name = endpoint["EndpointName"]
            if endpoint["EndpointStatus"] == "Deleting":
                self._documents.delete(name)
            elif endpoint["EndpointStatus"] != "Failed":
                coming = {"config": endpoint["EndpointConfigName"], "plan": endpoint["_plan"]}
                coming = endpoint.get("_coming", coming)
                status = "Creating" if endpoint["EndpointStatus"] == "Creating" else "Updating"
                self._set(name, EndpointStatus=status)
                with self._lock:
                    self._deploy_in_background(name, coming["config"], coming["plan"])

    def shut_down(self) -> None:
        """End all workers."""
        with self._lock:
            self._ending = True
            fleets = [*self._serving.values(), *self._coming.values()]
            self._serving, self._coming = {}, {}
        for fleet in fleets:
            fleet.stop(LAST_GRACE_SECONDS)


def _group(name: str) -> str:
    return f"/aws/sagemaker/Endpoints/{name}"
