"""One running training job: channels, code, metrics, model, checkpoints; knows no request.

Warm pools, spot instances and retries act on instances that are really launched: a folder for each,
with the image's Python, and on kept instances with its libraries imported.
"""

from collections.abc import Callable
from contextlib import suppress

from local_aws.errors import AwsError
from local_aws.instances.cluster import Cluster
from local_aws.instances.container import Container
from local_aws.parts import Parts
from local_aws.services.sagemaker.jobs import billing, script_mode, sdk_drivers, secondary_statuses
from local_aws.services.sagemaker.jobs.artifacts import keep_artifacts
from local_aws.services.sagemaker.jobs.channels import Channels, describe_channels
from local_aws.services.sagemaker.jobs.checkpoints import Checkpoints
from local_aws.services.sagemaker.jobs.job_run import JobRun, host_names
from local_aws.services.sagemaker.jobs.metrics import JobMetrics
from local_aws.services.sagemaker.jobs.pools import Pools, may_keep, may_use
from local_aws.services.sagemaker.jobs.records import Records
from local_aws.services.sagemaker.jobs.verdict import AGAIN, Verdict
from local_aws.state.clock import Timer


class TrainingRun(JobRun):
    """One training job over all its attempts."""

    def __init__(self, parts: Parts, records: Records, name: str, pools: Pools):
        super().__init__(parts, records, name)
        self._pools, self._channels, self._errors = pools, Channels(self.store, parts.faults), 0
        self._metrics: JobMetrics | None = None
        self._checkpoints: Checkpoints | None = None
        self._interruption: Timer | None = None

    def _enter(self, status: str) -> None:
        """Begin a secondary status."""
        self.records.note(self.name, lambda job, time: secondary_statuses.enter(job, status, time))

    # The instances.

    def launch(self) -> Cluster:
        if self.records.get(self.name)["SecondaryStatus"] in ("Interrupted", "Restarting"):
            self._enter("Starting")
        if may_use(self.job) and (kept := self._pools.take(self.name, self.job)):
            self._pools.mark_in_use(self.name)
            self._pools.say(self.name, secondary_statuses.REUSED)
            if kept.change_image(self.view()):
                kept.warm_up(self.parts.context)
            return kept
        cluster = super().launch()
        # Otherwise the launcher, its driver and each rank import torch, each for itself.
        if may_keep(self.job) or sdk_drivers.start_many(self.parts.store, self.job):
            cluster.warm_up(self.parts.context)
        return cluster

    def started(self, interrupt: Callable[[], object]) -> None:
        self.records.note(self.name, billing.begin)
        if not self.job.get("EnableManagedSpotTraining"):
            return
        if fault := self.parts.faults.draw("interrupted", "sagemaker", "CreateTrainingJob"):
            self._interruption = self.parts.clock.after(fault.seconds, interrupt)

    def release(self, cluster: Cluster, verdict: Verdict) -> None:
        if self._interruption:
            self._interruption.cancel()
        self._channels.end()
        self.records.note(self.name, billing.pause, late=True)
        if checkpoints := self._take_checkpoints():
            # `keep` has reported their errors, if the attempt got there.
            with suppress(AwsError, OSError):
                checkpoints.end()
        job, is_over = self.records.get(self.name), verdict.status != AGAIN
        if is_over and not verdict.is_internal and may_keep(job) and cluster.renew():
            if self._pools.keep(self.name, job, cluster):
                return
        cluster.end()
        if is_over and "WarmPoolStatus" in job:
            self._pools.drop(self.name)

    # Time, interruptions and errors.

    def seconds_left(self) -> float:
        return billing.seconds_left(self.records.get(self.name), self.parts.clock.now())[0]

    def after_timeout(self) -> str:
        job = self.records.get(self.name)
        status = billing.seconds_left(job, self.parts.clock.now())[1]
        self.records.set(self.name, _ended=status)
        return "Stopped"

    def after_interruption(self) -> str:
        return AGAIN if self.seconds_left() > 0 else self.after_timeout()

    def after_error(self) -> str:
        allowed = self.job.get("RetryStrategy", {}).get("MaximumRetryAttempts", 0)
        self._errors += 1
        if self._errors > allowed:
            return "Failed"
        self._enter("Restarting")
        return AGAIN

    # The disks.

    def prepare(self, containers: list[Container]) -> None:
        self._enter("Downloading")
        if self._metrics is None:
            definitions = self.job["AlgorithmSpecification"].get("MetricDefinitions", [])
            self._metrics = JobMetrics(self.name, definitions, self.parts.call, self.parts.clock)
        hosts = [container.host for container in containers]
        port = sdk_drivers.free_port()
        for index, container in enumerate(containers):
            self._write_config(container, hosts)
            self._channels.stage(self.job, container, index, len(hosts))
            if script_mode.is_script_mode(self.job):
                script_mode.unpack(self.store, self.job, container)
            sdk_drivers.point_home(container, port)
        if config := self.job.get("CheckpointConfig"):
            self._checkpoints = Checkpoints(self.store, config, containers)
            self._checkpoints.start()
        self._enter("Training")

    def _write_config(self, container: Container, hosts: list[str]) -> None:
        resources = {
            "current_host": container.host,
            "current_instance_type": self.resources.instance_type,
            "current_group_name": "homogeneousCluster",
            "hosts": hosts,
            "network_interface_name": "lo",
        }
        container.write_config("input/config/resourceconfig.json", resources)
        container.write_config("input/config/inputdataconfig.json", describe_channels(self.job))
        parameters = self.job.get("HyperParameters", {})
        if script_mode.is_script_mode(self.job):
            parameters = script_mode.scripts_own(parameters)
        container.write_config("input/config/hyperparameters.json", parameters)

    def processes(self, container: Container) -> int:
        return sdk_drivers.processes(container)

    def command(self, container: Container) -> tuple[list[str], dict[str, str]]:
        algorithm = self.job["AlgorithmSpecification"]
        variables = {
            "TRAINING_JOB_NAME": self.name,
            "TRAINING_JOB_ARN": self.job["TrainingJobArn"],
        }
        if script_mode.is_script_mode(self.job):
            hosts = host_names(self.resources.count)
            variables |= script_mode.variables(self.job, container.host, hosts)
            command = script_mode.command(self.job)
        else:
            command = [
                *algorithm["ContainerEntrypoint"], *algorithm.get("ContainerArguments", [])
            ]  # fmt: skip
        return command, {**variables, **self.job.get("Environment", {})}

    def see_line(self, line: str) -> list[str]:
        return self._metrics.see(line)

    def keep(self, containers: list[Container], status: str) -> None:
        self._enter("Interrupted" if status == AGAIN else "Uploading")
        if status != AGAIN:  # the model first: a checkpoint that S3 refuses must not prevent it
            self._keep_model(containers)
        if checkpoints := self._take_checkpoints():
            checkpoints.end()
        if status == AGAIN:
            return
        self._metrics.send()
        if values := self._metrics.final():
            self.records.set(self.name, FinalMetricDataList=values)

    def _keep_model(self, containers: list[Container]) -> None:
        output = self.job["OutputDataConfig"]
        if model := keep_artifacts(self.store, output, self.name, containers):
            self.records.set(self.name, ModelArtifacts={"S3ModelArtifacts": model})

    def _take_checkpoints(self) -> Checkpoints | None:
        checkpoints, self._checkpoints = self._checkpoints, None
        return checkpoints
