"""Endpoints: configurations, states, invocations; knows workers as `ServerProcess`, no HTTP server.

Left out so far: data capture, scaling, async and serverless variants, inference components,
shadow variants, deployment guardrails (an update swaps all at once, without a gap).
"""

import logging
import random
import threading
import uuid
from dataclasses import dataclass

from helpers.local_aws.context import Context
from helpers.local_aws.documents import Documents
from helpers.local_aws.errors import AwsError
from helpers.local_aws.hosting.configs import EndpointConfigs
from helpers.local_aws.hosting.models import Models, page
from helpers.local_aws.hosting.server_process import ServerProcess, StartFailed
from helpers.local_aws.logs import Logs
from helpers.local_aws.s3.store import ObjectStore
from helpers.local_aws.shelf import Shelf, now
from helpers.local_aws.tags import Tags

log = logging.getLogger(__name__)

MAX_BODY = 6_291_456


@dataclass(frozen=True)
class Reply:
    """A good answer of an endpoint."""

    body: bytes
    content_type: str
    variant: str


class ModelError(AwsError):
    """The model's container answered with an error; what it said travels along."""

    def __init__(self, status: int, text: str, group: str):
        side = "client" if status < 500 else "server"
        message = (
            f'Received {side} error ({status}) from primary with message "{text}". '
            f"See {group} for more information."
        )
        super().__init__("ModelError", message, 424)
        self.details = {
            "OriginalStatusCode": status,
            "OriginalMessage": text,
            "LogStreamArn": group,
        }


