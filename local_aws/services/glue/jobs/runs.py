"""The runs of Spark jobs: starts, queues, stops and retries them; a run's processes are run.py's.

A run that waits, waits as long as it takes: AWS gives up after a time that it does not publish.
Contract: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs-runs.html
States: https://docs.aws.amazon.com/glue/latest/dg/job-run-statuses.html
"""

import secrets
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.glue.jobs.arguments import check_arguments
from local_aws.services.glue.jobs.definitions import capacity, check_queuing, check_size
from local_aws.services.glue.jobs.pages import page
from local_aws.services.glue.jobs.run import Run
from local_aws.services.glue.jobs.verdict import Verdict
from local_aws.state import paths
from local_aws.state.collection import Collection, public
from local_aws.state.disk import is_full

WAITING = "WAITING"
UNFINISHED = ("STARTING", "RUNNING", "STOPPING", WAITING)
ENDED = "The local AWS was stopped while the job ran: start the job again."
END_SECONDS = 10.0
"""Seconds that the server waits for runs at its end."""
SHOWN = (
    *("GlueVersion", "ExecutionClass", "WorkerType", "NumberOfWorkers", "Timeout", "JobMode"),
    "JobRunQueuingEnabled",
)
TOLD = {
    "SUCCEEDED": ("INFO", "Job run succeeded"),
    "FAILED": ("ERROR", "Job run failed"),
    "TIMEOUT": ("WARN", "Job run timed out"),
    "STOPPED": ("INFO", "Job run stopped"),
}
"""The states of which EventBridge hears: severity, and the message where there is no other.

https://docs.aws.amazon.com/glue/latest/dg/automating-awsglue-with-cloudwatch-events.html
"""


