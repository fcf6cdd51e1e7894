"""The triggers of workflows: which job starts when; starts none.

Contract: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs-trigger.html
"""

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.glue.jobs.arguments import check_arguments
from local_aws.services.glue.jobs.definitions import refusal
from local_aws.services.glue.jobs.pages import page
from local_aws.state.collection import Collection, public

STARTS = ("ON_DEMAND", "EVENT")
DEFINITION = ("Description", "Predicate", "Actions", "EventBatchingCondition")
BATCH, WINDOW = range(1, 101), range(1, 901)
DEFAULT_WINDOW = 900
"""Seconds after the first event."""
ENDED = ("SUCCEEDED", "STOPPED", "FAILED", "TIMEOUT")
"""States of a job that a condition may wait for."""


class Triggers:
    """The triggers by their names."""

    def __init__(self, parts: Parts):
        self.all = Collection(parts.documents, "GlueTrigger")

    def create(self, request: dict) -> dict:
        """Keep a new trigger.

        Raises:
            AwsError: the request is not valid, or the name is taken.
        """
        kept = {member: value for member, value in request.items() if member != "Tags"}
        name, kind, is_on = kept["Name"], kept["Type"], kept.pop("StartOnCreation", False)
        if "WorkflowName" not in kept:
            raise refusal(
                "WorkflowName should be set: the local AWS has triggers of workflows alone"
            )
        if kind in STARTS and [each for each in self.of(kept["WorkflowName"]) if is_start(each)]:
            raise refusal(f"Workflow {kept['WorkflowName']} already has a start trigger")
        if kind in STARTS and is_on:
            raise refusal(f"StartOnCreation is not supported for triggers of the type {kind}")
        self._check(kept)
        state = "ACTIVATED" if is_on else "CREATED"
        trigger = {**kept, "State": state, "_tags": request.get("Tags", {})}
        if not self.all.add(name, trigger):
            raise AwsError("AlreadyExistsException", f"Trigger with name {name} already exists")
        return {"Name": name}

    def get(self, name: str) -> dict:
        """Return a trigger.

        Raises:
            AwsError: there is none of this name.
        """
        if (trigger := self.all.get(name)) is None:
            raise AwsError("EntityNotFoundException", f"Trigger {name} is not found.")
        return trigger

    def listed(self, request: dict) -> dict:
        """Return one page of all triggers."""
        return page([public(each) for each in self.all], "Triggers", request)

    def activate(self, name: str) -> dict:
        """Let a conditional trigger fire from now on."""
        if is_start(self.get(name)):
            raise refusal(f"{name} starts its workflow: use StartWorkflowRun")
        self.all.update(name, lambda trigger: trigger.update(State="ACTIVATED"))
        return {"Name": name}

    def update(self, name: str, definition: dict) -> dict:
        """Replace a trigger's definition as a whole; its name, type and workflow stay.

        Raises:
            AwsError: there is none of this name, or the definition is not valid.
        """
        self.get(name)

        def replace(trigger: dict) -> None:
            for member in DEFINITION:
                trigger.pop(member, None)
            trigger.update(definition)
            self._check(trigger)

        return self.all.update(name, replace)

    def delete(self, name: str) -> dict:
        """Delete a trigger; one that is not there is no error."""
        self.all.delete(name)
        return {"Name": name}

    def of(self, workflow: str) -> list[dict]:
        """Return a workflow's triggers."""
        return [each for each in self.all if each["WorkflowName"] == workflow]

    def _check(self, trigger: dict) -> None:
        if not trigger.get("Actions"):
            raise refusal("Actions should be set")
        for action in trigger["Actions"]:
            if "JobName" not in action:
                raise refusal("Actions: JobName should be set")
            check_arguments("CreateTrigger", "Actions.Arguments", action.get("Arguments", {}))
        conditions = trigger.get("Predicate", {}).get("Conditions", [])
        if bool(conditions) != (trigger["Type"] == "CONDITIONAL"):
            raise refusal(
                "Predicate.Conditions are for triggers of the type CONDITIONAL, and needed"
            )
        for condition in conditions:
            if "JobName" not in condition or condition.get("State") not in ENDED:
                raise refusal(f"A condition should have JobName and a State of {', '.join(ENDED)}")
        batch = trigger.get("EventBatchingCondition")
        if batch and trigger["Type"] != "EVENT":
            raise refusal("EventBatchingCondition is for triggers of the type EVENT")
        if batch and batch["BatchSize"] not in BATCH:
            raise refusal(f"BatchSize should be from {BATCH[0]} to {BATCH[-1]}")
        if batch and batch.get("BatchWindow", DEFAULT_WINDOW) not in WINDOW:
            raise refusal(f"BatchWindow should be from {WINDOW[0]} to {WINDOW[-1]} seconds")


def is_start(trigger: dict) -> bool:
    """Say whether a trigger is the one that starts its workflow."""
    return trigger["Type"] in STARTS


def is_met(trigger: dict, states: dict[str, str]) -> bool:
    """Say whether a conditional trigger fires.

    Args:
        states: those of the workflow run's jobs.
    """
    predicate = trigger["Predicate"]
    met = [states.get(each["JobName"]) == each["State"] for each in predicate["Conditions"]]
    return any(met) if predicate.get("Logical", "AND") == "ANY" else all(met)
