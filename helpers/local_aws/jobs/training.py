"""Training jobs: channels staged from S3, one process an instance, a model archive to S3.

Contract: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html
Warm pools, spot instances and retries on instances that are launched for real: a folder for each,
the image's Python, and where they are kept, its libraries imported. Left out: file system data
sources, VPCs, keys, network isolation, heterogeneous clusters, the debugger and the profiler.
"""

import socket
from contextlib import suppress
from pathlib import Path

from helpers.local_aws.context import Context
from helpers.local_aws.documents import Documents
from helpers.local_aws.errors import AwsError
from helpers.local_aws.jobs import script_mode, spot, states, training_request
from helpers.local_aws.jobs.artifacts import keep_artifacts
from helpers.local_aws.jobs.channels import Channels, describe_channels
from helpers.local_aws.jobs.checkpoints import Checkpoints
from helpers.local_aws.jobs.cluster import Cluster
from helpers.local_aws.jobs.container import Container
from helpers.local_aws.jobs.engine import AGAIN, JobEngine, host_names
from helpers.local_aws.jobs.metrics import final_metrics, metric_values
from helpers.local_aws.jobs.pools import Pools, keep_alive
from helpers.local_aws.logs import Logs
from helpers.local_aws.s3.store import ObjectStore
from helpers.local_aws.shelf import now, public
from helpers.local_aws.tags import Tags


class Training(JobEngine):
    """The engine of CreateTrainingJob and its kin."""

    def __init__(
        self, context: Context, documents: Documents, store: ObjectStore, logs: Logs, tags: Tags
    ):
        super().__init__("TrainingJob", context, documents, store, logs, tags)
        self._definitions: dict[str, list[dict]] = {}
        self._metrics: dict[str, list[dict]] = {}
        self._channels = Channels(store)
        self._checkpoints: dict[str, Checkpoints] = {}
        self._tries: dict[str, int] = {}
        self.pools = Pools(self.documents, self._amend)

    def create_training_job(self, request: dict) -> dict:
        training_request.check(request)
        extra: dict = {}
        states.enter(extra, "Starting")
        if keep_alive(request):
            extra["WarmPoolStatus"] = {"Status": "InUse"}
        return self.create(training_request.filled(request), extra)

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
        return self.delete(request)

    def instance_count(self, job: dict) -> int:
        return job["ResourceConfig"].get("InstanceCount", 1)

    def enter(self, job: dict, secondary: str) -> None:
        states.enter(job, secondary)

    def _amend(self, name: str, message: str) -> None:
        self.documents.update(name, lambda job: states.amend(job, message))

    def launch(self, name: str, job: dict) -> Cluster:
        if self.documents.get(name)["SecondaryStatus"] in ("Interrupted", "Restarting"):
            self.say(name, "Starting")
        if not job.get("EnableManagedSpotTraining") and (kept := self.pools.take(name, job)):
            self.pools.mark_in_use(name)
            self._amend(name, states.REUSED)
            return kept
        cluster = super().launch(name, job)
        if keep_alive(job):
            cluster.warm_up(self.context)
        return cluster

    def started(self, name: str) -> None:
        self.documents.update(name, spot.begin)

    def release(self, name: str, job: dict, cluster: Cluster, status: str) -> None:
        self._channels.end(name)
        self.documents.update(name, spot.pause)
        if checkpoints := self._checkpoints.pop(name, None):
            with suppress(AwsError):  # said before, where the attempt came as far as `keep`
                checkpoints.end()
        job = self.documents.get(name)
        sound = status not in (AGAIN, "Broken") and not self._ending
        if sound and keep_alive(job) and cluster.renew():
            self.pools.keep(name, job, cluster)
            return
        cluster.end()
        if "WarmPoolStatus" in job and status != AGAIN:
            self.pools.drop(name)

    def seconds_left(self, name: str, job: dict) -> float:
        return spot.seconds_left(self.documents.get(name))[0]

    def timed_out(self, name: str) -> str:
        self.set(name, _ended=spot.seconds_left(self.documents.get(name))[1])
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
        self._definitions[name] = job["AlgorithmSpecification"].get("MetricDefinitions", [])
        containers = [Container(folder / host, host) for host in hosts]
        port = _free_port()
        for place, container in enumerate(containers):
            self._write_config(job, container, hosts)
            self._channels.stage(job, container, place, len(hosts))
            if script_mode.is_script_mode(job):
                script_mode.unpack(self.store, job, container)
            _point_driver_home(container, port)
        if config := job.get("CheckpointConfig"):
            self._checkpoints[name] = Checkpoints(self.store, config, containers)
            self._checkpoints[name].start()
        return containers

    def _write_config(self, job: dict, container: Container, hosts: list[str]) -> None:
        kind = job["ResourceConfig"].get("InstanceType", "")
        about = {
            "current_host": container.host,
            "current_instance_type": kind,
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

    def see_line(self, name: str, line: str) -> None:
        if definitions := self._definitions.get(name):
            found = metric_values(definitions, line, now())
            self._metrics.setdefault(name, []).extend(found)

    def keep(self, name: str, job: dict, containers: list[Container], status: str) -> None:
        if status == AGAIN:
            self.say(name, "Interrupted")
        else:
            self.say(name, "Uploading")
        if checkpoints := self._checkpoints.pop(name, None):
            checkpoints.end()
        if status == AGAIN:
            return
        if model := keep_artifacts(self.store, job["OutputDataConfig"], name, containers):
            self.set(name, ModelArtifacts={"S3ModelArtifacts": model})
        if values := self._metrics.pop(name, None):
            self.set(name, FinalMetricDataList=final_metrics(values))

    def close(self, job: dict) -> None:
        states.enter(job, job.pop("_ended", job["TrainingJobStatus"]))
        spot.bill(job)
        if job.get("WarmPoolStatus", {}).get("Status") == "Available":
            states.amend(job, states.RETAINED)
        for kept in (self._definitions, self._metrics, self._tries):
            kept.pop(job["TrainingJobName"], None)

    def recover(self) -> None:
        super().recover()
        self.pools.recover()

    def shut_down(self) -> None:
        super().shut_down()
        self.pools.end_all()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _point_driver_home(container: Container, port: int) -> None:
    """Give the SDK's launcher an address that resolves here; on SageMaker `algo-1` does."""
    driver = container.ml / "input/data/sm_drivers/scripts/environment.py"
    if driver.exists():
        text = driver.read_text()
        text = text.replace('SM_MASTER_ADDR = "algo-1"', 'SM_MASTER_ADDR = "127.0.0.1"')
        driver.write_text(text.replace("SM_MASTER_PORT = 7777", f"SM_MASTER_PORT = {port}"))
