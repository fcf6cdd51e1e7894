"""The runs of Spark jobs: starts, reads, stops and retries them; a run's processes are run.py's.

Contract: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs-runs.html
"""

import secrets
import shutil
import threading
import time
from collections.abc import Callable

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.glue.jobs.arguments import check_arguments
from local_aws.services.glue.jobs.definitions import capacity, check_size
from local_aws.services.glue.jobs.pages import page
from local_aws.services.glue.jobs.run import Run
from local_aws.services.glue.jobs.verdict import Verdict
from local_aws.state import paths
from local_aws.state.collection import Collection, public

UNFINISHED = ("STARTING", "RUNNING", "STOPPING")
ENDED = "The local AWS was stopped while the job ran: start the job again."
END_SECONDS = 10.0
"""Seconds that the server waits for runs at its end."""
SHOWN = ("GlueVersion", "ExecutionClass", "WorkerType", "NumberOfWorkers", "Timeout", "JobMode")


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
        """Accept a run, start its thread and return its id.

        Args:
            trigger: the name of the one that starts it in a run of a workflow.

        Raises:
            AwsError: the request is not valid, or as many runs as the job may have are not over.
        """
        check_size(request)
        own = request.get("Arguments", {})
        check_arguments("StartJobRun", "Arguments", own)
        sizes = {**job, **{name: request[name] for name in SHOWN if name in request}}
        run = {name: sizes[name] for name in SHOWN} | {"Attempt": 0, "Arguments": own}
        if trigger:
            run |= {"TriggerName": trigger, "_workflow_run": workflow_run}
        with self._lock:
            unfinished = [each for each in self._of(job["Name"]) if not _is_over(each)]
            if len(unfinished) >= job["ExecutionProperty"]["MaxConcurrentRuns"]:
                message = f"Concurrent runs exceeded for {job['Name']}"
                raise AwsError("ConcurrentRunsExceededException", message)
            return {"JobRunId": self._begin(job, f"jr_{secrets.token_hex(32)}", run)}

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
        self._documents.update(run_id, change)
        if run := self._running.get(run_id):
            run.stop()

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

    def _begin(self, job: dict, run_id: str, run: dict) -> str:
        now = self._clock.now()
        run = {
            **run, **capacity(run), "Id": run_id, "JobName": job["Name"], "StartedOn": now,
            "LastModifiedOn": now, "JobRunState": "STARTING", "LogGroupName": "/aws-glue/jobs",
        }  # fmt: skip
        self._documents.put(run_id, run)
        name = f"glue-{run_id[:9]}"
        thread = threading.Thread(target=self._work, args=(job, run), name=name, daemon=True)
        self._threads[run_id] = thread
        thread.start()
        return run_id

    def _work(self, job: dict, document: dict) -> None:
        run_id = document["Id"]
        folder = paths.child(self._parts.context.state / "instances", f"glue-{run_id[:12]}")
        run = self._running[run_id] = Run(self._parts, job, document, folder)
        # From now on `stop` finds the run.
        if self._ending or self._documents.get(run_id)["JobRunState"] == "STOPPING":
            run.stop()
        verdict = run.go(lambda: self._documents.update(run_id, self._note_start))
        del self._running[run_id]
        if self._ending:
            verdict = Verdict("FAILED", ENDED)
        self._finish(job, document, verdict)
        del self._threads[run_id]

    def _note_start(self, run: dict) -> None:
        now = self._clock.now()
        if run["JobRunState"] == "STARTING":
            run["JobRunState"] = "RUNNING"
        run.update(_running_since=now, LastModifiedOn=now)

    def _finish(self, job: dict, document: dict, verdict: Verdict) -> None:
        """Record the end of a run, and begin its next attempt where one is left."""

        def change(run: dict) -> None:
            now = self._clock.now()
            run.update(JobRunState=verdict.state, CompletedOn=now, LastModifiedOn=now)
            if verdict.message:
                run["ErrorMessage"] = verdict.message

        run_id, attempt = document["Id"], document["Attempt"] + 1
        with self._lock:
            self._documents.update(run_id, change, late=True)
            is_tried_again = verdict.state == "FAILED" and attempt <= job["MaxRetries"]
            if is_tried_again and not self._ending:
                kept = (*SHOWN, "Arguments", "TriggerName", "_workflow_run")
                run = {name: document[name] for name in kept if name in document}
                run |= {"Attempt": attempt, "PreviousRunId": run_id}
                self._begin(job, f"{run_id.partition('_attempt_')[0]}_attempt_{attempt}", run)

        # Not under the lock: a workflow may start its next job now.
        if "_workflow_run" in document and not self._ending:
            self.on_end(document["_workflow_run"])

    def of_workflow(self, workflow_run: str) -> list[dict]:
        """Return the runs that belong to a workflow's run."""
        return [run for run in self._documents if run.get("_workflow_run") == workflow_run]

    def recover(self) -> None:
        """Mark the runs that ended with the last server FAILED."""
        for run in self._documents:
            if not _is_over(run):
                self._finish({"MaxRetries": 0}, run, Verdict("FAILED", ENDED))
        for folder in (self._parts.context.state / "instances").glob("glue-*"):
            shutil.rmtree(folder, ignore_errors=True)

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
