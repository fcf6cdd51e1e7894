"""What processing and training jobs share: states, threads, lists, stops; knows no job kind.

Left out: VPCs, encryption keys, network isolation, limits on an instance's memory and cores.
"""

import logging
import os
import shutil
import sqlite3
import threading
import time
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.instances.cluster import Cluster
from local_aws.instances.container import Container
from local_aws.instances.cores import cores_for
from local_aws.instances.failure_reason import failure_reason
from local_aws.instances.group import Group, Instance, Outcome
from local_aws.instances.log_streams import LogWriter
from local_aws.parts import Parts
from local_aws.services.sagemaker.jobs.records import JobRecords
from local_aws.state import paths
from local_aws.state.collection import now
from local_aws.state.disk import FULL_MESSAGE, is_full, worded

log = logging.getLogger(__name__)

DAY = 24 * 3600
AGAIN = "Again"
"""The outcome of an attempt after which another one follows; no status that anybody sees."""
INTERNAL = "InternalServerError"
END_SECONDS = 10.0
"""How long the server's end waits for jobs, one of which may be copying its input."""


class JobFailed(Exception):
    """A job can't go on; the message is its FailureReason."""


def _is_ours(reason: str | None) -> bool:
    return bool(reason) and reason.startswith(INTERNAL)


def host_names(count: int) -> list[str]:
    """Return the names of a job's instances."""
    return [f"algo-{number}" for number in range(1, count + 1)]


