"""Reads and ends warm pools, the instances that wait for the next job; starts none.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from helpers.config import Config
from helpers.costs import dollars, instance_cost
from helpers.jobs import describe
from helpers.session import client

WAITING = "Available"
MATCHING = (
    "RoleArn",
    "ResourceConfig.InstanceType",
    "ResourceConfig.InstanceCount",
    "ResourceConfig.VolumeSizeInGB",
    "ResourceConfig.VolumeKmsKeyId",
    "VpcConfig.Subnets",
    "VpcConfig.SecurityGroupIds",
    "EnableInterContainerTrafficEncryption",
    "EnableNetworkIsolation",
    "SessionChainingConfig.EnableSessionTagChaining",
)
"""The values that two jobs must share, so that the second one may run on the first one's pool."""


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


def matching_values(config: Config, jobs: Sequence[str]) -> pd.DataFrame:
    """Return the values that decide on reuse, a column for each training job.

    Where two columns differ in a row, neither job can run on the other's pool.
    """
    columns = {name: describe(config, "TrainingJob", name) for name in jobs}
    return pd.DataFrame(
        {name: [_value(about, path) for path in MATCHING] for name, about in columns.items()},
        index=pd.Index(MATCHING, name="must be the same"),
    )


def _value(description: dict, path: str) -> object:
    value = description
    for part in path.split("."):
        value = value.get(part, {})
    if value == {}:
        return "–"
    return value.rpartition("/")[2] if path == "RoleArn" else value


def period_limits(config: Config) -> tuple[int, int]:
    """Return the least and the most seconds of a keep-alive period, as botocore's model has them.

    AWS's page on warm pools says 3,600 at most.
    """
    model = client(config, "sagemaker").meta.service_model
    limits = model.shape_for("KeepAlivePeriodInSeconds").metadata
    return limits["min"], limits["max"]


def end_warm_pool(config: Config, job: str) -> WarmPool:
    """End a job's warm pool, if its instances wait, and return its new state."""
    before = warm_pool(config, job)
    if before.status == WAITING:
        client(config, "sagemaker").update_training_job(
            TrainingJobName=job, ResourceConfig={"KeepAlivePeriodInSeconds": 0}
        )
    return replace(warm_pool(config, job), keep_seconds=before.keep_seconds)
