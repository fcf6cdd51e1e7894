"""The documents of one kind of jobs and the operations on them; runs nothing.

Left out: deletion while a job runs.
"""

import sqlite3

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.tags import Tags
from local_aws.state.collection import Shelf, now, public
from local_aws.state.disk import FULL_MESSAGE, is_full
from local_aws.wire.listing import Listing


class JobRecords(Engine):
    """What is known of jobs; a subclass begins and ends them.

    Args:
        kind: `ProcessingJob` or `TrainingJob`, as AWS's field names begin.
    """

    def __init__(self, kind: str, parts: Parts):
        super().__init__(parts)
        self.kind, self.context, self.tags = kind, parts.context, parts.engine(Tags)
        self._name, self._status = f"{kind}Name", f"{kind}Status"
        self._prefix = kind.removesuffix("Job")
        self.documents = Shelf(parts.documents, kind)
        summary = (self._name, f"{kind}Arn", self._status, "CreationTime", "LastModifiedTime")
        summary += (f"{self._prefix}EndTime", "FailureReason", "SecondaryStatus", "WarmPoolStatus")
        self.listing = Listing(f"{kind}Summaries", self._name, summary, self._status)

    def begin(self, name: str) -> None:
        """Start a job that was just accepted."""

    def end(self, name: str) -> None:
        """Ask a job that is Stopping to end, if it runs."""

    def create(self, request: dict, extra: dict) -> dict:
        """Accept a job, start it in a thread of its own and return its ARN."""
        name, arn = request[self._name], self._arn(request[self._name])
        kept = {key: value for key, value in request.items() if key != "Tags"}
        time = now()
        about = {f"{self.kind}Arn": arn, self._status: "InProgress", "CreationTime": time}
        with self.documents.transaction():
            if not self.documents.add(name, {**kept, **about, "LastModifiedTime": time, **extra}):
                kind = self._prefix.lower()
                message = (
                    f"{self._prefix} job names must be unique within an AWS account and region,"
                    f" and a {kind} job with this name already exists ({arn})"
                )
                raise AwsError("ResourceInUse", message)
            self.tags.set(arn, request.get("Tags", []))
        self.begin(name)
        return {f"{self.kind}Arn": arn}

    def describe(self, request: dict) -> dict:
        """Return a job as its Describe operation does."""
        return public(self._document(request[self._name]))

    def summaries(self, request: dict) -> dict:
        """Return one page of summaries, newest first unless asked otherwise."""
        return self.listing.answer(self.documents, request)

    def stop(self, request: dict) -> dict:
        """Ask a running job to end."""
        name = request[self._name]
        self._document(name)

        def change(job: dict) -> None:
            if (status := job[self._status]) != "InProgress":
                message = f"The request was rejected because the {self.kind} is in status {status}."
                raise AwsError("ValidationException", message)
            job.update({self._status: "Stopping", "LastModifiedTime": now()})
            self.enter(job, "Stopping")

        # In one step: a job that ends at this very moment must not be Stopping for ever.
        self.documents.update(name, change)
        self.end(name)
        return {}

    def delete(self, request: dict) -> dict:
        """Forget a job that has ended."""
        name = request[self._name]
        if self._document(name)[self._status] in ("InProgress", "Stopping"):
            raise AwsError("ResourceInUse", f"{self.kind} {name} is still running: stop it first.")
        with self.documents.transaction():
            self.documents.delete(name)
            self.tags.forget(self._arn(name))
        return {}

    def set(self, name: str, **fields: object) -> None:
        """Change fields of a job's document."""
        self.documents.update(name, lambda kept: kept.update(fields, LastModifiedTime=now()))

    def say(self, name: str, secondary: str) -> None:
        """Note a secondary status, where the kind has them."""
        self.documents.update(name, lambda job: self.enter(job, secondary))

    def enter(self, job: dict, secondary: str) -> None:
        """Note a secondary status in a document."""

    def finish(self, name: str, status: str, reason: str | None) -> None:
        """Set a job's last state, all at once.

        Nothing ends Completed that a restart would not know: on a full disk it is Failed.
        """
        try:
            self._finish(name, status, reason, late=False)
        except sqlite3.Error as error:
            if not is_full(error):
                raise
            if status == "Completed":
                status, reason = "Failed", f"ClientError: {FULL_MESSAGE}"
            self._finish(name, status, reason, late=True)

    def _finish(self, name: str, status: str, reason: str | None, late: bool) -> None:
        end = f"{self._prefix}EndTime"

        def change(job: dict) -> None:
            time = now()
            job.update({self._status: status, end: time, "LastModifiedTime": time})
            if reason:
                job["FailureReason"] = reason
            self.close(job)

        self.documents.update(name, change, late)

    def close(self, job: dict) -> None:
        """Note in a document that has its last status what else the kind has at its end."""

    def fail_unfinished(self, reason: str) -> None:
        """Mark all jobs Failed that have not ended."""
        for document in self.documents:
            if document[self._status] in ("InProgress", "Stopping"):
                self.finish(document[self._name], "Failed", reason)

    def _arn(self, name: str) -> str:
        return self.context.arn("sagemaker", f"{self.kind.lower().removesuffix('job')}-job/{name}")

    def _document(self, name: str) -> dict:
        if (document := self.documents.get(name)) is None:
            message = f"Requested resource not found: {self._arn(name)}"
            code = "ValidationException" if self.kind == "TrainingJob" else "ResourceNotFound"
            raise AwsError(code, message)
        return document
