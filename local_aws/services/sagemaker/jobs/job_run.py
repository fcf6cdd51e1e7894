"""The steps of a running job that differ between kinds; starts no thread."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from local_aws.images.image import Image
from local_aws.images.registry import find
from local_aws.images.view import view_of
from local_aws.instances.cluster import Cluster
from local_aws.instances.container import Container
from local_aws.parts import Parts
from local_aws.role_store import store_of
from local_aws.services.sagemaker.jobs.records import Records
from local_aws.services.sagemaker.jobs.verdict import AGAIN, Verdict
from local_aws.state import paths

DAY = 24 * 3600


def host_names(count: int) -> list[str]:
    """Return the names of a job's instances."""
    return [f"algo-{number}" for number in range(1, count + 1)]


class Run:
    """One job over all its attempts; by default one attempt, on instances of its own.

    The job's thread calls, for each attempt: `launch`, `started`, `after_error` at an error, and in
    any case `release`. An AwsError or OSError ends the job as a client error, another exception as
    an internal error.
    """

    def __init__(self, parts: Parts, records: Records, name: str):
        self.parts, self.records, self.name = parts, records, name
        self.job = records.get(name)
        """The job's document at its start."""
        self.resources = records.kind.resources(self.job)

    def launch(self) -> Cluster:
        """Launch the instances of an attempt."""
        # A processing job and a training job may have the same name.
        instances = self.parts.context.state / "instances"
        folder = paths.child(instances, f"{self.records.names.kind}-{self.name}")
        # A running job may have reused the instances of a deleted job of this name.
        while folder.exists():
            folder = folder.with_name(f"{folder.name}-again")
        return Cluster(folder, host_names(self.resources.count), self.view())

    def image(self) -> Image:
        """Return the job's image."""
        return find(self.parts.context, self.records.kind.image_uri(self.job))

    def view(self) -> Path:
        """Return the view of the job's image."""
        return view_of(self.parts.context.state, self.image())

    def started(self, interrupt: Callable[[], object]) -> None:
        """Record that the instances are launched; `interrupt` takes them away."""
        start = self.records.names.start
        self.records.note(self.name, lambda job, time: job.setdefault(start, time))

    def after_error(self) -> str:
        """Return the status after an error of the local AWS itself."""
        return "Failed"

    def release(self, cluster: Cluster, verdict: Verdict) -> None:
        """Release the instances of an attempt."""
        cluster.end()


class JobRun(Run, ABC):
    """A job whose instances run a command each.

    Between `started` and `release` its thread calls: `prepare`; for each instance `command` and
    `processes`; `seconds_left`; `after_…` at a timeout or an interruption; `keep`. Other threads
    call `see_line` meanwhile.
    """

    def __init__(self, parts: Parts, records: Records, name: str):
        super().__init__(parts, records, name)
        self.store = store_of(parts, self.job.get("RoleArn"))
        """S3, as the job's role may use it."""

    failure_file = "output/failure"
    """The file below /opt/ml where a script may write its FailureReason."""

    @abstractmethod
    def prepare(self, containers: list[Container]) -> None:
        """Put the job's inputs and configuration on the instances' disks."""

    @abstractmethod
    def command(self, container: Container) -> tuple[list[str], dict[str, str]]:
        """Return an instance's command, and the job's environment variables."""

    def processes(self, container: Container) -> int:
        """Return the number of processes on an instance."""
        return 1

    def seconds_left(self) -> float:
        """Return how long the attempt's processes may run, in real seconds."""
        return self.job.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", DAY)

    def see_line(self, line: str) -> list[str]:
        """Process a line of the job's output; return lines to log after it."""
        return []

    # The status after an attempt: a final one, or AGAIN for another attempt.

    def after_timeout(self) -> str:
        """Return the status of a job that ran for too long."""
        return "Failed"

    def after_interruption(self) -> str:
        """Return the status of a job whose instances were taken back."""
        return AGAIN

    @abstractmethod
    def keep(self, containers: list[Container], status: str) -> None:
        """Upload results from the instances' disks; `status` is that after the attempt."""
