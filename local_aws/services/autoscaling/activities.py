"""Scaling activities: an endpoint's variant gets its instances, and what came of it is noted.

Texts are AWS's:
https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.autoscaling.scaling_requests import (
    DIMENSION,
    NAMESPACE,
    OF,
    page,
    refused,
    variant_of,
)
from local_aws.state.clock import Timer
from local_aws.state.collection import Collection, public

OPERATIONS = {
    "application-autoscaling": {"DescribeScalingActivities": f"{OF} MaxResults NextToken"},
}
DONE_SECONDS = 1.0
"""Between two looks at an endpoint that changes its number of instances."""
KEPT = timedelta(weeks=6)


class Activities(Engine):
    """The scaling activities of the local AWS.

    Left out: activities that did not scale, and their reasons.
    """

    name, operations = "scaling activities", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._activities = Collection(parts.documents, "scaling activity")
        self._timers: dict[str, Timer] = {}
        self.listeners: list[Callable[[dict], None]] = []
        """Are told each activity of a policy that was successful."""

    def describe_scaling_activities(self, request: dict) -> dict:
        since = self.parts.clock.now() - KEPT
        activities = [
            public(each)
            for each in self._activities
            if request.get("ResourceId") in (None, each["ResourceId"]) and each["StartTime"] > since
        ]
        activities.sort(key=lambda each: each["StartTime"], reverse=True)
        return page(activities, request, "ScalingActivities")

    def call(self, operation: str, **request: object) -> dict:
        """Call an operation of SageMaker."""
        return self.parts.call("sagemaker", operation, request)

    def endpoint(self, resource: str) -> tuple[dict, int]:
        """Return an endpoint and how many instances its variant shall have.

        Raises:
            AwsError: there is none.
        """
        name, variant = variant_of(resource)
        try:
            endpoint = self.call("DescribeEndpoint", EndpointName=name)
        except AwsError as error:
            raise refused(f"{resource}: {error.message}") from None
        for each in endpoint.get("ProductionVariants", []):
            if each["VariantName"] == variant:
                count = each.get("DesiredInstanceCount", each.get("CurrentInstanceCount", 0))
                return endpoint, count
        raise refused(f"The endpoint {name} has no variant {variant}")

    def scale(
        self, resource: str, capacity: int, current: int, cause: str, policy: str = ""
    ) -> None:
        """Give a variant a number of instances; the activity ends when they are there.

        Args:
            policy: the name of the one that wants it, if one does.
        """
        name, variant = variant_of(resource)
        identifier = str(uuid.uuid4())
        activity = {
            "ActivityId": identifier, "ServiceNamespace": NAMESPACE, "ResourceId": resource,
            "ScalableDimension": DIMENSION, "Cause": cause, "StatusCode": "InProgress",
            "Description": f"Setting desired instance count to {capacity}.",
            "StatusMessage": f"Successfully set desired instance count to {capacity}."
            " Waiting for change to be fulfilled by sagemaker.",
            "StartTime": self.parts.clock.now(), "_capacity": capacity,
            "_policy": policy, "_before": current,
        }  # fmt: skip
        self._activities.put(identifier, activity)
        desired = [{"VariantName": variant, "DesiredInstanceCount": capacity}]
        try:
            self.call(
                "UpdateEndpointWeightsAndCapacities",
                EndpointName=name,
                DesiredWeightsAndCapacities=desired,
            )
        except AwsError as error:
            return self._end(activity, error.message)
        self._watch(activity)

    def _watch(self, activity: dict) -> None:
        timer = self.parts.clock.after(DONE_SECONDS, partial(self._check, activity))
        self._timers[activity["ActivityId"]] = timer

    def _check(self, activity: dict) -> None:
        """End an activity whose endpoint has the capacity, or can't have it."""
        try:
            endpoint, count = self.endpoint(activity["ResourceId"])
        except AwsError as error:
            return self._end(activity, error.message)
        if endpoint["EndpointStatus"] == "Updating":
            return self._watch(activity)
        is_done = count == activity["_capacity"]
        self._end(activity, None if is_done else endpoint.get("FailureReason", "overridden"))

    def _end(self, activity: dict, reason: str | None) -> None:
        """Note how an activity ended."""
        capacity, now = activity["_capacity"], self.parts.clock.now()
        self._timers.pop(activity["ActivityId"], None)
        text = f"Successfully set desired instance count to {capacity}."
        ends = {"StatusCode": "Successful", "EndTime": now}
        ends["StatusMessage"] = f"{text} Change successfully fulfilled by sagemaker."
        if reason is not None:
            text = f"Failed to set desired instance count to {capacity}. Reason: {reason}"
            ends |= {"StatusCode": "Failed", "StatusMessage": text}
        self._activities.update(activity["ActivityId"], lambda each: each.update(ends), late=True)
        if reason is None and activity["_policy"]:
            for listener in self.listeners:
                listener(activity)

    def recover(self) -> None:
        """Look at what the last server had begun to scale."""
        for activity in self._activities:
            if activity["StatusCode"] == "InProgress":
                self._watch(activity)

    def shut_down(self) -> None:
        """Scale nothing any more."""
        for timer in list(self._timers.values()):
            timer.cancel()
