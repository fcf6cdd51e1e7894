"""Endpoints: documents, states, updates; knows what serves as `Deployments`, no HTTP server.

Left out: scaling policies, inference components, rolling updates.
"""

import random
import shutil
import uuid
from collections.abc import Sequence
from functools import partial

from local_aws.errors import AwsError
from local_aws.instances.log_streams import LogWriter
from local_aws.parts import Engine, Parts
from local_aws.role_store import store_of
from local_aws.services.sagemaker import state_events
from local_aws.services.sagemaker.hosting import serverless
from local_aws.services.sagemaker.hosting.configs import EndpointConfigs, redistribute, retain
from local_aws.services.sagemaker.hosting.deployments import Deployments
from local_aws.services.sagemaker.hosting.descriptions import described
from local_aws.services.sagemaker.hosting.replies import log_group
from local_aws.services.sagemaker.hosting.rollout import policy_of
from local_aws.services.sagemaker.hosting.server_process import ServerProcess
from local_aws.services.sagemaker.hosting.serving_images import SourceMissing, serving_image
from local_aws.state import paths
from local_aws.state.collection import Collection
from local_aws.wire.listing import CHANGED, LISTED, Listing

FIELDS = ("EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime", "EndpointStatus")
LISTING = Listing("Endpoints", "EndpointName", FIELDS, "EndpointStatus")
KEPT = ("plan", "capture", "async")
"""What a deployment has besides its configuration's name."""

_GUARDRAILS = """DeploymentConfig(AutoRollbackConfiguration(Alarms(AlarmName))
    BlueGreenUpdatePolicy(TerminationWaitInSeconds MaximumExecutionTimeoutInSeconds
        TrafficRoutingConfiguration(Type WaitIntervalInSeconds CanarySize(Type Value)
            LinearStepSize(Type Value))))"""
OPERATIONS = {
    "sagemaker": {
        "CreateEndpoint": f"EndpointName EndpointConfigName Tags(*) {_GUARDRAILS}",
        "DescribeEndpoint": "EndpointName",
        "ListEndpoints": f"{LISTED} {CHANGED}",
        "UpdateEndpoint": f"""EndpointName EndpointConfigName RetainDeploymentConfig {_GUARDRAILS}
            RetainAllVariantProperties ExcludeRetainedVariantProperties(VariantPropertyType)""",
        "UpdateEndpointWeightsAndCapacities": """EndpointName
            DesiredWeightsAndCapacities(VariantName DesiredWeight DesiredInstanceCount)""",
        "DeleteEndpoint": "EndpointName",
    },
}


