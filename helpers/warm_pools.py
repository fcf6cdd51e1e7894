"""Warm pools: instances that wait for the next job; looks at them and ends them, starts none.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
"""

from dataclasses import dataclass, replace

from helpers.config import Config
from helpers.costs import dollars, instance_cost
from helpers.jobs import describe
from helpers.session import client

WAITING = "Available"


@dataclass(frozen=True)
class WarmPool:
    """The state of a training job's instances after it."""

    job: str
    status: str
    """`Available`, `InUse`, `Reused` or `Terminated`; `None` for a job that kept nothing."""
    instance_type: str
    instances: int
    keep_seconds: int
    """How long they wait at most."""
    waited_seconds: int
    """How long they have waited, and are billed for it."""

    @property
    def cost(self) -> float | None:
        """Dollars for the waiting."""
        return instance_cost(self.instance_type, self.waited_seconds, self.instances)

    def __repr__(self) -> str:
        hour = dollars(instance_cost(self.instance_type, 3600, self.instances))
        waited = f"waited {self.waited_seconds} s of {self.keep_seconds} s, {dollars(self.cost)}"
        machines = f"{self.instances} × {self.instance_type}"
        return f"<WarmPool {self.status}: {machines} at {hour} an hour, {waited}>"


def warm_pool(config: Config, job: str) -> WarmPool:
    """Return the warm pool that a training job left."""
    description = describe(config, "TrainingJob", job)
    cluster, status = description["ResourceConfig"], description.get("WarmPoolStatus", {})
    return WarmPool(
        job,
        status.get("Status", "None"),
        cluster["InstanceType"],
        cluster["InstanceCount"],
        cluster.get("KeepAlivePeriodInSeconds", 0),
        status.get("ResourceRetainedBillableTimeInSeconds", 0),
    )


def end_warm_pool(config: Config, job: str) -> WarmPool:
    """Let a job's instances go, if they wait, and return the pool as it is then."""
    before = warm_pool(config, job)
    if before.status == WAITING:
        client(config, "sagemaker").update_training_job(
            TrainingJobName=job, ResourceConfig={"KeepAlivePeriodInSeconds": 0}
        )
    return replace(warm_pool(config, job), keep_seconds=before.keep_seconds)
