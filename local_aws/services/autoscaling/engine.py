"""Application Auto Scaling of endpoint variants: targets and policies, on the one clock.

A policy looks at its alarms right after CloudWatch has evaluated them, each minute or, for a metric
of high resolution, each 10 seconds: so it acts again while an alarm lasts, as on AWS.
"""

import logging
import threading
import uuid
from datetime import datetime, timedelta
from functools import partial

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.autoscaling import policy_alarms
from local_aws.services.autoscaling.activities import Activities
from local_aws.services.autoscaling.policy_alarms import HIGH, LOW, METRICS
from local_aws.services.autoscaling.scaling_requests import (
    DIMENSION,
    NAMESPACE,
    OF,
    check_configuration,
    check_limits,
    not_there,
    page,
    refused,
    variant_of,
)
from local_aws.services.autoscaling.tracking import Reading, decide
from local_aws.state.clock import Timer
from local_aws.state.collection import Collection, public

log = logging.getLogger(__name__)

OPERATIONS = {
    "application-autoscaling": {
        "RegisterScalableTarget": f"""{OF} MinCapacity MaxCapacity RoleARN SuspendedState(*)
            Tags""",
        "DescribeScalableTargets": f"""ServiceNamespace={NAMESPACE} ResourceIds
            ScalableDimension={DIMENSION} MaxResults NextToken""",
        "DeregisterScalableTarget": OF,
        "PutScalingPolicy": f"""{OF} PolicyName PolicyType=TargetTrackingScaling
            TargetTrackingScalingPolicyConfiguration(TargetValue
                PredefinedMetricSpecification(PredefinedMetricType={"|".join(METRICS)})
                CustomizedMetricSpecification(MetricName Namespace Dimensions(*) Statistic Unit)
                ScaleOutCooldown ScaleInCooldown DisableScaleIn)""",
        "DescribeScalingPolicies": f"{OF} PolicyNames MaxResults NextToken",
        "DeleteScalingPolicy": f"{OF} PolicyName",
        "ListTagsForResource": "ResourceARN",
    },
}
LOOK_SECONDS = 3.0
"""After each period: CloudWatch has evaluated its alarms by then."""
COOLDOWN = 300
ROLE = (
    "aws-service-role/sagemaker.application-autoscaling.amazonaws.com"
    "/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
)


