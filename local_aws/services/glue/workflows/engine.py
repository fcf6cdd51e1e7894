"""Executes Glue's operations on workflows, triggers and workflow runs; jobs are those of jobs/.

Executed: start triggers on demand or by events (batch size and window on the one clock), and
conditional triggers on jobs. A job in a run gets --WORKFLOW_NAME and --WORKFLOW_RUN_ID; a run that
events have started has their ids in the property aws:eventIds. At a workflow's limit, events make
a run in the state ERROR, which nothing starts again; a job of the workflow may have a queue.
Left out, and refused by name: schedules, crawlers, graphs, blueprints, triggers outside workflows.
"""

import json

from local_aws.errors import AwsError
from local_aws.parts import Answer, Engine, Parts, Request
from local_aws.services.glue.jobs.engine import SparkJobs
from local_aws.services.glue.jobs.pages import page
from local_aws.services.glue.workflows.batches import Batches
from local_aws.services.glue.workflows.runs import EVENTS, WorkflowRuns
from local_aws.services.glue.workflows.triggers import DEFAULT_WINDOW, Triggers
from local_aws.state.collection import Collection, public

OPERATIONS = {
    "glue": {
        "CreateTrigger": """Name WorkflowName Type=ON_DEMAND|CONDITIONAL|EVENT Description Tags
            StartOnCreation Predicate(Logical Conditions(LogicalOperator=EQUALS JobName State))
            Actions(JobName Arguments Timeout) EventBatchingCondition(BatchSize BatchWindow)""",
        "CreateWorkflow": "Name Description DefaultRunProperties MaxConcurrentRuns Tags",
        "DeleteTrigger": "Name",
        "DeleteWorkflow": "Name",
        "GetTrigger": "Name",
        "GetTriggers": "NextToken MaxResults",
        "GetWorkflow": "Name IncludeGraph=false",
        "GetWorkflowRun": "Name RunId IncludeGraph=false",
        "GetWorkflowRunProperties": "Name RunId",
        "GetWorkflowRuns": "Name IncludeGraph=false NextToken MaxResults",
        "ListWorkflows": "NextToken MaxResults",
        "StartTrigger": "Name",
        "StartWorkflowRun": "Name RunProperties",
        "StopWorkflowRun": "Name RunId",
        "UpdateTrigger": """Name TriggerUpdate(Description
            Predicate(Logical Conditions(LogicalOperator=EQUALS JobName State))
            Actions(JobName Arguments Timeout) EventBatchingCondition(BatchSize BatchWindow))""",
    }
}


class Workflows(Engine):
    """Executes the operations on workflows, and takes events."""

    name, operations = "glue-workflows", OPERATIONS
    calls = (("glue", "NotifyEvent"),)

    def __init__(self, parts: Parts):
        super().__init__(parts)
        jobs = parts.engine(SparkJobs)
        self._workflows = Collection(parts.documents, "GlueWorkflow")
        self._triggers = Triggers(parts)
        self._runs = WorkflowRuns(parts, self._triggers, jobs)
        self._batches = Batches(parts, self._start_by_events)
        jobs.runs.on_end = self._runs.advance
        jobs.definitions.tagged |= {"workflow": self._workflows, "trigger": self._triggers.all}

    def create_workflow(self, request: Request) -> Answer:
        name, now = request["Name"], self.parts.clock.now()
        kept = {member: value for member, value in request.items() if member != "Tags"}
        tags = request.get("Tags", {})
        workflow = {**kept, "CreatedOn": now, "LastModifiedOn": now, "_tags": tags}
        if not self._workflows.add(name, workflow):
            raise AwsError("AlreadyExistsException", f"Workflow with name {name} already exists")
        return {"Name": name}

    def get_workflow(self, request: Request) -> Answer:
        workflow = public(self._known(request["Name"]))
        runs = self._runs.of(request["Name"])
        return {"Workflow": workflow | ({"LastRun": self._runs.shown(runs[0])} if runs else {})}

    def list_workflows(self, request: Request) -> Answer:
        names = page([{"Name": each["Name"]} for each in self._workflows], "Workflows", request)
        return {**names, "Workflows": [each["Name"] for each in names["Workflows"]]}

    def delete_workflow(self, request: Request) -> Answer:
        """Delete a workflow with its triggers and the runs that are over."""
        for trigger in self._triggers.of(request["Name"]):
            self._triggers.delete(trigger["Name"])
        self._runs.delete_of(request["Name"])
        self._workflows.delete(request["Name"])
        return {"Name": request["Name"]}

    def start_workflow_run(self, request: Request) -> Answer:
        workflow = self._known(request["Name"])
        return self._runs.start(workflow, request.get("RunProperties", {}))

    def stop_workflow_run(self, request: Request) -> Answer:
        return self._runs.stop(request["Name"], request["RunId"])

    def get_workflow_run(self, request: Request) -> Answer:
        return {"Run": self._runs.shown(self._runs.get(request["Name"], request["RunId"]))}

    def get_workflow_runs(self, request: Request) -> Answer:
        self._known(request["Name"])
        return self._runs.listed(request)

    def get_workflow_run_properties(self, request: Request) -> Answer:
        run = self._runs.get(request["Name"], request["RunId"])
        return {"RunProperties": run["WorkflowRunProperties"]}

    def create_trigger(self, request: Request) -> Answer:
        if "WorkflowName" in request:
            self._known(request["WorkflowName"])
        return self._triggers.create(request)

    def get_trigger(self, request: Request) -> Answer:
        return {"Trigger": public(self._triggers.get(request["Name"]))}

    def get_triggers(self, request: Request) -> Answer:
        return self._triggers.listed(request)

    def start_trigger(self, request: Request) -> Answer:
        return self._triggers.activate(request["Name"])

    def update_trigger(self, request: Request) -> Answer:
        """Replace what a trigger does; a window that is open keeps its end."""
        return {"Trigger": public(self._triggers.update(request["Name"], request["TriggerUpdate"]))}

    def delete_trigger(self, request: Request) -> Answer:
        return self._triggers.delete(request["Name"])

    def notify_event(self, request: Request) -> Answer:
        """Take an event for a workflow, as EventBridge brings it: glue:notifyEvent.

        Raises:
            AwsError: there is no such workflow, or none that events start.
        """
        name = request["Name"]
        self._known(name)
        if (trigger := self._event_trigger(name)) is None:
            raise AwsError(
                "EntityNotFoundException", f"Workflow {name} has no trigger of type EVENT."
            )
        self._batches.add(name, request["EventId"], trigger)
        return {}

    def recover(self) -> None:
        def window(name: str) -> int | None:
            if (trigger := self._event_trigger(name)) is None:
                return None
            return trigger.get("EventBatchingCondition", {}).get("BatchWindow", DEFAULT_WINDOW)

        self._batches.recover(window)
        self._runs.recover()

    def _start_by_events(self, name: str, ids: list[str]) -> None:
        if (workflow := self._workflows.get(name)) and self._event_trigger(name):
            self._runs.start(workflow, {EVENTS: json.dumps(ids)})

    def _event_trigger(self, name: str) -> dict | None:
        return next((t for t in self._triggers.of(name) if t["Type"] == "EVENT"), None)

    def _known(self, name: str) -> dict:
        if (workflow := self._workflows.get(name)) is None:
            raise AwsError("EntityNotFoundException", f"Workflow {name} is not found.")
        return workflow
