"""A kind of job: its fields, checks, resources and the notes in its documents; runs nothing.

For another kind of job, give `Jobs` a `JobKind` and a `JobRun` (job_run.py) that override the
defaults; where instances run no command, a `Run` and an `Attempt` that does its work instead.
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
    """AWS's names of a kind's fields, ARNs and logs."""

    kind: str
    """`ProcessingJob`, `TrainingJob`, …: the prefix of most fields."""

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
        """`Processing`, `Training`, …"""
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
        """Return the resource part of a job's ARN."""
        return f"{self.word.lower()}-job/{name}"


class Resources(NamedTuple):
    """The instance type and the number of instances of a job."""

    instance_type: str
    count: int


class JobKind(Protocol):
    """One kind of job."""

    names: Names
    missing = "ResourceNotFound"
    """Error code for a job that does not exist."""

    def check(self, request: dict) -> dict:
        """Check a Create request, and return it with AWS's defaults.

        Raises:
            AwsError: AWS refuses the request, or the local AWS does not support it.
        """
        return request

    @abstractmethod
    def resources(self, job: dict) -> Resources:
        """Return the instances in a request or in a job's document."""

    @abstractmethod
    def image_uri(self, job: dict) -> str:
        """Return the image in a request or in a job's document."""

    def demands(self, request: dict, jobs: Iterable[dict]) -> list[Demand]:
        """Return the instances that a request would use, for quotas; `jobs` are all of the kind."""
        instance_type, count = self.resources(request)
        used = self.in_use(instance_type, jobs)
        return [Demand(instance_type, f"{self.names.word.lower()} job", used, count)]

    def in_use(self, instance_type: str, jobs: Iterable[dict]) -> int:
        """Return how many instances of a type the running jobs among `jobs` use."""
        running = [self.resources(job) for job in jobs if job[self.names.status] in UNFINISHED]
        return sum(count for each_type, count in running if each_type == instance_type)

    # Additional fields of a document, set together with the status.

    def note_creation(self, job: dict, time: datetime) -> None:
        """Set the additional fields of a new job."""

    def note_stop(self, job: dict, time: datetime) -> None:
        """Set the additional fields of a job that is stopping."""

    def note_end(self, job: dict, time: datetime) -> None:
        """Set the additional fields of an ended job; the status is set."""
