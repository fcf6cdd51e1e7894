"""What is true of all jobs of one kind, and of their documents; runs nothing.

To describe another kind of job, give `Jobs` a `JobKind` and a `JobRun` (job_run.py): both say only
where the kind differs from the plainest one.
"""

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from local_aws.services.sagemaker.jobs.admission import Demand

UNFINISHED = ("InProgress", "Stopping")


@dataclass(frozen=True)
class Names:
    """How AWS names a kind's fields, ARNs and logs."""

    kind: str
    """`ProcessingJob` or `TrainingJob`, as most fields begin."""

    @property
    def name(self) -> str:
        return f"{self.kind}Name"

    @property
    def arn(self) -> str:
        return f"{self.kind}Arn"

    @property
    def status(self) -> str:
        return f"{self.kind}Status"

    @property
    def word(self) -> str:
        """`Processing` or `Training`."""
        return self.kind.removesuffix("Job")

    @property
    def start(self) -> str:
        return f"{self.word}StartTime"

    @property
    def end(self) -> str:
        return f"{self.word}EndTime"

    @property
    def log_group(self) -> str:
        return f"/aws/sagemaker/{self.kind}s"

    def resource(self, name: str) -> str:
        """Return a job's part of an ARN."""
        return f"{self.word.lower()}-job/{name}"


class Resources(NamedTuple):
    """Which instances a job asks for, and how many."""

    instance_type: str
    count: int


class JobKind(Protocol):
    """One kind of job."""

    names: Names
    missing = "ResourceNotFound"
    """The error's code for a job that is not there."""

    def check(self, request: dict) -> dict:
        """Return a Create request with the values that AWS fills in.

        Raises:
            AwsError: AWS refuses it, or the local AWS does not do it.
        """
        return request

    @abstractmethod
    def resources(self, job: dict) -> Resources:
        """Return the instances that a request, or a job's document, asks for."""

    @abstractmethod
    def image_uri(self, job: dict) -> str:
        """Return the image that a request, or a job's document, names."""

    def demands(self, request: dict, jobs: Iterable[dict]) -> list[Demand]:
        """Return what a request would use, for the quotas; `jobs` are all of the kind."""
        instance_type, count = self.resources(request)
        used = self.in_use(instance_type, jobs)
        return [Demand(instance_type, f"{self.names.word.lower()} job", used, count)]

    def in_use(self, instance_type: str, jobs: Iterable[dict]) -> int:
        """Return how many instances of a type the running ones among some jobs have."""
        running = [self.resources(job) for job in jobs if job[self.names.status] in UNFINISHED]
        return sum(count for each_type, count in running if each_type == instance_type)

    # Notes in a document, together with its status.

    def note_creation(self, job: dict, time: datetime) -> None:
        """Note what else a new job's document has."""

    def note_stop(self, job: dict, time: datetime) -> None:
        """Note that a job is asked to stop."""

    def note_end(self, job: dict, time: datetime) -> None:
        """Note what else a job has at its end; its last status is there."""