class Endpoints(Engine):
    """Executes the operations on endpoints."""

    name, operations = "endpoints", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._context, self._store, self._clock = parts.context, parts.store, parts.clock
        self._configs = parts.engine(EndpointConfigs)
        self._documents = Collection(parts.documents, "endpoint")
        self.chance = random.Random()
        """Draws variants and samples; a test may seed it."""
        alarms = self._alarms_on
        self.deployments = Deployments(self._start, parts.clock, alarms, self.chance, self._lag)
        self._lock = self.deployments.lock

    def create_endpoint(self, request: dict) -> dict:
        name, config = request["EndpointName"], request["EndpointConfigName"]
        arn, deployment, time = self._arn(name), self._configs.deployment(config), self._clock.now()
        document = {
            "EndpointName": name, "EndpointArn": arn, "EndpointConfigName": config,
            "EndpointStatus": "Creating", "CreationTime": time, "LastModifiedTime": time,
            "Tags": request.get("Tags", []),
            **_kept(deployment),
        }  # fmt: skip
        if guardrails := request.get("DeploymentConfig"):  # for updates that retain it
            policy_of(guardrails, deployment["plan"])
            document["LastDeploymentConfig"] = guardrails
        with self._lock:
            self.deployments.refuse_at_the_end()
            if not self._documents.add(name, document):
                message = f'Cannot create already existing endpoint "{arn}".'
                raise AwsError("ValidationException", message)
            state_events.tell_endpoint(self.parts, document)
            self.deployments.begin(name, deployment, None, partial(self._note, name, deployment))
        return {"EndpointArn": arn}

    def update_endpoint(self, request: dict) -> dict:
        name = request["EndpointName"]
        document = self._document(name)
        deployment = self._configs.deployment(request["EndpointConfigName"])
        if request.get("RetainAllVariantProperties"):
            excluded = request.get("ExcludeRetainedVariantProperties", [])
            retain(document, deployment, [each["VariantPropertyType"] for each in excluded])
        serverless.check_update(document["_plan"], deployment["plan"])
        guardrails = request.get("DeploymentConfig")
        if request.get("RetainDeploymentConfig"):
            guardrails = document.get("LastDeploymentConfig")
        if guardrails:
            self._check_guardrails(guardrails, document, deployment)
        with self._lock:
            document = self._in_service(name)
            coming = {**deployment, "guardrails": guardrails, "start": self._clock.now()}
            last = {"LastDeploymentConfig": guardrails} if guardrails else {}
            self.deployments.refuse_at_the_end()
            self._set(
                name, late=False, EndpointStatus="Updating", _coming=coming, FailureReason=None,
                **last,
            )  # fmt: skip
            self._begin_update(name, coming)
        return {"EndpointArn": document["EndpointArn"]}

    def _check_guardrails(self, guardrails: dict, document: dict, deployment: dict) -> None:
        policy = policy_of(guardrails, deployment["plan"])
        names = [
            {variant["VariantName"] for variant in plan}
            for plan in (document["_plan"], deployment["plan"])
        ]
        if names[0] != names[1]:
            message = (
                "A DeploymentConfig needs the same variant names in both configurations:"
                f" {', '.join(sorted(names[0]))}, not {', '.join(sorted(names[1]))}."
            )
            raise AwsError("ValidationException", message)
        if policy.alarms:
            known = {alarm["AlarmName"] for alarm in self._alarms(policy.alarms)}
            if missing := [alarm for alarm in policy.alarms if alarm not in known]:
                message = f"Could not find CloudWatch alarms: {', '.join(missing)}."
                raise AwsError("ValidationException", message)

    def _begin_update(self, name: str, coming: dict) -> None:
        guardrails = coming.get("guardrails")
        policy = policy_of(guardrails, coming["plan"]) if guardrails else None
        self.deployments.begin(name, coming, policy, partial(self._note, name, coming))

    def _alarms(self, names: Sequence[str], **more: str) -> list[dict]:
        request = {"AlarmNames": list(names), **more}
        return self.parts.call("cloudwatch", "DescribeAlarms", request).get("MetricAlarms", [])

    def _alarms_on(self, names: Sequence[str]) -> list[str]:
        return [alarm["AlarmName"] for alarm in self._alarms(names, StateValue="ALARM")]

    def update_endpoint_weights_and_capacities(self, request: dict) -> dict:
        name = request["EndpointName"]
        with self._lock:
            document = self._in_service(name)
            desired = request["DesiredWeightsAndCapacities"]
            plan, counts, weights = redistribute(document, desired)
            coming = {**_serving(document), "plan": plan, "is_scaling": True}
            self.deployments.refuse_at_the_end()
            self._set(
                name, late=False, EndpointStatus="Updating", _coming=coming, FailureReason=None
            )
            self.deployments.scale(name, counts, weights, partial(self._note, name, coming))
        return {"EndpointArn": document["EndpointArn"]}

    def describe_endpoint(self, request: dict) -> dict:
        name = request["EndpointName"]
        with self._lock:
            document = self._document(name)
            return described(
                document, self.deployments.serving(name), self.deployments.coming(name)
            )

    def list_endpoints(self, request: dict) -> dict:
        return LISTING.answer(self._documents.listed(), request)

    def delete_endpoint(self, request: dict) -> dict:
        name = request["EndpointName"]
        with self._lock:
            document = self._document(name)
            if document["EndpointStatus"] == "Deleting":
                message = f'Cannot update in-progress endpoint "{self._arn(name)}".'
                raise AwsError("ValidationException", message)
            if late := self._lag():
                self._set(name, late=False, EndpointStatus="Deleting")
                self._clock.after(late, lambda: self._documents.delete(name))
            else:
                self._documents.delete(name)
                deleting = {**document, "EndpointStatus": "Deleting"}
                state_events.tell_endpoint(self.parts, deleting)
            fleets = self.deployments.drop(name)
        for fleet in fleets:
            fleet.stop()
        self.deployments.tell(name)
        return {}

    def is_gone(self, name: str) -> bool:
        """Say whether an endpoint is not there any more, or will not be."""
        document = self._documents.get(name)
        return document is None or document["EndpointStatus"] == "Deleting"

    def _lag(self) -> float:
        return self.parts.faults.lag("sagemaker", "DescribeEndpoint")

    def _arn(self, name: str) -> str:
        return self._context.arn("sagemaker", f"endpoint/{name}")

    def _document(self, name: str) -> dict:
        if (document := self._documents.get(name)) is None:
            raise AwsError("ValidationException", f'Could not find endpoint "{self._arn(name)}".')
        return document

    def _in_service(self, name: str) -> dict:
        document = self._document(name)
        if document["EndpointStatus"] != "InService":
            state = "failed" if document["EndpointStatus"] == "Failed" else "in-progress"
            message = f'Cannot update {state} endpoint "{document["EndpointArn"]}".'
            raise AwsError("ValidationException", message)
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

        document = self._documents.update(name, change, late)
        if "EndpointStatus" in fields:
            state_events.tell_endpoint(self.parts, document)

    def _note(self, name: str, deployment: dict, status: str, reason: str | None) -> None:
        """Note an endpoint's status; without a reason, that a deployment serves it."""
        if status == "RollingBack":
            return self._set(name, EndpointStatus=status)
        state = {"EndpointStatus": status, "FailureReason": reason, "_coming": None}
        if reason is None:
            state |= {"EndpointConfigName": deployment["config"], **_kept(deployment)}
        self._set(name, **state)

    def _start(self, name: str, variant: dict) -> ServerProcess:
        container = variant["Container"]
        uri = container["ModelDataUrl"]
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        role = variant.get("Role")
        try:
            archive = store_of(self.parts, role).info(bucket, key).path
            image = serving_image(self._context, container["Image"])
        except AwsError as error:
            message = f"Could not access model data at {uri}: {error.message}"
            raise SourceMissing(message) from None
        instance = uuid.uuid4().hex[:12]
        folder = paths.child(self._context.state / "instances", f"endpoint-{instance}")
        stream = f"{variant['VariantName']}/i-{instance}"
        environment = container.get("Environment", {})
        writer = LogWriter(self.parts.call, self._clock, log_group(name), stream)
        limit = variant.get("ServerlessConfig", {}).get("MemorySizeInMB")
        options = {"limit": limit and limit * 2**20, "lease": self.parts.lease(role)}
        return ServerProcess(self._context, folder, image, archive, environment, writer, **options)

    # The server's life.

    def recover(self) -> None:
        """Bring the endpoints of the last run back up, and clear away what a kill left behind."""
        for folder in (self._context.state / "instances").glob("endpoint-*"):
            shutil.rmtree(folder, ignore_errors=True)
        for endpoint in self._documents:
            name, coming = endpoint["EndpointName"], endpoint.get("_coming")
            if endpoint["EndpointStatus"] == "Deleting":
                self._documents.delete(name)
            if endpoint["EndpointStatus"] in ("Failed", "Deleting"):
                continue
            status = "Creating" if endpoint["EndpointStatus"] == "Creating" else "Updating"
            self._set(name, EndpointStatus=status)
            serving = _serving(endpoint)
            if coming and coming.get("is_scaling"):
                serving, coming = coming, None
            note = partial(self._recovered, name, serving, coming)
            with self._lock:
                self.deployments.begin(name, serving, None, note)

    def _recovered(
        self, name: str, serving: dict, coming: dict | None, status: str, reason: str | None
    ) -> None:
        """Note that an endpoint serves again, and begin the update that the server's end broke."""
        if reason is None and coming:
            return self._begin_update(name, coming)
        return self._note(name, serving, status, reason)

    def shut_down(self) -> None:
        """End all workers."""
        self.deployments.end()


def _serving(document: dict) -> dict:
    """Return the deployment that an endpoint's document says it has."""
    kept = {name: document.get(f"_{name}") for name in KEPT}
    return {"config": document["EndpointConfigName"], **kept}


def _kept(deployment: dict) -> dict:
    """Return what an endpoint's document keeps of a deployment; None is not kept."""
    return {f"_{name}": deployment.get(name) for name in KEPT}
