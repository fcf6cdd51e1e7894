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
from helpers.local_aws.listing import Listing
from helpers.local_aws.logs import Logs
from helpers.local_aws.s3.store import ObjectStore
from helpers.local_aws.shelf import Shelf, now, public
from helpers.local_aws.tags import Tags

log = logging.getLogger(__name__)

DAY = 24 * 3600
END_SECONDS = 10.0
"""How long the server's end waits for jobs, one of which may be copying its input."""


class JobFailed(Exception):
    """A job can't go on; the message is its FailureReason."""


def host_names(count: int) -> list[str]:
    """Return the names of a job's instances."""
    return [f"algo-{number}" for number in range(1, count + 1)]


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
        self._ending = False
        summary = (self._name, f"{kind}Arn", self._status, "CreationTime", "LastModifiedTime")
        summary += (f"{kind.removesuffix('Job')}EndTime", "FailureReason", "SecondaryStatus")
        self._listing = Listing(f"{kind}Summaries", self._name, summary, self._status)

    # The operations' common part.

    def create(self, request: dict, extra: dict) -> dict:
        """Accept a job, start it in a thread of its own and return its ARN."""
        name, arn = request[self._name], self._arn(request[self._name])
        kept = {key: value for key, value in request.items() if key != "Tags"}
        time = now()
        about = {f"{self.kind}Arn": arn, self._status: "InProgress", "CreationTime": time}
        if not self.documents.add(name, {**kept, **about, "LastModifiedTime": time, **extra}):
            message = f"Job name must be unique, and a {self.kind} {arn} already exists"
            raise AwsError("ResourceInUse", message)
        self.tags.set(arn, request.get("Tags", []))
        thread = threading.Thread(target=self._run, args=(name,), name=f"job-{name}", daemon=True)
        self._threads[name] = thread
        thread.start()
        return {f"{self.kind}Arn": arn}

    def describe(self, request: dict) -> dict:
        """Return a job as its Describe operation does."""
        return public(self._document(request[self._name]))

    def summaries(self, request: dict) -> dict:
        """Return one page of summaries, newest first unless asked otherwise."""
        return self._listing.answer(self.documents, request)

    def stop(self, request: dict) -> dict:
        """Ask a running job to end."""
        name = request[self._name]
        self._document(name)

        def change(job: dict) -> None:
            if (status := job[self._status]) != "InProgress":
                message = f"The request was rejected because the {self.kind} is in status {status}."
                raise AwsError("ValidationException", message)
            job.update({self._status: "Stopping", "LastModifiedTime": now()})

        # In one step: a job that ends at this very moment must not be Stopping for ever.
        self.documents.update(name, change)
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

    def _folder(self, name: str) -> Path:
        # A processing and a training job may have one name.
        return self.context.state / "instances" / f"{self.kind}-{name}"

    def _document(self, name: str) -> dict:
        if (document := self.documents.get(name)) is None:
            message = f"Requested resource not found: {self._arn(name)}"
            code = "ValidationException" if self.kind == "TrainingJob" else "ResourceNotFound"
            raise AwsError(code, message)
        return document

    def _run(self, name: str) -> None:
        job = self.documents.get(name)
        folder = self._folder(name)
        start = f"{self.kind.removesuffix('Job')}StartTime"
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            self.set(name, **{start: now()})
            status, reason = self._work(name, job, folder)
        except (AwsError, JobFailed) as error:
            status, reason = "Failed", f"ClientError: {getattr(error, 'message', error)}"
        except OSError as error:
            status, reason = "Failed", f"ClientError: {error}"
        except Exception as error:
            log.exception("job %s", name)
            status, reason = "Failed", f"InternalServerError: {type(error).__name__}: {error}"
        finally:
            self._running.pop(name, None)
        shutil.rmtree(folder, ignore_errors=True)
        if reason:
            # No path of this machine: the disk begins at the instance's folder.
            reason = reason.replace(str(folder), "").replace(str(self.context.state), "")
        self.finish(name, status, reason)

    def finish(self, name: str, status: str, reason: str | None) -> None:
        """Set a job's last state."""
        end = f"{self.kind.removesuffix('Job')}EndTime"
        fields = {self._status: status, end: now()} | ({"FailureReason": reason} if reason else {})
        self.set(name, **fields)

    def _work(self, name: str, job: dict, folder: Path) -> tuple[str, str | None]:
        hosts = host_names(self.instance_count(job))
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
        verdict = self._verdict(outcome, containers, instances)
        try:
            self.keep(name, job, containers, completed)
        except AwsError:
            if verdict[0] != "Failed":
                raise
            log.exception("job %s: nothing kept", name)  # the script's own reason counts
        return verdict

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
        if self._ending or self.documents.get(name)[self._status] == "Stopping":
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
                shutil.rmtree(self._folder(document[self._name]), ignore_errors=True)

    def shut_down(self) -> None:
        """End all running jobs now and wait until their processes are gone."""
        self._ending = True
        for group in list(self._running.values()):
            group.stop()
            group.cut()
        deadline = time.monotonic() + END_SECONDS
        for thread in list(self._threads.values()):
            thread.join(max(0.0, deadline - time.monotonic()))
