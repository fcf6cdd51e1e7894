"""Training jobs: channels staged from S3, one process an instance, a model archive to S3.

Contract: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html
Warm pools, spot instances and retries on instances that are launched for real: a folder for each,
the image's Python, and where they are kept, for a pool or for a tuning job's next trial, its
libraries imported. Left out: file system data
sources, VPCs, keys, network isolation, heterogeneous clusters, the debugger and the profiler.
"""

import threading
from contextlib import suppress
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.instances.cluster import Cluster
from local_aws.instances.container import Container
from local_aws.parts import Parts
from local_aws.services.sagemaker.jobs import (
    billing,
    drivers,
    script_mode,
    secondary_statuses,
    training_request,
)
from local_aws.services.sagemaker.jobs.artifacts import keep_artifacts
from local_aws.services.sagemaker.jobs.channels import Channels, describe_channels
from local_aws.services.sagemaker.jobs.checkpoints import Checkpoints
from local_aws.services.sagemaker.jobs.engine import AGAIN, JobEngine, host_names
from local_aws.services.sagemaker.jobs.metrics import JobMetrics
from local_aws.services.sagemaker.jobs.pools import Pools, is_kept, keep_alive, may_keep, may_use
from local_aws.services.sagemaker.jobs.quotas import Quotas
from local_aws.state import paths
from local_aws.state.collection import public

OPERATIONS = {
    "sagemaker": (
        "CreateTrainingJob",
        "DescribeTrainingJob",
        "ListTrainingJobs",
        "StopTrainingJob",
        "UpdateTrainingJob",
        "DeleteTrainingJob",
    ),
}


