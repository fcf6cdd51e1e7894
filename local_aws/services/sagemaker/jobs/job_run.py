"""One job while it runs: the steps that differ between kinds; starts no thread of its own."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from local_aws.images.image import Image
from local_aws.images.registry import find
from local_aws.images.view import view_of
from local_aws.instances.cluster import Cluster
from local_aws.instances.container import Container
from local_aws.parts import Parts
from local_aws.services.sagemaker.jobs.records import Records
from local_aws.services.sagemaker.jobs.verdict import AGAIN, Verdict
from local_aws.state import paths

DAY = 24 * 3600


def host_names(count: int) -> list[str]:
    """Return the names of a job's instances."""
    return [f"algo-{number}" for number in range(1, count + 1)]


class JobRun(ABC):
    """One job over all its attempts; the plainest one is tried once, on instances of its own.

    The thread of the job calls, for each attempt: `launch`, `started`, `prepare`; for each
    instance `command` and `processes`; `seconds_left`; `after_…` where it did not just end; `keep`
    and, whatever was raised before, `release`. Other threads call `see_line` meanwhile. An AwsError
    or OSError ends the job as its owner's fault, anything else as the local AWS's.
    """

    failure_file = "output/failure"
    """Where a script may write its FailureReason, below /opt/ml."""

    def __init__(self, parts: Parts, records: Records, name: str):
        self.parts, self.records, self.name = parts, records, name
        self.job = records.get(name)
        """The document as it was when the job began."""
        self.resources = records.kind.resources(self.job)

    @abstractmethod
    def prepare(self, containers: list[Container]) -> None:
        """Put on the instances' disks what the job finds there."""

    @abstractmethod
    def command(self, container: Container) -> tuple[list[str], dict[str, str]]:
        """Return what an instance runs, and the job's own variables."""

    def launch(self) -> Cluster:
        """Return the instances for an attempt."""
        # A processing and a training job may have one name.
        instances = self.parts.context.state / "instances"
        folder = paths.child(instances, f"{self.records.names.kind}-{self.name}")
        # Another job may have reused the instances of a deleted one of this name.
        while folder.exists():
            folder = folder.with_name(f"{folder.name}-again")
        return Cluster(folder, host_names(self.resources.count), self.view())

    def image(self) -> Image:
        """Return the job's image."""
        return find(self.parts.context, self.records.kind.image_uri(self.job))

    def view(self) -> Path:
        """Return the packages of the job's image."""
        return view_of(self.parts.context.state, self.image())

    def started(self, interrupt: Callable[[], object]) -> None:
        """Note that the instances are there; `interrupt` takes them away again."""
        start = self.records.names.start
        self.records.note(self.name, lambda job, time: job.setdefault(start, time))

    def processes(self, container: Container) -> int:
        """Return how many processes share an instance."""
        return 1

    def seconds_left(self) -> float:
        """Return how long the attempt's processes may run, in this machine's own seconds."""
        return self.job.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", DAY)

    def see_line(self, line: str) -> list[str]:
        """Look at a line that the job printed; return the lines that its log gets after it."""
        return []

    # The status that follows: the job's last one, or AGAIN for another attempt.

    def after_timeout(self) -> str:
        """Return the status of a job that ran for too long."""
        return "Failed"

    def after_interruption(self) -> str:
        """Return the status of a job whose instances were taken back."""
        return AGAIN

    def after_error(self) -> str:
        """Return the status after an error of the local AWS itself."""
        return "Failed"

    # The end of an attempt.

    @abstractmethod
    def keep(self, containers: list[Container], status: str) -> None:
        """Take from the instances' disks what outlives them; `status` is the one that follows."""

    def release(self, cluster: Cluster, verdict: Verdict) -> None:
        """Give the instances of an attempt back."""
        cluster.end()
