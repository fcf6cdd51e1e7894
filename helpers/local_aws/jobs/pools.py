"""Warm pools: clusters kept for the next training job like the last; knows clusters, runs no job.

https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
Left out: patches that end a pool, the 28 days after which one ends, session tags.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from helpers.local_aws.errors import AwsError
from helpers.local_aws.jobs.cluster import Cluster
from helpers.local_aws.shelf import Shelf, now

RETAINED = "ResourceRetainedBillableTimeInSeconds"
MESSAGES = {
    "Terminated": "Resource released due to keep alive period expiry",
    "Ended": "Resource released by request",
    "Unsound": "Resource released: its instances failed a health check",
    "Reused": "Resource reused by training job: {}",
}


def keep_alive(job: dict) -> int:
    """Return for how many seconds a job's instances are kept after it."""
    return job["ResourceConfig"].get("KeepAlivePeriodInSeconds", 0)


def is_kept(job: dict) -> bool:
    """Say whether a job's instances are a warm pool now, or may be once it has ended."""
    return job.get("WarmPoolStatus", {}).get("Status") in ("InUse", "Available")


def pool_key(job: dict) -> tuple:
    """Return what two jobs must share for the second to get the first's instances."""
    resources, vpc = job["ResourceConfig"], job.get("VpcConfig", {})
    return (
        job["RoleArn"],
        *(resources.get(name) for name in ("InstanceType", "InstanceCount", "VolumeSizeInGB")),
        resources.get("VolumeKmsKeyId"),
        *(tuple(sorted(vpc.get(name, []))) for name in ("SecurityGroupIds", "Subnets")),
        bool(job.get("EnableNetworkIsolation")),
        bool(job.get("EnableInterContainerTrafficEncryption")),
    )


@dataclass
class Pool:
    """A kept cluster, under the name of the job that ran on it last."""

    name: str
    key: tuple
    cluster: Cluster
    since: datetime
    timer: threading.Timer | None = None


class Pools:
    """All warm pools of an account.

    Args:
        documents: the training jobs, whose WarmPoolStatus it keeps.
        say: called with a job and the message that its last status gets.
    """

    def __init__(self, documents: Shelf, say: Callable[[str, str], None]):
        self._documents, self._say = documents, say
        self._pools: dict[str, Pool] = {}
        self._lock = threading.RLock()

    def take(self, name: str, job: dict) -> Cluster | None:
        """Return the cluster of the longest waiting pool that fits a job, now that job's."""
        key = pool_key(job)
        with self._lock:
            fitting = [pool for pool in self._pools.values() if pool.key == key]
            for pool in sorted(fitting, key=lambda pool: pool.since):
                if pool.cluster.is_sound():
                    self._leave(pool, "Reused", MESSAGES["Reused"].format(name), ReusedByJob=name)
                    return pool.cluster
                self._terminate(pool, MESSAGES["Unsound"])
        return None

    def has_for(self, job: dict) -> bool:
        """Say whether a pool waits that fits a job."""
        with self._lock:
            return any(pool.key == pool_key(job) for pool in self._pools.values())

    def mark_in_use(self, name: str) -> None:
        """Note that a job runs on instances that may be kept."""
        self._set(name, {"Status": "InUse"})

    def keep(self, name: str, job: dict, cluster: Cluster) -> None:
        """Keep a cluster for as long as its last job says; from now on the pool ends it."""
        with self._lock:
            pool = Pool(name, pool_key(job), cluster, now())
            self._pools[name] = pool
            self._set(name, {"Status": "Available", RETAINED: 0}, _kept_since=pool.since)
            self._wait(pool, keep_alive(job))

    def drop(self, name: str) -> None:
        """Note that a job's instances were not kept."""
        self._set(name, {"Status": "Terminated", RETAINED: 0})

    def change(self, name: str, seconds: int) -> None:
        """Keep a job's pool for another time than it asked for, from the job's end on.

        Raises:
            AwsError: the job has no pool any more.
        """
        with self._lock:
            job = self._documents.get(name)
            status = job.get("WarmPoolStatus", {}).get("Status", "not there")
            if status not in ("InUse", "Available"):
                message = (
                    "KeepAlivePeriodInSeconds can be updated while the warm pool is InUse or"
                    f" Available. The warm pool of {name} is {status}."
                )
                raise AwsError("ValidationException", message)
            self._documents.update(
                name, lambda kept: kept["ResourceConfig"].update(KeepAlivePeriodInSeconds=seconds)
            )
            if pool := self._pools.get(name):
                pool.timer.cancel()
                left = seconds - (now() - pool.since).total_seconds()
                self._wait(pool, left) if left > 0 else self._terminate(pool, MESSAGES["Ended"])

    def status(self, job: dict) -> dict:
        """Return a job's WarmPoolStatus as of now."""
        status = job["WarmPoolStatus"]
        if status["Status"] == "Available":
            status = {**status, RETAINED: _seconds(job["_kept_since"])}
        return status

    def recover(self) -> None:
        """Say that the pools of the last server are gone; nobody knows since when."""
        for job in self._documents:
            if is_kept(job):
                since = job.get("_kept_since")
                kept = min(_seconds(since), keep_alive(job)) if since else 0
                self._set(job["TrainingJobName"], {"Status": "Terminated", RETAINED: kept})

    def end_all(self) -> None:
        """End all pools."""
        with self._lock:
            for pool in list(self._pools.values()):
                self._terminate(pool, MESSAGES["Ended"])

    def _wait(self, pool: Pool, seconds: float) -> None:
        pool.timer = threading.Timer(seconds, self._expire, [pool])
        pool.timer.daemon = True
        pool.timer.start()

    def _expire(self, pool: Pool) -> None:
        with self._lock:
            # It may have been taken, or be kept longer, since the timer rang.
            if self._pools.get(pool.name) is pool and pool.timer is threading.current_thread():
                self._terminate(pool, MESSAGES["Terminated"])

    def _terminate(self, pool: Pool, message: str) -> None:
        pool.timer.cancel()
        pool.cluster.end()
        self._leave(pool, "Terminated", message)

    def _leave(self, pool: Pool, status: str, message: str, **more: str) -> None:
        pool.timer.cancel()
        del self._pools[pool.name]
        self._set(pool.name, {"Status": status, RETAINED: _seconds(pool.since), **more})
        self._say(pool.name, message)

    def _set(self, name: str, status: dict, **more: object) -> None:
        self._documents.update(name, lambda job: job.update(WarmPoolStatus=status, **more))


def _seconds(since: datetime) -> int:
    return round((now() - since).total_seconds())
