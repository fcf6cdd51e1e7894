"""The documents of one kind of jobs: adds, reads, lists and changes them; runs nothing.

Left out: deletion while a job runs.
"""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import datetime

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.sagemaker import state_events
from local_aws.services.sagemaker.jobs.job_kind import UNFINISHED, JobKind
from local_aws.services.sagemaker.jobs.verdict import Verdict
from local_aws.state.collection import Collection
from local_aws.state.disk import FULL_MESSAGE, is_full
from local_aws.wire.listing import Listing


class Records:
    """The documents of the jobs of one kind."""

    def __init__(self, parts: Parts, kind: JobKind):
        self._parts, self._context, self._clock = parts, parts.context, parts.clock
        self.kind, self.names = kind, kind.names
        self.documents = Collection(parts.documents, kind.names.kind)
        self._listing = _listing(kind)

    def arn(self, name: str) -> str:
        """Return a job's ARN."""
        return self._context.arn("sagemaker", self.names.resource(name))

    def add(self, request: dict) -> None:
        """Add the document of a new job, InProgress.

        Raises:
            AwsError: the name is taken.
        """
        names, time = self.names, self._clock.now()
        name, arn = request[names.name], self.arn(request[names.name])
        job = {**request, names.arn: arn, names.status: "InProgress"}
        job |= {"CreationTime": time, "LastModifiedTime": time}
        self.kind.note_creation(job, time)
        with self.documents.transaction():
            if not self.documents.add(name, job):
                message = (
                    f"{names.word} job names must be unique within an AWS account and region,"
                    f" and a {names.word.lower()} job with this name already exists ({arn})"
                )
                raise AwsError("ResourceInUse", message)
            self._tell(job)

    def get(self, name: str) -> dict:
        """Return a copy of a job's document.

        Raises:
            AwsError: the job does not exist.
        """
        if (document := self.documents.get(name)) is None:
            message = f"Requested resource not found: {self.arn(name)}"
            raise AwsError(self.kind.missing, message)
        return document

    def summaries(self, request: dict, jobs: Iterable[dict] | None = None) -> dict:
        """Return one page of summaries of all jobs, or some; by default the newest come first."""
        return self._listing.answer(self.documents.listed() if jobs is None else jobs, request)

    def is_stopping(self, name: str) -> bool:
        """Say whether a job is stopping."""
        return self.get(name)[self.names.status] == "Stopping"

    def stop(self, name: str) -> None:
        """Set a running job to Stopping.

        Raises:
            AwsError: the job does not exist, or has ended.
        """
        self.get(name)

        def change(job: dict, time: datetime) -> None:
            if (status := job[self.names.status]) != "InProgress":
                message = (
                    f"The request was rejected because the {self.names.kind} is in status {status}."
                )
                raise AwsError("ValidationException", message)
            job.update({self.names.status: "Stopping", "LastModifiedTime": time})
            self.kind.note_stop(job, time)

        # In one step: a job that ends at the same moment must not stay Stopping for ever.
        self.note(name, change)

    def delete(self, name: str) -> None:
        """Delete a job that has ended.

        Raises:
            AwsError: the job does not exist, or is running.
        """
        if self.get(name)[self.names.status] in UNFINISHED:
            message = f"{self.names.kind} {name} is still running: stop it first."
            raise AwsError("ResourceInUse", message)
        self.documents.delete(name)

    def note(
        self, name: str, change: Callable[[dict, datetime], object], late: bool = False
    ) -> None:
        """Change a job's document in place; `late` is that of `Collection.update`."""
        before = ()

        def noted(job: dict) -> None:
            nonlocal before
            before = self._state(job)
            change(job, self._clock.now())

        with nullcontext() if late else self.documents.transaction():
            job = self.documents.update(name, noted, late)
            if self._state(job) != before:
                self._tell(job, late)

    def _state(self, job: dict) -> tuple:
        return job[self.names.status], job.get("SecondaryStatus")

    def _tell(self, job: dict, late: bool = False) -> None:
        kind = f"{self.names.word} Job"
        state_events.tell(self._parts, kind, job[self.names.arn], job, late)

    def set(self, name: str, **fields: object) -> None:
        """Change fields of a job's document."""
        self.note(name, lambda job, time: job.update(fields, LastModifiedTime=time))

    def finish(self, name: str, verdict: Verdict) -> None:
        """Set a job's final state in one step.

        A job is Completed only once that is on disk: on a full disk it is Failed.
        """
        try:
            self._finish(name, verdict, late=False)
        except sqlite3.Error as error:
            if not is_full(error):
                raise
            if verdict.status == "Completed":
                verdict = Verdict("Failed", f"ClientError: {FULL_MESSAGE}")
            self._finish(name, verdict, late=True)

    def _finish(self, name: str, verdict: Verdict, late: bool) -> None:
        def change(job: dict, time: datetime) -> None:
            end = {self.names.status: verdict.status, self.names.end: time}
            job.update(end, LastModifiedTime=time)
            if verdict.reason:
                job["FailureReason"] = verdict.reason
            self.kind.note_end(job, time)

        self.note(name, change, late)

    def fail_unfinished(self, reason: str) -> None:
        """Mark all jobs that have not ended Failed."""
        for job in self.documents:
            if job[self.names.status] in UNFINISHED:
                self.finish(job[self.names.name], Verdict("Failed", reason))


def _listing(kind: JobKind) -> Listing:
    names = kind.names
    fields = (names.name, names.arn, names.status, "CreationTime", "LastModifiedTime", names.end)
    fields += ("FailureReason", "SecondaryStatus", "WarmPoolStatus")
    return Listing(f"{names.kind}Summaries", names.name, fields, names.status)