class Training(JobEngine):
    """The engine of CreateTrainingJob and its kin."""

    name, operations = "training", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__("TrainingJob", parts)
        self._metrics = dict[str, JobMetrics]()
        self.quotas, self._creating = Quotas(parts.context.state), threading.Lock()
        self._channels = Channels(parts.store)
        self._checkpoints: dict[str, Checkpoints] = {}
        self._tries: dict[str, int] = {}
        self.pools = Pools(self.documents, self._amend)

    def create_training_job(self, request: dict) -> dict:
        return self._create(request, {})

    def create_trial(self, request: dict, tuning: str) -> dict:
        """Create a training job as a trial of a tuning job, which is given by its ARN."""
        return self._create(request, {"TuningJobArn": tuning})

    def _create(self, request: dict, extra: dict) -> dict:
        training_request.check(request)
        secondary_statuses.enter(extra, "Starting")
        if keep_alive(request):
            extra["WarmPoolStatus"] = {"Status": "InUse"}
        request = training_request.filled(request)
        with self._creating:
            self._check_quotas(request)
            return self.create(request, extra)

    def _check_quotas(self, request: dict) -> None:
        """Refuse what is more than the account may use, warm pools that fit the job apart."""
        kind, count = self.instance_type(request), self.instance_count(request)
        alike = [job for job in self.documents if self.instance_type(job) == kind]
        spot_too = request["EnableManagedSpotTraining"]
        running = [
            self.instance_count(job)
            for job in alike
            if job["TrainingJobStatus"] in ("InProgress", "Stopping")
            and job.get("EnableManagedSpotTraining") == spot_too
        ]
        use = "spot training job" if spot_too else "training job"
        self.quotas.check(kind, use, sum(running), count)
        if keep_alive(request) and not self.pools.has_for(request):
            kept = [self.instance_count(job) for job in alike if is_kept(job)]
            self.quotas.check(kind, "training warm pool", sum(kept), count)

    def describe_training_job(self, request: dict) -> dict:
        job = self._document(request["TrainingJobName"])
        if "WarmPoolStatus" in job:
            job["WarmPoolStatus"] = self.pools.status(job)
        return public(job)

    def list_training_jobs(self, request: dict) -> dict:
        wanted = request.get("WarmPoolStatusEquals")
        jobs = [
            job
            for job in self.documents
            if not wanted or job.get("WarmPoolStatus", {}).get("Status") == wanted
        ]
        asked = {name: request[name] for name in request if name != "WarmPoolStatusEquals"}
        return self.listing.answer(jobs, asked)

    def update_training_job(self, request: dict) -> dict:
        name = request["TrainingJobName"]
        arn = self._document(name)["TrainingJobArn"]
        if others := sorted(request.keys() - {"TrainingJobName", "ResourceConfig"}):
            message = f"The local AWS does not update {', '.join(others)} of training jobs."
            raise AwsError("ValidationException", message)
        if "ResourceConfig" in request:
            self.pools.change(name, request["ResourceConfig"]["KeepAlivePeriodInSeconds"])
        return {"TrainingJobArn": arn}

    def stop_training_job(self, request: dict) -> dict:
        return self.stop(request)

    def delete_training_job(self, request: dict) -> dict:
        name = request["TrainingJobName"]
        if self._document(name).get("WarmPoolStatus", {}).get("Status") == "Available":
            message = f"TrainingJob {name} retains an Available warm pool: end it first."
            raise AwsError("ResourceInUse", message)
        return self.delete(request)

    def instance_count(self, job: dict) -> int:
        return job["ResourceConfig"].get("InstanceCount", 1)

    def instance_type(self, job: dict) -> str:
        return job["ResourceConfig"].get("InstanceType", "")

    def enter(self, job: dict, secondary: str) -> None:
        secondary_statuses.enter(job, secondary)

    def _amend(self, name: str, message: str) -> None:
        self.documents.update(name, lambda job: secondary_statuses.amend(job, message), late=True)

    def launch(self, name: str, job: dict) -> Cluster:
        if self.documents.get(name)["SecondaryStatus"] in ("Interrupted", "Restarting"):
            self.say(name, "Starting")
        if may_use(job) and (kept := self.pools.take(name, job)):
            self.pools.mark_in_use(name)
            self._amend(name, secondary_statuses.REUSED)
            return kept
        cluster = super().launch(name, job)
        # Importing torch once is less than once for the launcher, its driver and each rank.
        if may_keep(job) or drivers.start_many(self.store, job):
            cluster.warm_up(self.context)
        return cluster

    def started(self, name: str) -> None:
        self.documents.update(name, billing.begin)

    def release(self, name: str, job: dict, cluster: Cluster, status: str) -> None:
        self._channels.end(name)
        self.documents.update(name, billing.pause, late=True)
        if checkpoints := self._checkpoints.pop(name, None):
            with suppress(
                AwsError, OSError
            ):  # said before, where the attempt came as far as `keep`
                checkpoints.end()
        job = self.documents.get(name)
        sound = status not in (AGAIN, "Broken") and not self._ending
        if sound and may_keep(job) and cluster.renew() and self.pools.keep(name, job, cluster):
            return
        cluster.end()
        if "WarmPoolStatus" in job and status != AGAIN:
            self.pools.drop(name)

    def seconds_left(self, name: str, job: dict) -> float:
        return billing.seconds_left(self.documents.get(name))[0]

    def timed_out(self, name: str) -> str:
        self.set(name, _ended=billing.seconds_left(self.documents.get(name))[1])
        return "Stopped"

    def broken(self, name: str) -> str:
        allowed = self.documents.get(name).get("RetryStrategy", {}).get("MaximumRetryAttempts", 0)
        self._tries[name] = self._tries.get(name, 0) + 1
        if self._tries[name] > allowed or self._ending:
            return "Failed"
        self.say(name, "Restarting")
        return AGAIN

    def interrupt(self, name: str) -> None:
        """Take a managed spot job's instances away; it starts again on others.

        Raises:
            AwsError: the job does not run, or not on spot instances.
        """
        job = self._document(name)
        group = self._running.get(name)
        if not job.get("EnableManagedSpotTraining") or group is None:
            message = f"{name} does not run on spot instances: nothing to take back."
            raise AwsError("ValidationException", message)
        group.interrupt()

    def prepare(self, name: str, job: dict, folder: Path, hosts: list[str]) -> list[Container]:
        self.say(name, "Downloading")
        definitions = job["AlgorithmSpecification"].get("MetricDefinitions", [])
        self._metrics.setdefault(name, JobMetrics(name, definitions, self.parts.call))
        containers = [Container(paths.child(folder, host), host) for host in hosts]
        port = drivers.free_port()
        for place, container in enumerate(containers):
            self._write_config(job, container, hosts)
            self._channels.stage(job, container, place, len(hosts))
            if script_mode.is_script_mode(job):
                script_mode.unpack(self.store, job, container)
            drivers.point_home(container, port)
        if config := job.get("CheckpointConfig"):
            self._checkpoints[name] = Checkpoints(self.store, config, containers)
            self._checkpoints[name].start()
        return containers

    def _write_config(self, job: dict, container: Container, hosts: list[str]) -> None:
        about = {
            "current_host": container.host,
            "current_instance_type": self.instance_type(job),
            "current_group_name": "homogeneousCluster",
            "hosts": hosts,
            "network_interface_name": "lo",
        }
        container.write_config("input/config/resourceconfig.json", about)
        container.write_config("input/config/inputdataconfig.json", describe_channels(job))
        parameters = job.get("HyperParameters", {})
        if script_mode.is_script_mode(job):
            parameters = script_mode.scripts_own(parameters)
        container.write_config("input/config/hyperparameters.json", parameters)

    def processes(self, container: Container) -> int:
        return drivers.processes(container)

    def command(self, job: dict, container: Container) -> tuple[list[str], dict[str, str]]:
        what = job["AlgorithmSpecification"]
        about = {
            "TRAINING_JOB_NAME": job["TrainingJobName"],
            "TRAINING_JOB_ARN": job["TrainingJobArn"],
        }
        if script_mode.is_script_mode(job):
            hosts = host_names(self.instance_count(job))
            about |= script_mode.variables(job, container.host, hosts)
            command = script_mode.command(job)
        else:
            command = [*what["ContainerEntrypoint"], *what.get("ContainerArguments", [])]
        return command, {**about, **job.get("Environment", {})}

    def see_line(self, name: str, line: str) -> list[str]:
        return self._metrics[name].see(line)

    def keep(self, name: str, job: dict, containers: list[Container], status: str) -> None:
        if status == AGAIN:
            self.say(name, "Interrupted")
        else:
            self.say(name, "Uploading")
        if status != AGAIN:  # the model first: a checkpoint that S3 does not take is no reason
            if model := keep_artifacts(self.store, job["OutputDataConfig"], name, containers):
                self.set(name, ModelArtifacts={"S3ModelArtifacts": model})
        if checkpoints := self._checkpoints.pop(name, None):
            checkpoints.end()
        if status == AGAIN:
            return
        metrics = self._metrics.pop(name)
        metrics.send()
        if values := metrics.final():
            self.set(name, FinalMetricDataList=values)

    def close(self, job: dict) -> None:
        secondary_statuses.enter(job, job.pop("_ended", job["TrainingJobStatus"]))
        billing.bill(job)
        if self.pools.waits(job["TrainingJobName"]):
            secondary_statuses.amend(job, secondary_statuses.RETAINED)
        for kept in (self._metrics, self._tries):
            kept.pop(job["TrainingJobName"], None)

    def recover(self) -> None:
        super().recover()
        self.pools.recover()

    def shut_down(self) -> None:
        super().shut_down()
        self.pools.end_all()