class JobEngine(JobRecords):
    """Runs jobs of one kind; a subclass says how to stage, what to run and what to keep."""

    def __init__(self, kind: str, parts: Parts):
        super().__init__(kind, parts)
        self.store = parts.store
        self.log_group = f"/aws/sagemaker/{kind}s"
        self._running: dict[str, Group] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._ending = False

    def begin(self, name: str) -> None:
        thread = threading.Thread(target=self._run, args=(name,), name=f"job-{name}", daemon=True)
        self._threads[name] = thread
        thread.start()

    def end(self, name: str) -> None:
        if group := self._running.get(name):
            group.stop()

    # What the subclasses use.

    def prepare(self, name: str, job: dict, folder: Path, hosts: list[str]) -> list[Container]:
        """Stage the instances' disks; a subclass says what goes on them."""
        raise AwsError("InternalFailure", f"{self.kind} has no way to prepare")

    def command(self, job: dict, container: Container) -> tuple[list[str], dict[str, str]]:
        """Return what an instance runs and the job's own variables."""
        raise AwsError("InternalFailure", f"{self.kind} has no command")

    def keep(self, name: str, job: dict, containers: list[Container], status: str) -> None:
        """Take from the instances' disks what outlives them; `status` is the job's next one."""

    def see_line(self, name: str, line: str) -> list[str]:
        """Look at a line that the job printed; return what its log should say of it."""
        return []

    def launch(self, name: str, job: dict) -> Cluster:
        """Return the instances for an attempt."""
        folder = self._folder(name)
        # Another job may have reused the instances of a deleted one of this name.
        while folder.exists():
            folder = folder.with_name(f"{folder.name}-again")
        return Cluster(folder, host_names(self.instance_count(job)))

    def release(self, name: str, job: dict, cluster: Cluster, status: str) -> None:
        """Give the instances of an attempt back."""
        cluster.end()

    def seconds_left(self, name: str, job: dict) -> float:
        """Return how long an attempt may run."""
        return job.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", DAY)

    def broken(self, name: str) -> str:
        """Return what follows on an error of the local AWS itself."""
        return "Failed"

    # Running.

    def _folder(self, name: str) -> Path:
        # A processing and a training job may have one name.
        return paths.child(self.context.state / "instances", f"{self.kind}-{name}")

    def _run(self, name: str) -> None:
        job = self.documents.get(name)
        status, reason = AGAIN, None
        while status == AGAIN:
            status, reason = self._attempt(name, job)
        self.finish(name, status, reason)
        self._threads.pop(name, None)

    def _attempt(self, name: str, job: dict) -> tuple[str, str | None]:
        cluster = None
        try:
            cluster = self.launch(name, job)
            self.started(name)
            status, reason = self._work(name, job, cluster)
        except Exception as error:
            status, reason = self._failure(name, error)
        finally:
            self._running.pop(name, None)
        if cluster:
            # No path of this machine: the disk begins at the instances' folder.
            reason = reason and reason.replace(str(cluster.folder), "")
            try:
                self.release(name, job, cluster, "Broken" if _is_ours(reason) else status)
            except Exception:  # the job must end all the same
                log.exception("job %s: its instances", name)
        return status, reason and reason.replace(str(self.context.state), "")

    def _failure(self, name: str, error: Exception) -> tuple[str, str]:
        """Return the status and the reason of an attempt that an error has ended."""
        if is_full(error):
            return "Failed", f"ClientError: {FULL_MESSAGE}"
        if isinstance(error, AwsError | JobFailed | OSError):
            return "Failed", f"ClientError: {getattr(error, 'message', error)}"
        log.error("job %s", name, exc_info=error)
        try:
            return self.broken(name), f"{INTERNAL}: {type(error).__name__}: {error}"
        except Exception as second:  # what follows could not be written down: the job ends here
            return "Failed", f"{INTERNAL}: {worded(second)}"

    def started(self, name: str) -> None:
        """Note that the instances are there."""
        start = f"{self.kind.removesuffix('Job')}StartTime"
        self.documents.update(name, lambda job: job.setdefault(start, now()))

    def _work(self, name: str, job: dict, cluster: Cluster) -> tuple[str, str | None]:
        containers = self.prepare(name, job, cluster.folder, cluster.hosts)
        instances = []
        for container in containers:
            command, given = self.command(job, container)
            environment = container.environment(self.context, cluster.venv, given)
            # What a job sets itself counts.
            environment.setdefault("OMP_NUM_THREADS", str(self._cores(job, container)))
            inward = [container.inward(word) for word in command]
            instances.append(Instance(container.host, inward, environment, container.ml))
        self.say(name, "Training")
        outcome = self._execute(name, job, containers, instances, cluster)
        verdict = self._verdict(name, outcome, containers, instances)
        try:
            self.keep(name, job, containers, verdict[0])
        except (AwsError, OSError, sqlite3.Error):
            if verdict[0] != "Failed":
                raise
            log.exception("job %s: nothing kept", name)  # the script's own reason counts
        return verdict

    def _cores(self, job: dict, container: Container) -> int:
        """Return how many cores each process gets: all instances are on this machine."""
        machine, instances = os.cpu_count() or 1, self.instance_count(job)
        return cores_for(self.instance_type(job), machine, instances, self.processes(container))

    def _execute(
        self, name: str, job: dict, containers: list[Container], instances: list[Instance],
        cluster: Cluster,
    ) -> Outcome:  # fmt: skip
        outward = {container.host: container.outward for container in containers}
        stamp = int(time.time() * 1000)
        writers = {host: self._log(f"{name}/{host}-{stamp}") for host in outward}

        def on_line(host: str, line: str) -> None:
            text = outward[host](line)
            writers[host].write(text)
            if said := self.see_line(name, text):
                writers[host].write(*said)

        group = Group(instances, on_line, cluster.sweep)
        self._running[name] = group
        if self._ending or self.documents.get(name)[self._status] == "Stopping":
            group.stop()
        try:
            return group.run(self.seconds_left(name, job))
        finally:
            for writer in writers.values():
                writer.close()

    def _log(self, stream: str) -> LogWriter:
        return LogWriter(self.parts.call, self.parts.clock, self.log_group, stream)

    def _verdict(
        self, name: str, outcome: Outcome, containers: list[Container], instances: list[Instance]
    ) -> tuple[str, str | None]:
        if outcome.stopped:
            return "Stopped", None
        if outcome.interrupted:
            return AGAIN, None
        if outcome.timed_out:
            return self.timed_out(name), None
        if outcome.failed is None:
            return "Completed", None
        place = [instance.host for instance in instances].index(outcome.failed)
        container, instance = containers[place], instances[place]
        file = paths.below(container.ml, self.failure_file)
        written = file.read_text(errors="replace") if file.exists() else None
        code = outcome.codes[outcome.failed]
        lines, *others = (
            [container.outward(line) for line in each.tail]
            for each in [instance, *(each for each in instances if each is not instance)]
        )
        return "Failed", failure_reason(container.outward(written or ""), lines, code, others)

    def timed_out(self, name: str) -> str:
        """Return the status of a job that ran for too long."""
        return "Failed"

    failure_file = "output/failure"

    def instance_count(self, job: dict) -> int:
        """Return how many instances a job asked for."""
        return 1

    def instance_type(self, job: dict) -> str:
        """Return what instances a job asked for."""
        return ""

    def processes(self, container: Container) -> int:
        """Return how many processes share an instance."""
        return 1

    # The server's life.

    def recover(self) -> None:
        """Mark the jobs that the last server's end took with it."""
        self.fail_unfinished(f"{INTERNAL}: the local AWS ended while the job ran: run it again")
        for folder in (self.context.state / "instances").glob(f"{self.kind}-*"):
            shutil.rmtree(folder, ignore_errors=True)

    def shut_down(self) -> None:
        """End all running jobs now and wait until their processes are gone."""
        self._ending = True
        for group in list(self._running.values()):
            group.stop()
            group.cut()
        deadline = time.monotonic() + END_SECONDS
        for thread in list(self._threads.values()):
            thread.join(max(0.0, deadline - time.monotonic()))