class Autoscaling(Engine):
    """The scalable targets of the local AWS.

    Left out: step and predictive scaling, scheduled actions, other services and dimensions, metric
    math, changes of tags. An endpoint that is being updated is not scaled. What a changed
    configuration does to a target is not checked. Where AWS publishes no text of a refusal the
    words are our own.
    """

    name, operations = "autoscaling", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._targets = Collection(parts.documents, "scalable target")
        self._policies = Collection(parts.documents, "scaling policy")
        self._scaling = parts.engine(Activities)
        self._scaling.listeners.append(self._cool)
        self._lock = threading.RLock()
        self._timer: Timer | None = None

    # Targets.

    def register_scalable_target(self, request: dict) -> dict:
        resource = request["ResourceId"]
        with self._lock:
            before = self._targets.get(resource) or {}
            least = request.get("MinCapacity", before.get("MinCapacity"))
            most = request.get("MaxCapacity", before.get("MaxCapacity"))
            endpoint, _ = self._scaling.endpoint(resource)
            if not before and endpoint["EndpointStatus"] != "InService":
                raise refused(f"The endpoint of {resource} is not InService")
            config = {"EndpointConfigName": endpoint["EndpointConfigName"]}
            variants = self._scaling.call("DescribeEndpointConfig", **config)["ProductionVariants"]
            name = variant_of(resource)[1]
            variant = next((each for each in variants if each["VariantName"] == name), {})
            check_limits(least, most, variant, "AsyncInferenceConfig" in endpoint)
            target = {
                "ServiceNamespace": NAMESPACE, "ResourceId": resource,
                "ScalableDimension": DIMENSION, "CreationTime": self.parts.clock.now(),
                "RoleARN": f"arn:aws:iam::{self.parts.context.account}:role/{ROLE}",
                "ScalableTargetARN": self.parts.context.arn(
                    "application-autoscaling", f"scalable-target/{uuid.uuid4().hex}"
                ),
                "_tags": request.get("Tags", {}),
                **before, "MinCapacity": least, "MaxCapacity": most,
                "SuspendedState": {
                    **dict.fromkeys(
                        ("DynamicScalingInSuspended", "DynamicScalingOutSuspended",
                         "ScheduledScalingSuspended"), False,
                    ),
                    **before.get("SuspendedState", {}), **request.get("SuspendedState", {}),
                },
            }  # fmt: skip
            self._targets.put(resource, target)
            self._keep_limits(target)
        return {"ScalableTargetARN": target["ScalableTargetARN"]}

    def describe_scalable_targets(self, request: dict) -> dict:
        wanted = request.get("ResourceIds")
        targets = [
            public(each) for each in self._targets if wanted is None or each["ResourceId"] in wanted
        ]
        return page(targets, request, "ScalableTargets")

    def deregister_scalable_target(self, request: dict) -> dict:
        self._target(request, "scalable target found")
        with self._lock:
            for policy in self._of(request["ResourceId"]):
                self._drop(policy)
            self._targets.delete(request["ResourceId"])
        return {}

    def list_tags_for_resource(self, request: dict) -> dict:
        for target in self._targets:
            if target["ScalableTargetARN"] == request["ResourceARN"]:
                return {"Tags": target["_tags"]}
        raise AwsError("ResourceNotFoundException", f"Unknown {request['ResourceARN']}")

    # Policies.

    def put_scaling_policy(self, request: dict) -> dict:
        resource, name = request["ResourceId"], request["PolicyName"]
        self._target(request, "scalable target registered")
        key = f"{resource} {name}"
        if (before := self._policies.get(key)) is None and "PolicyType" not in request:
            raise AwsError(
                "NotImplementedException",
                "The local AWS does not support PutScalingPolicy with PolicyType StepScaling.",
            )
        member = "TargetTrackingScalingPolicyConfiguration"
        check_configuration(request.get(member))
        unique = f"{uuid.uuid4()}:resource/{NAMESPACE}/{resource}:policyName/{name}"
        with self._lock:
            policy = {
                "PolicyARN": self.parts.context.arn("autoscaling", f"scalingPolicy:{unique}"),
                "PolicyName": name, "ServiceNamespace": NAMESPACE, "ResourceId": resource,
                "ScalableDimension": DIMENSION, "PolicyType": "TargetTrackingScaling",
                "CreationTime": self.parts.clock.now(), "Alarms": [],
                "_ids": {kind: str(uuid.uuid4()) for kind in (HIGH, LOW)},
                **(before or {}), member: request[member],
                "_metric": policy_alarms.metric(request[member], *variant_of(resource)),
            }  # fmt: skip
            arn = partial(self.parts.context.arn, "cloudwatch")
            policy["Alarms"] = policy_alarms.put(self.parts.call, policy, resource, arn)
            self._policies.put(key, policy)
        self._schedule()
        return {name: policy[name] for name in ("PolicyARN", "Alarms")}

    def describe_scaling_policies(self, request: dict) -> dict:
        names = request.get("PolicyNames")
        policies = [
            public(each)
            for each in self._of(request.get("ResourceId"))
            if names is None or each["PolicyName"] in names
        ]
        return page(policies, request, "ScalingPolicies")

    def delete_scaling_policy(self, request: dict) -> dict:
        with self._lock:
            policy = self._policies.get(f"{request['ResourceId']} {request['PolicyName']}")
            if policy is None:
                raise not_there("scaling policy found", request)
            self._drop(policy)
        return {}

    def _drop(self, policy: dict) -> None:
        policy_alarms.delete(self.parts.call, policy_alarms.names(policy))
        self._policies.delete(f"{policy['ResourceId']} {policy['PolicyName']}")

    def _of(self, resource: str | None) -> list[dict]:
        return [each for each in self._policies if resource in (None, each["ResourceId"])]

    def _target(self, request: dict, what: str) -> dict:
        variant_of(request["ResourceId"])
        if (target := self._targets.get(request["ResourceId"])) is None:
            raise not_there(what, request)
        return target

    # Scaling.

    def recover(self) -> None:
        """Look at the alarms again."""
        self._schedule()

    def shut_down(self) -> None:
        """Look at no alarm any more."""
        if self._timer:
            self._timer.cancel()

    def _schedule(self) -> None:
        if self._timer:
            self._timer.cancel()
        if periods := [policy_alarms.period(policy) for policy in self._policies]:
            step = min(periods)
            left = step - (self.parts.clock.now().timestamp() - LOOK_SECONDS) % step
            self._timer = self.parts.clock.after(left, self._look)

    def _look(self) -> None:
        self._schedule()
        for target in self._targets:
            try:
                with self._lock:
                    self._track(target)
            except AwsError as error:  # the endpoint is gone: its target stays, as on AWS
                log.warning("%s is not scaled: %s", target["ResourceId"], error)

    def _track(self, target: dict) -> None:
        """Scale a target if its policies say so."""
        resource, now = target["ResourceId"], self.parts.clock.now()
        policies = {each["PolicyName"]: each for each in self._of(resource)}
        alarms = {
            name: policy_alarms.in_alarm(self.parts.call, policies[name]) for name in policies
        }
        if not any(alarms.values()):
            return
        endpoint, current = self._scaling.endpoint(resource)
        if endpoint["EndpointStatus"] != "InService":
            return
        readings = [self._reading(each, alarms[name], now) for name, each in policies.items()]
        decision = decide(readings, current, target["MinCapacity"], target["MaxCapacity"])
        if decision is None:
            return
        way = "Out" if decision.capacity > current else "In"
        if target["SuspendedState"][f"DynamicScaling{way}Suspended"]:
            return
        kind = HIGH if way == "Out" else LOW
        alarm = next(name for name in alarms[decision.policy] if f"-{kind}-" in name)
        cause = f"monitor alarm {alarm} in state ALARM triggered policy {decision.policy}"
        self._scaling.scale(resource, decision.capacity, current, cause, decision.policy)

    def _reading(self, policy: dict, alarms: list[str], now: datetime) -> Reading:
        configuration = policy["TargetTrackingScalingPolicyConfiguration"]
        is_high = any(f"-{HIGH}-" in name for name in alarms)
        return Reading(
            policy["PolicyName"],
            configuration["TargetValue"],
            policy_alarms.value(self.parts.call, policy, HIGH if is_high else LOW, now),
            is_high,
            any(f"-{LOW}-" in name for name in alarms),
            not configuration.get("DisableScaleIn", False),
            policy["_added"] if now < policy.get("_out_until", now) else 0,
            now < policy.get("_in_until", now),
        )

    def _keep_limits(self, target: dict) -> None:
        """Scale a target whose capacity is outside its limits."""
        endpoint, current = self._scaling.endpoint(target["ResourceId"])
        least, most = target["MinCapacity"], target["MaxCapacity"]
        if endpoint["EndpointStatus"] == "InService" and not least <= current <= most:
            limit = "minimum" if current < least else "maximum"
            capacity = min(max(current, least), most)
            cause = f"{limit} capacity was set to {capacity}"
            self._scaling.scale(target["ResourceId"], capacity, current, cause)

    def _cool(self, activity: dict) -> None:
        """Begin the cooldown of the policy of an activity."""
        now = self.parts.clock.now()
        added = activity["_capacity"] - activity["_before"]

        def change(policy: dict) -> None:
            configuration = policy["TargetTrackingScalingPolicyConfiguration"]
            way = "out" if added > 0 else "in"
            seconds = configuration.get(f"Scale{way.title()}Cooldown", COOLDOWN)
            policy.update({f"_{way}_until": now + timedelta(seconds=seconds), "_added": added})
            if added > 0:  # the cooldown of a scale-in ends when something scales out
                policy.pop("_in_until", None)

        try:
            key = f"{activity['ResourceId']} {activity['_policy']}"
            self._policies.update(key, change, late=True)
        except KeyError:  # deleted meanwhile
            return
