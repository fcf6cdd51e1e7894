"""The runs of workflows: triggers fire, jobs start, and a run ends when nothing is left to do.

What comes next is read from the documents alone, so it may be asked at any time, and twice.
Contract: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-workflow.html
"""

import secrets
import threading

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.glue.jobs.engine import SparkJobs
from local_aws.services.glue.jobs.pages import page
from local_aws.services.glue.jobs.runs import UNFINISHED
from local_aws.services.glue.workflows.triggers import Triggers, is_met, is_start
from local_aws.state.collection import Collection, public

COUNTS = {
    "SUCCEEDED": "SucceededActions",
    "FAILED": "FailedActions",
    "STOPPED": "StoppedActions",
    "TIMEOUT": "TimeoutActions",
    "ERROR": "ErroredActions",
    "WAITING": "WaitingActions",
}
EVENTS = "aws:eventIds"
"""Property of a run that events have started."""


class WorkflowRuns:
    """The runs by their ids."""

    def __init__(self, parts: Parts, triggers: Triggers, jobs: SparkJobs):
        self._clock, self._triggers, self._jobs = parts.clock, triggers, jobs
        self._documents = Collection(parts.documents, "GlueWorkflowRun")
        self._lock = threading.RLock()

    def start(self, workflow: dict, properties: dict[str, str]) -> dict:
        """Begin a run: the start trigger's jobs are started.

        Raises:
            AwsError: as many runs as the workflow may have are not over, or nothing starts it.
                The former, where events would start it, is a run in the state ERROR instead.
        """
        name, run_id = workflow["Name"], f"wr_{secrets.token_hex(32)}"
        with self._lock:
            if not any(is_start(each) for each in self._triggers.of(name)):
                message = f"Workflow {name} has no start trigger"
                raise AwsError("IllegalWorkflowStateException", message)
            run = {
                "Name": name, "WorkflowRunId": run_id, "StartedOn": self._clock.now(),
                "WorkflowRunProperties": workflow.get("DefaultRunProperties", {}) | properties,
                "Status": "RUNNING", "_fired": [],
            }  # fmt: skip
            running = [run for run in self.of(name) if run["Status"] == "RUNNING"]
            if len(running) >= workflow.get("MaxConcurrentRuns", len(running) + 1):
                message = f"Concurrent runs exceeded for workflow: {name}."
                if EVENTS not in properties:
                    raise AwsError("ConcurrentRunsExceededException", message)
                run |= {"Status": "ERROR", "ErrorMessage": message}
            self._documents.put(run_id, run)
            self.advance(run_id)
        return {"RunId": run_id}

    def get(self, name: str, run_id: str) -> dict:
        """Return a run of a workflow, as it is kept.

        Raises:
            AwsError: the workflow has no such run.
        """
        run = self._documents.get(run_id)
        if run is None or run["Name"] != name:
            message = f"Workflow run {run_id} of workflow {name} is not found."
            raise AwsError("EntityNotFoundException", message)
        return run

    def of(self, name: str) -> list[dict]:
        """Return a workflow's runs, the newest first."""
        runs = [run for run in self._documents if run["Name"] == name]
        return sorted(runs, key=lambda run: run["StartedOn"], reverse=True)

    def listed(self, request: dict) -> dict:
        """Return one page of a workflow's runs."""
        return page([self.shown(run) for run in self.of(request["Name"])], "Runs", request)

    def shown(self, run: dict) -> dict:
        """Return a run with its statistics, as AWS shows it."""
        states = [*self._states(run).values()]
        counts = dict.fromkeys(("RunningActions", "WaitingActions", *COUNTS.values()), 0)
        for state in states:
            counts[COUNTS.get(state, "RunningActions")] += 1
        return {**public(run), "Statistics": {"TotalActions": len(states), **counts}}

    def stop(self, name: str, run_id: str) -> dict:
        """Stop a run and its jobs.

        Raises:
            AwsError: it is not running.
        """
        with self._lock:
            if self.get(name, run_id)["Status"] != "RUNNING":
                raise AwsError("IllegalWorkflowStateException", f"{run_id} is not running")
            self._documents.update(run_id, lambda run: run.update(Status="STOPPING"))
            for job in self._jobs.runs.of_workflow(run_id):
                if job["JobRunState"] in UNFINISHED:
                    self._jobs.runs.stop(job["JobName"], [job["Id"]])
            self.advance(run_id)
        return {}

    def delete_of(self, name: str) -> None:
        """Delete a workflow's runs that are over."""
        for run in self.of(name):
            if run["Status"] not in ("RUNNING", "STOPPING"):
                self._documents.delete(run["WorkflowRunId"])

    def recover(self) -> None:
        """Go on with all runs: their jobs may have ended with the last server."""
        for run in self._documents:
            if run["Status"] in ("RUNNING", "STOPPING"):
                self.advance(run["WorkflowRunId"])

    def advance(self, run_id: str) -> None:
        """Fire the triggers that are due, and end the run if nothing is left to do."""
        with self._lock:
            run = self._documents.get(run_id)
            if run is None or run["Status"] not in ("RUNNING", "STOPPING"):
                return
            due = [each for each in self._triggers.of(run["Name"]) if self._is_due(each, run)]
            for trigger in due:
                self._fire(trigger, run)
            if due:
                self.advance(run_id)  # a trigger whose jobs could not start ends nothing
            elif not {*self._states(run).values()} & {*UNFINISHED}:
                status = "STOPPED" if run["Status"] == "STOPPING" else "COMPLETED"
                end = {"Status": status, "CompletedOn": self._clock.now()}
                self._documents.update(run_id, lambda kept: kept.update(end), late=True)

    def _is_due(self, trigger: dict, run: dict) -> bool:
        if run["Status"] != "RUNNING" or trigger["Name"] in run["_fired"]:
            return False
        if is_start(trigger):
            return True
        return trigger["State"] == "ACTIVATED" and is_met(trigger, self._states(run))

    def _fire(self, trigger: dict, run: dict) -> None:
        """Start a trigger's jobs; one that can't start has a run that says why."""
        run_id = run["WorkflowRunId"]
        self._documents.update(run_id, lambda kept: kept["_fired"].append(trigger["Name"]))
        for action in trigger["Actions"]:
            names = {"--WORKFLOW_NAME": run["Name"], "--WORKFLOW_RUN_ID": run_id}
            request = {"Arguments": {**action.get("Arguments", {}), **names}}
            if "Timeout" in action:
                request["Timeout"] = action["Timeout"]
            try:
                job = self._jobs.definitions.get(action["JobName"])
                self._jobs.runs.start(job, request, trigger["Name"], run_id)
            except AwsError as error:
                self._jobs.runs.refuse(action["JobName"], trigger["Name"], run_id, error)

    def _states(self, run: dict) -> dict[str, str]:
        """Return the state of each job that the run has started: that of its last attempt."""
        attempts = self._jobs.runs.of_workflow(run["WorkflowRunId"])
        attempts.sort(key=lambda each: (each["Attempt"], each["StartedOn"]))
        return {each["JobName"]: each["JobRunState"] for each in attempts}
