"""What processing and training jobs share: states, threads, lists, stops; knows no job kind.

Left out: VPCs, encryption keys, network isolation, quotas, deletion while a job runs.
"""

import logging
import shutil
import threading
import time
from pathlib import Path

from helpers.local_aws.context import Context
from helpers.local_aws.documents import Documents
from helpers.local_aws.errors import AwsError
from helpers.local_aws.jobs.container import Container, make_venv
from helpers.local_aws.jobs.group import Group, Instance, Outcome
from helpers.local_aws.jobs.reasons import failure_reason
from helpers.local_aws.logs import Logs
from helpers.local_aws.s3.store import ObjectStore
from helpers.local_aws.shelf import Shelf, now
from helpers.local_aws.tags import Tags

log = logging.getLogger(__name__)

DAY = 24 * 3600


class JobFailed(Exception):
    """A job can't go on; the message is its FailureReason."""


class JobEngine:
    """Runs jobs of one kind; a subclass says how to stage, what to run and what to keep.

    Args:
        kind: `ProcessingJob` or `TrainingJob`, as AWS's field names begin.
    """

    def __init__(
        self, kind: str, context: Context, documents: Documents, store: ObjectStore, logs: Logs,
        tags: Tags,
    ):  # fmt: skip
        self.kind, self.context, self.store, self.logs, self.tags = kind, context, store, logs, tags
        self.log_group = f"/aws/sagemaker/{kind}s"
        self._name, self._status = f"{kind}Name", f"{kind}Status"
        self.documents = Shelf(documents, kind)
        self._running: dict[str, Group] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()

    # The operations' common part.

    def create(self, request: dict, extra: dict) -> dict:
        """Accept a job, start it in a thread of its own and return its ARN."""
        name, arn = request[self._name], self._arn(request[self._name])
        with self._lock:
            if name in self.documents:
                message = f"Job name must be unique, and a {self.kind} {arn} already exists"
                raise AwsError("ResourceInUse", message)
            kept = {key: value for key, value in request.items() if key != "Tags"}
            time = now()
            about = {f"{self.kind}Arn": arn, self._status: "InProgress", "CreationTime": time}
            self.documents.put(name, {**kept, **about, "LastModifiedTime": time, **extra})
        self.tags.set(arn, request.get("Tags", []))
        thread = threading.Thread(target=self._run, args=(name,), name=f"job-{name}", daemon=True)
        self._threads[name] = thread
        thread.start()
        return {f"{self.kind}Arn": arn}

    def describe(self, request: dict) -> dict:
        """Return a job as its Describe operation does."""
        document = self._document(request[self._name])
        return {key: value for key, value in document.items() if not key.startswith("_")}

    def summaries(self, request: dict) -> dict:
        """Return one page of summaries, newest first unless asked otherwise."""
        wanted, part = request.get("StatusEquals"), request.get("NameContains", "")
        fields = (self._name, f"{self.kind}Arn", self._status, "CreationTime", "LastModifiedTime")
        fields += (f"{self.kind.removesuffix('Job')}EndTime", "FailureReason", "SecondaryStatus")
        found = [
            {key: document[key] for key in fields if key in document}
            for document in self.documents
            if part in document[self._name] and wanted in (None, document[self._status])
        ]
        by = {"Name": self._name, "Status": self._status}.get(request.get("SortBy"), "CreationTime")
        found.sort(key=lambda job: job[by], reverse=request.get("SortOrder") != "Ascending")
        start = int(request.get("NextToken") or 0)
        end = start + request.get("MaxResults", 100)
        more = {"NextToken": str(end)} if end < len(found) else {}
        return {f"{self.kind}Summaries": found[start:end], **more}

    def stop(self, request: dict) -> dict:
        """Ask a running job to end."""
        name = request[self._name]
        if self._document(name)[self._status] != "InProgress":
            status = self._document(name)[self._status]
            message = f"The request was rejected because the {self.kind} is in status {status}."
            raise AwsError("ValidationException", message)
        self.set(name, **{self._status: "Stopping"})
        if group := self._running.get(name):
            group.stop()
        return {}

    def delete(self, request: dict) -> dict:
        """Forget a job that has ended."""
        name = request[self._name]
        if self._document(name)[self._status] in ("InProgress", "Stopping"):
            raise AwsError("ResourceInUse", f"{self.kind} {name} is still running: stop it first.")
        self.documents.delete(name)
        self.tags.forget(self._arn(name))
        return {}

    # What the subclasses use.

    def set(self, name: str, **fields: object) -> None:
        """Change fields of a job's document."""
        self.documents.update(name, lambda kept: kept.update(fields, LastModifiedTime=now()))

    def prepare(self, name: str, job: dict, folder: Path, hosts: list[str]) -> list[Container]:
        """Stage the instances' disks; a subclass says what goes on them."""
        raise AwsError("InternalFailure", f"{self.kind} has no way to prepare")

    def command(self, job: dict, container: Container) -> tuple[list[str], dict[str, str]]:
        """Return what an instance runs and the job's own variables."""
        raise AwsError("InternalFailure", f"{self.kind} has no command")

    def keep(self, name: str, job: dict, containers: list[Container], completed: bool) -> None:
        """Take from the instances' disks what outlives them."""

    def see_line(self, name: str, line: str) -> None:
        """Look at a line that the job printed."""

    def say(self, name: str, secondary: str) -> None:
        """Note a secondary status, where the kind has them."""

    # Running.

    def _arn(self, name: str) -> str:
        return self.context.arn("sagemaker", f"{self.kind.lower().removesuffix('job')}-job/{name}")

    def _document(self, name: str) -> dict:
        if (document := self.documents.get(name)) is None:
            message = f"Requested resource not found: {self._arn(name)}"
            code = "ValidationException" if self.kind == "TrainingJob" else "ResourceNotFound"
            raise AwsError(code, message)
        return document

    def _run(self, name: str) -> None:
        job = self.documents.get(name)
        folder = self.context.state / "instances" / name
        start = f"{self.kind.removesuffix('Job')}StartTime"
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            self.set(name, **{start: now()})
            status, reason = self._work(name, job, folder)
        except (AwsError, JobFailed) as error:
            status, reason = "Failed", f"ClientError: {getattr(error, 'message', error)}"
        except OSError as error:
            status, reason = "Failed", f"ClientError: {error.strerror} ({error.filename or ''})"
        except Exception as error:
            log.exception("job %s", name)
            status, reason = "Failed", f"InternalServerError: {type(error).__name__}: {error}"
        finally:
            self._running.pop(name, None)
        shutil.rmtree(folder, ignore_errors=True)
        self.finish(name, status, reason)

    def finish(self, name: str, status: str, reason: str | None) -> None:
        """Set a job's last state."""
        end = f"{self.kind.removesuffix('Job')}EndTime"
        fields = {self._status: status, end: now()} | ({"FailureReason": reason} if reason else {})
        self.set(name, **fields)

    def _work(self, name: str, job: dict, folder: Path) -> tuple[str, str | None]:
        hosts = [f"algo-{number}" for number in range(1, self.instance_count(job) + 1)]
        containers = self.prepare(name, job, folder, hosts)
        venv = make_venv(folder / "venv")
        instances = []
        for container in containers:
            command, given = self.command(job, container)
            environment = container.environment(self.context, venv, given)
            inward = [container.inward(word) for word in command]
            instances.append(Instance(container.host, inward, environment, container.ml))
        outcome = self._execute(name, job, containers, instances)
        completed = outcome.failed is None and not outcome.stopped and not outcome.timed_out
        self.say(name, "Uploading")
        self.keep(name, job, containers, completed)
        return self._verdict(outcome, containers, instances)

    def _execute(
        self, name: str, job: dict, containers: list[Container], instances: list[Instance]
    ) -> Outcome:
        outward = {container.host: container.outward for container in containers}
        stamp = int(time.time() * 1000)

        def on_line(host: str, line: str) -> None:
            text = outward[host](line)
            self.logs.append(self.log_group, f"{name}/{host}-{stamp}", [text])
            self.see_line(name, text)

        group = Group(instances, on_line)
        self._running[name] = group
        if self.documents.get(name)[self._status] == "Stopping":
            group.stop()
        seconds = job.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", DAY)
        return group.run(seconds)

    def _verdict(
        self, outcome: Outcome, containers: list[Container], instances: list[Instance]
    ) -> tuple[str, str | None]:
        if outcome.stopped:
            return "Stopped", None
        if outcome.timed_out:
            return self.timeout_status, None
        if outcome.failed is None:
            return "Completed", None
        place = [instance.host for instance in instances].index(outcome.failed)
        container, instance = containers[place], instances[place]
        file = container.ml / self.failure_file
        written = file.read_text(errors="replace") if file.exists() else None
        code = outcome.codes[outcome.failed]
        lines = [container.outward(line) for line in instance.tail]
        return "Failed", failure_reason(container.outward(written or ""), lines, code)

    timeout_status = "Stopped"
    failure_file = "output/failure"

    def instance_count(self, job: dict) -> int:
        """Return how many instances a job asked for."""
        return 1

    # The server's life.

    def recover(self) -> None:
        """Mark the jobs that the last server's end took with it."""
        for document in self.documents:
            if document[self._status] in ("InProgress", "Stopping"):
                reason = "InternalServerError: the local AWS ended while the job ran: run it again"
                self.finish(document[self._name], "Failed", reason)
                folder = self.context.state / "instances" / document[self._name]
                shutil.rmtree(folder, ignore_errors=True)

    def shut_down(self) -> None:
        """End all running jobs now and wait until their processes are gone."""
        for group in list(self._running.values()):
            group.stop()
            group.cut()
        for thread in list(self._threads.values()):
            thread.join(10)
