"""Training jobs: channels staged from S3, one process an instance, a model archive to S3.

Contract: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html
Left out so far: warm pools, spot interruption, checkpoints taken to S3 while the job runs (they are
at its end), file system data sources.
"""

import socket
import tarfile
from pathlib import Path

from helpers.local_aws.context import Context
from helpers.local_aws.documents import Documents
from helpers.local_aws.jobs import script_mode
from helpers.local_aws.jobs.channels import Channels, check_channel, describe_channels
from helpers.local_aws.jobs.container import Container, objects_below
from helpers.local_aws.jobs.engine import JobEngine, host_names
from helpers.local_aws.jobs.metrics import final_metrics, metric_values
from helpers.local_aws.logs import Logs
from helpers.local_aws.s3.store import ObjectStore
from helpers.local_aws.shelf import now
from helpers.local_aws.tags import Tags

MESSAGES = {
    "Starting": "Launching requested ML instances",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopping": "Stopping the training job",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Resources released due to exceeding the maximum runtime",
}


class Training(JobEngine):
    """The engine of CreateTrainingJob and its kin."""

    def __init__(
        self, context: Context, documents: Documents, store: ObjectStore, logs: Logs, tags: Tags
    ):
        super().__init__("TrainingJob", context, documents, store, logs, tags)
        self._definitions: dict[str, list[dict]] = {}
        self._metrics: dict[str, list[dict]] = {}
        self._channels = Channels(store)

    def create_training_job(self, request: dict) -> dict:
        what = request["AlgorithmSpecification"]
        script_mode.check(request)
        for channel in request.get("InputDataConfig", []):
            check_channel(channel, what)
        first = {"Status": "Starting", "StartTime": now(), "StatusMessage": MESSAGES["Starting"]}
        extra = {"SecondaryStatus": "Starting", "SecondaryStatusTransitions": [first]}
        return self.create(request, extra)

    def describe_training_job(self, request: dict) -> dict:
        return self.describe(request)

    def list_training_jobs(self, request: dict) -> dict:
        return self.summaries(request)

    def stop_training_job(self, request: dict) -> dict:
        return self.stop(request)

    def delete_training_job(self, request: dict) -> dict:
        return self.delete(request)

    def instance_count(self, job: dict) -> int:
        return job["ResourceConfig"].get("InstanceCount", 1)

    def say(self, name: str, secondary: str) -> None:
        time = now()

        def change(job: dict) -> None:
            job["SecondaryStatusTransitions"][-1]["EndTime"] = time
            entry = {"Status": secondary, "StartTime": time, "StatusMessage": MESSAGES[secondary]}
            job["SecondaryStatusTransitions"].append(entry)
            job["SecondaryStatus"], job["LastModifiedTime"] = secondary, time

        self.documents.update(name, change)

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
            self._restore_checkpoints(job, container)
            _point_driver_home(container, port)
        self.say(name, "Training")
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

    def _restore_checkpoints(self, job: dict, container: Container) -> None:
        if config := job.get("CheckpointConfig"):
            folder = container.path(config.get("LocalPath", "/opt/ml/checkpoints"))
            folder.mkdir(parents=True, exist_ok=True)
            bucket, _, prefix = config["S3Uri"].removeprefix("s3://").partition("/")
            if next(self.store.list(bucket, prefix), None):
                container.stage(objects_below(self.store, config["S3Uri"]), folder)

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

    def keep(self, name: str, job: dict, containers: list[Container], completed: bool) -> None:
        bucket, _, prefix = (
            job["OutputDataConfig"]["S3OutputPath"].removeprefix("s3://").partition("/")
        )
        folder = "/".join(part for part in (prefix.rstrip("/"), name, "output") if part)
        for what, archive in (("model", "model.tar.gz"), ("output/data", "output.tar.gz")):
            packed = _pack(containers, what)
            if packed:
                self.store.put(bucket, f"{folder}/{archive}", packed)
                if what == "model":
                    uri = f"s3://{bucket}/{folder}/{archive}"
                    self.set(name, ModelArtifacts={"S3ModelArtifacts": uri})
        if config := job.get("CheckpointConfig"):
            self._keep_checkpoints(config, containers[0])
        if values := self._metrics.pop(name, None):
            self.set(name, FinalMetricDataList=final_metrics(values))

    def _keep_checkpoints(self, config: dict, container: Container) -> None:
        bucket, _, prefix = config["S3Uri"].removeprefix("s3://").partition("/")
        folder = container.path(config.get("LocalPath", "/opt/ml/checkpoints"))
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                key = f"{prefix.rstrip('/')}/{path.relative_to(folder).as_posix()}"
                self.store.put(bucket, key.lstrip("/"), path)

    def finish(self, name: str, status: str, reason: str | None) -> None:
        self._channels.end(name)
        job = self.documents.get(name)
        start = job.get("TrainingStartTime")
        seconds = max(1, round((now() - start).total_seconds())) if start else 0
        self.say(name, status)
        self.set(name, TrainingTimeInSeconds=seconds, BillableTimeInSeconds=seconds)
        super().finish(name, status, reason)


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


def _pack(containers: list[Container], what: str) -> Path | None:
    """Pack a folder of all instances into one archive, the first instance's files first."""
    archive = containers[0].root / f"{what.replace('/', '-')}.tar.gz"
    seen: set[str] = set()
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        for container in containers:
            for path in sorted((container.ml / what).rglob("*")):
                name = path.relative_to(container.ml / what).as_posix()
                if path.is_file() and name not in seen:
                    tar.add(path, arcname=name)
                    seen.add(name)
    return archive if seen else None
