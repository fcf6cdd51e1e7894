"""Warm pools: clusters kept for the next matching training job; knows clusters, runs no job.

A training job's pool waits for its KeepAlivePeriodInSeconds (botocore allows 0 to 21,600 and so
does this server; AWS's page says at most 3,600), and its WarmPoolStatus tells of it. A job matches
if its `pool_key` is the same. A job on a pool sets the pool's next period; one without a period
ends it. Source: https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html

A tuning job's clusters wait for its own trials alone, until it ends, without a request for it:
"Hyperparameter tuning jobs use warm pools by default, which reuse clusters between training jobs"
(the API's HyperParameterTuningResourceConfig). AWS documents no WarmPoolStatus of trials, so they
have none here; the messages of their secondary statuses tell of the pool, as on AWS.

Left out: patches that end a pool, the 28 days after which a pool ends. Session tags, which must
match too, are refused with the jobs that have them, and so are isolated and encrypted networks.
"""

import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from local_aws.errors import AwsError
from local_aws.instances.cluster import Cluster
from local_aws.services.sagemaker.jobs import secondary_statuses
from local_aws.state.clock import Clock, Timer
from local_aws.state.collection import Collection

RETAINED = "ResourceRetainedBillableTimeInSeconds"
MESSAGES = {
    "Terminated": "Resource released due to keep alive period expiry",
    "Ended": "Resource released by request",
    "Unsound": "Resource released: its instances failed a health check",
    "Tuned": "Resource released: its tuning job has ended",
    "Reused": "Resource reused by training job: {}",
}


def keep_alive(job: dict) -> int:
    """Return a job's keep-alive period in seconds."""
    return job["ResourceConfig"].get("KeepAlivePeriodInSeconds", 0)


def tuning_job(job: dict) -> str | None:
    """Return the ARN of a trial's tuning job; None for other jobs."""
    return job.get("TuningJobArn")


def may_use(job: dict) -> bool:
    """Say whether a job may run on kept instances; AWS excludes spot jobs."""
    return not job.get("EnableManagedSpotTraining")


def may_keep(job: dict) -> bool:
    """Say whether a job's instances may be kept after it."""
    return may_use(job) and bool(keep_alive(job) or tuning_job(job))


def is_kept(job: dict) -> bool:
    """Say whether a job's instances are a warm pool, or may become one at its end."""
    return job.get("WarmPoolStatus", {}).get("Status") in ("InUse", "Available")


def pool_key(job: dict) -> tuple:
    """Return the values that two jobs must share to run on the same instances: AWS's own list."""
    resources, network = job["ResourceConfig"], job.get("VpcConfig", {})
    sizes = ("InstanceType", "InstanceCount", "VolumeSizeInGB", "VolumeKmsKeyId")
    switches = ("EnableInterContainerTrafficEncryption", "EnableNetworkIsolation")
    return (
        tuning_job(job),
        job["RoleArn"],
        *(resources.get(name) for name in sizes),
        *(frozenset(network.get(name, ())) for name in ("Subnets", "SecurityGroupIds")),
        *(job.get(name, False) for name in switches),
    )


@dataclass
class Pool:
    """A kept cluster, under the name of the job that ran on it last."""

    name: str
    key: tuple
    cluster: Cluster
    since: datetime
    until: datetime | None = None
    timer: Timer | None = None