class Endpoints:
    """The engine of CreateEndpoint, InvokeEndpoint and their kin."""

    def __init__(
        self, context: Context, documents: Documents, store: ObjectStore, logs: Logs, tags: Tags,
        models: Models, configs: EndpointConfigs,
    ):  # fmt: skip
        self._context, self._store, self._logs = context, store, logs
        self._tags, self._models, self._configs = tags, models, configs
        self._documents = Shelf(documents, "endpoint")
        self._workers: dict[str, dict[str, list[ServerProcess]]] = {}
        self._lock = threading.RLock()

    def create_endpoint(self, request: dict) -> dict:
        name = request["EndpointName"]
        arn = self._context.arn("sagemaker", f"endpoint/{name}")
        self._configs.document(request["EndpointConfigName"])
        with self._lock:
            if name in self._documents:
                message = f'Cannot create already existing endpoint "{arn}".'
                raise AwsError("ValidationException", message)
            about = {"EndpointArn": arn, "EndpointStatus": "Creating", "CreationTime": now()}
            kept = {"EndpointName": name, "EndpointConfigName": request["EndpointConfigName"]}
            self._documents.put(name, {**about, **kept, "LastModifiedTime": now()})
        self._tags.set(arn, request.get("Tags", []))
        self._deploy_in_background(name, request["EndpointConfigName"])
        return {"EndpointArn": arn}

    def update_endpoint(self, request: dict) -> dict:
        name = request["EndpointName"]
        if self._document(name)["EndpointStatus"] not in ("InService", "Failed"):
            message = f'Cannot update endpoint "{name}" in its present state.'
            raise AwsError("ValidationException", message)
        self._configs.document(request["EndpointConfigName"])
        self._set(name, EndpointStatus="Updating")
        self._deploy_in_background(name, request["EndpointConfigName"])
        return {"EndpointArn": self._document(name)["EndpointArn"]}

    def describe_endpoint(self, request: dict) -> dict:
        document = self._document(request["EndpointName"])
        running = self._workers.get(request["EndpointName"], {})
        document["ProductionVariants"] = [
            {
                "VariantName": variant["VariantName"],
                "CurrentWeight": variant.get("InitialVariantWeight", 1.0),
                "DesiredWeight": variant.get("InitialVariantWeight", 1.0),
                "CurrentInstanceCount": len(running.get(variant["VariantName"], [])),
                "DesiredInstanceCount": variant.get("InitialInstanceCount", 1),
            }
            for variant in self._configs.variants(document["EndpointConfigName"])
        ]
        return document

    def list_endpoints(self, request: dict) -> dict:
        part, wanted = request.get("NameContains", ""), request.get("StatusEquals")
        fields = (
            "EndpointName",
            "EndpointArn",
            "CreationTime",
            "LastModifiedTime",
            "EndpointStatus",
        )
        found = [
            {field: endpoint[field] for field in fields}
            for endpoint in self._documents
            if part in endpoint["EndpointName"] and wanted in (None, endpoint["EndpointStatus"])
        ]
        return page(found, "Endpoints", request)

    def delete_endpoint(self, request: dict) -> dict:
        name = request["EndpointName"]
        self._tags.forget(self._document(name)["EndpointArn"])
        with self._lock:
            self._documents.delete(name)
            workers = self._workers.pop(name, {})
        _stop_all(workers)
        return {}

    def _document(self, name: str) -> dict:
        if (document := self._documents.get(name)) is None:
            arn = self._context.arn("sagemaker", f"endpoint/{name}")
            raise AwsError("ValidationException", f'Could not find endpoint "{arn}".')
        return document

    def _set(self, name: str, **fields: object) -> None:
        self._documents.update(name, lambda kept: kept.update(fields, LastModifiedTime=now()))

    # Deploying.

    def _deploy_in_background(self, name: str, config: str) -> None:
        target, arguments = self._deploy, (name, config)
        threading.Thread(target=target, args=arguments, name=f"deploy-{name}", daemon=True).start()

    def _deploy(self, name: str, config: str) -> None:
        fresh: dict[str, list[ServerProcess]] = {}
        try:
            for variant in self._configs.document(config)["ProductionVariants"]:
                workers = fresh.setdefault(variant["VariantName"], [])
                for _ in range(variant.get("InitialInstanceCount", 1)):
                    workers.append(self._start(name, variant))
            for workers in fresh.values():
                for worker in workers:
                    worker.wait_until_ready()
        except (StartFailed, AwsError, OSError) as error:
            _stop_all(fresh)
            self._fail(name, str(getattr(error, "message", error)))
            return
        except Exception as error:
            log.exception("endpoint %s", name)
            _stop_all(fresh)
            self._fail(name, f"InternalServerError: {error}")
            return
        self._swap(name, config, fresh)

    def _fail(self, name: str, reason: str) -> None:
        if name in self._documents:
            # A failed update leaves the old workers serving, as on AWS.
            status = "InService" if self._workers.get(name) else "Failed"
            message = f"The primary container did not pass the ping health check: {reason}"
            self._set(name, EndpointStatus=status, FailureReason=message)

    def _swap(self, name: str, config: str, fresh: dict[str, list[ServerProcess]]) -> None:
        with self._lock:
            deleted = name not in self._documents
            old = {} if deleted else self._workers.get(name, {})
            if not deleted:
                self._workers[name] = fresh
                self._documents.update(name, lambda kept: kept.pop("FailureReason", None))
                self._set(name, EndpointStatus="InService", EndpointConfigName=config)
        _stop_all(fresh if deleted else old)

    def _start(self, name: str, variant: dict) -> ServerProcess:
        model = self._models.document(variant["ModelName"])
        container = (model.get("Containers") or [model.get("PrimaryContainer")])[0]
        bucket, _, key = container["ModelDataUrl"].removeprefix("s3://").partition("/")
        archive = self._store.info(bucket, key).path
        instance = uuid.uuid4().hex[:12]
        folder = self._context.state / "instances" / f"endpoint-{instance}"
        group, stream = f"/aws/sagemaker/Endpoints/{name}", f"{variant['VariantName']}/i-{instance}"

        def on_line(line: str) -> None:
            self._logs.append(group, stream, [line])

        return ServerProcess(
            self._context, folder, archive, container.get("Environment", {}), on_line
        )

    # Invoking.

    def invoke(self, name: str, headers: dict[str, str], body: bytes) -> Reply:
        """Answer one InvokeEndpoint request; `headers` have lower-case names.

        Raises:
            AwsError: the endpoint is not there or not in service, the body is too large, or the
                model answered with an error.
        """
        if len(body) > MAX_BODY:
            message = (
                f"Request body is {len(body)} bytes; the limit of InvokeEndpoint is {MAX_BODY}. "
                "Send a shorter clip or a smaller photo."
            )
            raise AwsError("ValidationError", message, 413)
        endpoint = self._documents.get(name)
        if endpoint is None or not self._workers.get(name):
            message = f"Endpoint {name} of account {self._context.account} not found."
            raise AwsError("ValidationError", message)
        variant = self._choose(endpoint, headers.get("x-amzn-sagemaker-target-variant"))
        worker = self._living(name, endpoint, variant)
        wanted = {"Content-Type": headers.get("content-type", "application/octet-stream")}
        if "accept" in headers:
            wanted["Accept"] = headers["accept"]
        group = f"/aws/sagemaker/Endpoints/{name}"
        try:
            answer = worker.answer(body, wanted)
        except OSError as error:
            raise ModelError(
                500, str(error) or "the worker did not answer in time", group
            ) from error
        if answer.status >= 400:
            raise ModelError(answer.status, answer.body.decode(errors="replace").strip(), group)
        return Reply(answer.body, answer.content_type, variant)

    def _choose(self, endpoint: dict, wanted: str | None) -> str:
        variants = self._configs.variants(endpoint["EndpointConfigName"])
        names = [variant["VariantName"] for variant in variants]
        if wanted:
            if wanted not in names:
                raise AwsError("ValidationError", f"Variant {wanted} is not of this endpoint.")
            return wanted
        weights = [variant.get("InitialVariantWeight", 1.0) for variant in variants]
        return random.choices(names, weights)[0]

    def _living(self, name: str, endpoint: dict, variant: str) -> ServerProcess:
        """Return a worker that lives, replacing one that has died."""
        with self._lock:
            workers = self._workers[name][variant]
            workers.append(workers.pop(0))
            if workers[-1].alive:
                return workers[-1]
            about = self._configs.variants(endpoint["EndpointConfigName"])
            workers[-1].stop()
            workers[-1] = self._start(name, next(v for v in about if v["VariantName"] == variant))
            worker = workers[-1]
        try:
            worker.wait_until_ready()
        except StartFailed as error:
            raise ModelError(500, str(error), f"/aws/sagemaker/Endpoints/{name}") from error
        return worker

    # The server's life.

    def recover(self) -> None:
        """Bring the endpoints of the last run back up."""
        for endpoint in self._documents:
            if endpoint["EndpointStatus"] != "Failed":
                name = endpoint["EndpointName"]
                status = "Creating" if endpoint["EndpointStatus"] == "Creating" else "Updating"
                self._set(name, EndpointStatus=status)
                self._deploy_in_background(name, endpoint["EndpointConfigName"])

    def shut_down(self) -> None:
        """End all workers."""
        with self._lock:
            everything, self._workers = self._workers, {}
        for workers in everything.values():
            _stop_all(workers)


def _stop_all(workers: dict[str, list[ServerProcess]]) -> None:
    for group in workers.values():
        for worker in group:
            worker.stop()
