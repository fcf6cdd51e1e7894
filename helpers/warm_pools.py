"""Reads and ends warm pools, the instances that wait for the next job; starts none.

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
    """The state of a training job's instances after the job."""

    job: str
    status: str
    """`Available`, `InUse`, `Reused` or `Terminated`; `None` for a job that kept nothing."""
    instance_type: str
    instances: int
    keep_seconds: int
    """The keep-alive period."""
    waited_seconds: int
    """The billed idle time so far."""

    @property
    def cost(self) -> float | None:
        """Return the dollars for the idle time; None where the price is unknown."""
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
    """End a job's warm pool, if its instances wait, and return its new state."""
    before = warm_pool(config, job)
    if before.status == WAITING:
        client(config, "sagemaker").update_training_job(
            TrainingJobName=job, ResourceConfig={"KeepAlivePeriodInSeconds": 0}
        )
    return replace(warm_pool(config, job), keep_seconds=before.keep_seconds)