class Pools:
    """All warm pools of an account.

    Args:
        documents: the training jobs, whose WarmPoolStatus it keeps.
    """

    def __init__(self, documents: Collection, clock: Clock):
        self._documents, self._clock, self._is_closed = documents, clock, False
        self._pools: dict[str, Pool] = {}
        self._tuning: set[str] = set()
        self._lock = threading.RLock()

    def take(self, name: str, job: dict) -> Cluster | None:
        """Take the cluster of the longest waiting pool that matches a job."""
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
        """Say whether a pool waits that matches a job."""
        with self._lock:
            return any(pool.key == pool_key(job) for pool in self._pools.values())

    def waits(self, name: str) -> bool:
        """Say whether a job's instances wait for the next job."""
        return name in self._pools

    def mark_in_use(self, name: str) -> None:
        """Set the WarmPoolStatus of a job whose instances may be kept to InUse."""
        self._set(name, {"Status": "InUse"})

    def keep(self, name: str, job: dict, cluster: Cluster) -> bool:
        """Keep a cluster for its last job's keep-alive period, or while its tuning job runs.

        From now on the pool ends the cluster. Returns False if the pool does not take it.
        """
        with self._lock:
            tuning = tuning_job(job)
            if self._is_closed or tuning and tuning not in self._tuning:
                return False
            if older := self._pools.get(name):  # its trial was deleted meanwhile
                self._terminate(older, MESSAGES["Ended"])
            pool = Pool(name, pool_key(job), cluster, self._clock.now())
            self._pools[name] = pool
            if not tuning:
                self._set(name, {"Status": "Available", RETAINED: 0}, _kept_since=pool.since)
                self._wait(pool, keep_alive(job))
            return True

    def open(self, tuning: str) -> None:
        """Begin to keep the clusters of a tuning job's trials."""
        with self._lock:
            self._tuning.add(tuning)

    def close(self, tuning: str) -> None:
        """End the kept clusters of a tuning job's trials, and keep no more."""
        with self._lock:
            self._tuning.discard(tuning)
            for pool in list(self._pools.values()):
                if pool.key[0] == tuning:
                    self._terminate(pool, MESSAGES["Tuned"])

    def say(self, name: str, message: str) -> None:
        """Set the message of a job's secondary status to the state of its pool."""
        self._documents.update(name, lambda job: secondary_statuses.amend(job, message), late=True)

    def drop(self, name: str) -> None:
        """Set the WarmPoolStatus of a job whose instances were not kept to Terminated."""
        self._set(name, {"Status": "Terminated", RETAINED: 0})

    def change(self, name: str, seconds: int) -> None:
        """Change the keep-alive period of a job's pool, counted from the end of the job.

        Raises:
            AwsError: the job has no pool now.
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
                left = seconds - (self._clock.now() - pool.since).total_seconds()
                self._wait(pool, left) if left > 0 else self._terminate(pool, MESSAGES["Ended"])

    def status(self, job: dict) -> dict:
        """Return a job's present WarmPoolStatus."""
        status = job["WarmPoolStatus"]
        if status["Status"] == "Available":
            status = {**status, RETAINED: self._seconds(job["_kept_since"])}
        return status

    def recover(self) -> None:
        """Mark the pools of the last server Terminated; the time of their end is unknown."""
        for job in self._documents:
            if is_kept(job):
                since = job.get("_kept_since")
                kept = min(self._seconds(since), keep_alive(job)) if since else 0
                self._set(job["TrainingJobName"], {"Status": "Terminated", RETAINED: kept})

    def shut_down(self) -> None:
        """End all pools, and keep no more."""
        with self._lock:
            self._is_closed = True
            for pool in list(self._pools.values()):
                self._terminate(pool, MESSAGES["Ended"])

    def _wait(self, pool: Pool, seconds: float) -> None:
        pool.until = self._clock.now() + timedelta(seconds=seconds)
        pool.timer = self._clock.after(seconds, partial(self._expire, pool))

    def _expire(self, pool: Pool) -> None:
        with self._lock:
            # The pool may have been taken or prolonged since the timer ran.
            if self._pools.get(pool.name) is pool and self._clock.now() >= pool.until:
                self._terminate(pool, MESSAGES["Terminated"])

    def _terminate(self, pool: Pool, message: str) -> None:
        pool.cluster.end()
        self._leave(pool, "Terminated", message)

    def _leave(self, pool: Pool, status: str, message: str, **more: str) -> None:
        if pool.timer:
            pool.timer.cancel()
        del self._pools[pool.name]
        with suppress(KeyError):  # a trial may be deleted while its tuning job runs
            self._set(pool.name, {"Status": status, RETAINED: self._seconds(pool.since), **more})
            self.say(pool.name, message)

    def _set(self, name: str, status: dict, **more: object) -> None:
        def change(job: dict) -> None:
            if not tuning_job(job):
                job.update(WarmPoolStatus=status, **more)

        self._documents.update(name, change, late=True)

    def _seconds(self, since: datetime) -> int:
        return round((self._clock.now() - since).total_seconds())