class Runs:
    """The runs by their ids, and the threads of those that are not over."""

    def __init__(self, parts: Parts):
        self._parts, self._clock = parts, parts.clock
        self._documents = Collection(parts.documents, "GlueJobRun")
        self._lock = threading.Lock()
        self.on_end: Callable[[str], None] = lambda workflow_run: None
        """Called after the end of a run that belongs to a workflow's run, with the latter's id."""
        self._running: dict[str, Run] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._ending = False

    def start(self, job: dict, request: dict, trigger: str = "", workflow_run: str = "") -> dict:
        """Accept a run, start it or let it wait, and return its id.

        Args:
            trigger: the name of the one that starts it in a run of a workflow.

        Raises:
            AwsError: the request is not valid, or the job has as many runs as it may and no queue.
        """
        check_size(request)
        own = request.get("Arguments", {})
        check_arguments("StartJobRun", "Arguments", own)
        sizes = {**job, **{name: request[name] for name in SHOWN if name in request}}
        check_queuing(sizes)
        run = {name: sizes[name] for name in SHOWN} | {"Attempt": 0, "Arguments": own, "_job": job}
        if trigger:
            run |= {"TriggerName": trigger, "_workflow_run": workflow_run}
        with self._lock:
            if not (run["JobRunQueuingEnabled"] or self._has_room(job)):
                message = f"Concurrent runs exceeded for {job['Name']}"
                raise AwsError("ConcurrentRunsExceededException", message)
            return {"JobRunId": self._accept(f"jr_{secrets.token_hex(32)}", run)}

    def refuse(self, job: str, trigger: str, workflow_run: str, error: AwsError) -> None:
        """Record a run that a trigger could not start: FAILED, or ERROR where its job is gone."""
        is_gone, now = error.code == "EntityNotFoundException", self._clock.now()
        run = {
            "Id": f"jr_{secrets.token_hex(32)}", "Attempt": 0, "JobName": job,
            "TriggerName": trigger, "_workflow_run": workflow_run, "StartedOn": now,
            "LastModifiedOn": now, "CompletedOn": now, "ErrorMessage": error.message,
            "JobRunState": "ERROR" if is_gone else "FAILED",
        }  # fmt: skip
        with self._documents.transaction():
            self._documents.put(run["Id"], run)
            self._tell(run)

    def get(self, job: str, run_id: str) -> dict:
        """Return a run of a job.

        Raises:
            AwsError: the job has no such run.
        """
        run = self._documents.get(run_id)
        if run is None or run["JobName"] != job:
            raise AwsError("EntityNotFoundException", f"Job Run {run_id} of job {job} not found.")
        return self._shown(run)

    def listed(self, request: dict) -> dict:
        """Return one page of a job's runs, the newest first."""
        runs = sorted(self._of(request["JobName"]), key=lambda each: each["StartedOn"])
        return page([self._shown(each) for each in reversed(runs)], "JobRuns", request)

    def stop(self, job: str, run_ids: list[str]) -> dict:
        """Stop runs; those that can't be stopped are listed as errors."""
        done, errors = [], []
        for run_id in run_ids:
            names = {"JobName": job, "JobRunId": run_id}
            try:
                self._stop(job, run_id)
                done.append(names)
            except AwsError as error:
                detail = {"ErrorCode": error.code, "ErrorMessage": error.message}
                errors.append({**names, "ErrorDetail": detail})
        return {"SuccessfulSubmissions": done, "Errors": errors}

    def _stop(self, job: str, run_id: str) -> None:
        def change(run: dict) -> None:
            if _is_over(run):
                message = f"Job run {run_id} is in the state {run['JobRunState']}."
                raise AwsError("InvalidInputException", message)
            run.update(JobRunState="STOPPING", LastModifiedOn=self._clock.now())

        self.get(job, run_id)
        with self._lock:
            stopping = self._documents.update(run_id, change)
        if run := self._running.get(run_id):
            run.stop()
        elif run_id not in self._threads:  # it has not begun
            self._finish(stopping, Verdict("STOPPED"))

    def delete_ended(self, job: str) -> None:
        """Delete a job's runs that are over."""
        for run in self._of(job):
            if _is_over(run):
                self._documents.delete(run["Id"])

    def _of(self, job: str) -> list[dict]:
        return [run for run in self._documents if run["JobName"] == job]

    def _shown(self, run: dict) -> dict:
        seconds = 0
        if since := run.get("_running_since"):
            seconds = ((run.get("CompletedOn") or self._clock.now()) - since).total_seconds()
        return {**public(run), "ExecutionTime": int(seconds)}

    def _has_room(self, job: dict) -> bool:
        states = [each["JobRunState"] for each in self._of(job["Name"])]
        busy = sum(state in UNFINISHED and state != WAITING for state in states)
        return busy < job["ExecutionProperty"]["MaxConcurrentRuns"]

    def _accept(self, run_id: str, run: dict) -> str:
        """Keep a new run, which waits, and start what has room; the lock is held."""
        now, job = self._clock.now(), run["_job"]
        why = f"Concurrent runs exceeded for {job['Name']}"
        run = {
            **run, **capacity(run), "Id": run_id, "JobName": job["Name"], "StartedOn": now,
            "LastModifiedOn": now, "JobRunState": WAITING, "LogGroupName": "/aws-glue/jobs",
            "StateDetail": why,
        }  # fmt: skip
        self._documents.put(run_id, run)
        self._start_waiting(job["Name"])
        return run_id

    def _start_waiting(self, job: str) -> None:
        """Start a job's waiting runs, the oldest first, as far as there is room."""
        runs = sorted(self._of(job), key=lambda run: run["StartedOn"])
        for run in (each for each in runs if each["JobRunState"] == WAITING):
            if self._has_room(run["_job"]):
                self._begin(run)

    def _begin(self, run: dict) -> None:
        def change(run: dict) -> None:
            now = self._clock.now()
            run.update(JobRunState="STARTING", StartedOn=now, LastModifiedOn=now)
            del run["StateDetail"]

        run_id = run["Id"]
        run = self._documents.update(run_id, change)
        name = f"glue-{run_id[:9]}"
        thread = threading.Thread(target=self._work, args=(run,), name=name, daemon=True)
        self._threads[run_id] = thread
        thread.start()

    def _work(self, document: dict) -> None:
        run_id, job = document["Id"], document["_job"]
        folder = paths.child(self._parts.context.state / "instances", f"glue-{run_id[:12]}")
        run = self._running[run_id] = Run(self._parts, job, document, folder)
        # From now on `stop` finds the run.
        if self._ending or self._documents.get(run_id)["JobRunState"] == "STOPPING":
            run.stop()
        verdict = run.go(lambda: self._documents.update(run_id, self._note_start))
        del self._running[run_id]
        if self._ending:
            verdict = Verdict("FAILED", ENDED)
        self._finish(document, verdict)
        del self._threads[run_id]

    def _note_start(self, run: dict) -> None:
        now = self._clock.now()
        if run["JobRunState"] == "STARTING":
            run["JobRunState"] = "RUNNING"
        run.update(_running_since=now, LastModifiedOn=now)

    def _finish(self, document: dict, verdict: Verdict) -> None:
        """Record the end of a run, begin its next attempt if one is left, and what has waited."""

        def change(run: dict) -> None:
            now = self._clock.now()
            run.update(JobRunState=verdict.state, CompletedOn=now, LastModifiedOn=now)
            run.pop("StateDetail", None)
            if verdict.message:
                run["ErrorMessage"] = verdict.message

        run_id, attempt, job = document["Id"], document["Attempt"] + 1, document["_job"]
        with self._lock:
            self._end(run_id, change)
            if not self._ending:
                if verdict.state == "FAILED" and attempt <= job["MaxRetries"]:
                    kept = (*SHOWN, "Arguments", "TriggerName", "_workflow_run", "_job")
                    run = {name: document[name] for name in kept if name in document}
                    run |= {"Attempt": attempt, "PreviousRunId": run_id}
                    self._accept(f"{run_id.partition('_attempt_')[0]}_attempt_{attempt}", run)
                self._start_waiting(job["Name"])

        # Not under the lock: a workflow may start its next job now.
        if "_workflow_run" in document and not self._ending:
            self.on_end(document["_workflow_run"])

    def _end(self, run_id: str, change: Callable[[dict], None]) -> None:
        """Change a run and tell of it in one step; on a full disk, which undoes both, as it can."""
        try:
            with self._documents.transaction():
                self._tell(self._documents.update(run_id, change))
        except sqlite3.Error as error:
            if not is_full(error):
                raise
            self._tell(self._documents.update(run_id, change, late=True))

    def _tell(self, run: dict) -> None:
        """Tell EventBridge of a run's end."""
        if told := TOLD.get(run["JobRunState"]):
            detail = {
                "jobName": run["JobName"], "severity": told[0], "state": run["JobRunState"],
                "jobRunId": run["Id"], "message": run.get("ErrorMessage", told[1]),
            }  # fmt: skip
            kind = "Glue Job State Change"
            self._parts.changes.tell("aws.glue", kind, [], detail, late=True)

    def of_workflow(self, workflow_run: str) -> list[dict]:
        """Return the runs that belong to a workflow's run."""
        return [run for run in self._documents if run.get("_workflow_run") == workflow_run]

    def recover(self) -> None:
        """Mark the runs that ended with the last server FAILED; go on with those that wait."""
        for folder in (self._parts.context.state / "instances").glob("glue-*"):
            shutil.rmtree(folder, ignore_errors=True)  # first: runs may begin here
        unfinished = [run for run in self._documents if not _is_over(run)]
        for run in unfinished:
            if run["JobRunState"] != WAITING:
                self._finish(run, Verdict("FAILED", ENDED))
        with self._lock:
            for name in {run["JobName"] for run in unfinished}:
                self._start_waiting(name)

    def shut_down(self) -> None:
        """Kill all running jobs and wait until their processes have ended."""
        self._ending = True
        for run in list(self._running.values()):
            run.stop()
            run.cut()
        deadline = time.monotonic() + END_SECONDS
        for thread in list(self._threads.values()):
            thread.join(max(0.0, deadline - time.monotonic()))


def _is_over(run: dict) -> bool:
    return run["JobRunState"] not in UNFINISHED
