"""Processing jobs: stages inputs from S3, runs a process on each instance, uploads outputs.

Contract: https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html
Left out: Athena and Redshift inputs, Feature Store outputs, Continuous upload (all at the end).
"""

from collections.abc import Sequence

from local_aws.context import Context
from local_aws.errors import AwsError
from local_aws.images.registry import find
from local_aws.instances.container import Container, share_of
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.jobs.data_sources import objects_of
from local_aws.services.sagemaker.jobs.job_kind import JobKind, Names, Resources
from local_aws.services.sagemaker.jobs.job_run import DAY, JobRun
from local_aws.services.sagemaker.jobs.jobs import Jobs
from local_aws.services.sagemaker.jobs.volume_keys import check_volume_key
from local_aws.state.files import read_head
from local_aws.wire.listing import CHANGED, LISTED

OPERATIONS = {
    "sagemaker": {
        "CreateProcessingJob": """ProcessingJobName RoleArn Environment Tags(*)
            AppSpecification(ImageUri ContainerEntrypoint ContainerArguments)
            NetworkConfig(VpcConfig(*) EnableNetworkIsolation=false)
            ProcessingResources(ClusterConfig(InstanceType InstanceCount VolumeSizeInGB
                VolumeKmsKeyId))
            StoppingCondition(MaxRuntimeInSeconds)
            ProcessingInputs(InputName AppManaged=false S3Input(S3Uri LocalPath S3DataType
                S3InputMode=File S3DataDistributionType S3CompressionType=None))
            ProcessingOutputConfig(KmsKeyId Outputs(OutputName AppManaged=false
                S3Output(S3Uri LocalPath S3UploadMode=EndOfJob)))""",
        "DescribeProcessingJob": "ProcessingJobName",
        "ListProcessingJobs": f"{LISTED} {CHANGED}",
        "StopProcessingJob": "ProcessingJobName",
        "DeleteProcessingJob": "ProcessingJobName",
    },
}


class Processing(Engine):
    """Executes the operations on processing jobs."""

    name, operations = "processing", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self.jobs = Jobs(parts, ProcessingKind(parts.context), ProcessingRun)

    def create_processing_job(self, request: dict) -> dict:
        return self.jobs.create(request)

    def describe_processing_job(self, request: dict) -> dict:
        return self.jobs.describe(request)

    def list_processing_jobs(self, request: dict) -> dict:
        return self.jobs.list(request)

    def stop_processing_job(self, request: dict) -> dict:
        return self.jobs.stop(request)

    def delete_processing_job(self, request: dict) -> dict:
        return self.jobs.delete(request)

    def recover(self) -> None:
        self.jobs.runner.recover()

    def shut_down(self) -> None:
        self.jobs.runner.shut_down()


class ProcessingKind(JobKind):
    """Processing jobs as a kind of job."""

    names = Names("ProcessingJob")

    def __init__(self, context: Context):
        self._context = context

    def check(self, request: dict) -> dict:
        if not _entry_point(self._context, request, self.image_uri(request)):
            message = "The image names no entry point: give AppSpecification.ContainerEntrypoint."
            raise AwsError("ValidationException", message)
        check_volume_key(request["ProcessingResources"]["ClusterConfig"])
        for source in request.get("ProcessingInputs", []):
            if "S3Input" not in source:
                message = f"ProcessingInput {source['InputName']}: only S3Input is supported."
                raise AwsError("ValidationException", message)
        return {"StoppingCondition": {"MaxRuntimeInSeconds": DAY}, **request}

    def image_uri(self, job: dict) -> str:
        return job["AppSpecification"]["ImageUri"]

    def resources(self, job: dict) -> Resources:
        cluster = job["ProcessingResources"]["ClusterConfig"]
        return Resources(cluster["InstanceType"], cluster["InstanceCount"])


class ProcessingRun(JobRun):
    """One processing job while it runs."""

    failure_file = "output/message"

    def prepare(self, containers: list[Container]) -> None:
        hosts = [container.host for container in containers]
        config = {key: value for key, value in self.job.items() if not _is_time(value)}
        for index, container in enumerate(containers):
            resources = {"current_host": container.host, "hosts": hosts}
            container.write_config("config/resourceconfig.json", resources)
            container.write_config("config/processingjobconfig.json", config)
            for source in self.job.get("ProcessingInputs", []):
                self._stage(source["S3Input"], container, index, len(hosts))
            for output in self._outputs():
                container.path(output["LocalPath"]).mkdir(parents=True, exist_ok=True)

    def _stage(self, source: dict, container: Container, host_index: int, hosts: int) -> None:
        objects = objects_of(self.store, source)
        distribution = source.get("S3DataDistributionType", "FullyReplicated")
        folder = container.path(source["LocalPath"])
        folder.mkdir(parents=True, exist_ok=True)
        container.stage(share_of(objects, host_index, hosts, distribution), folder)

    def command(self, container: Container) -> tuple[list[str], dict[str, str]]:
        app = self.job["AppSpecification"]
        entry_point = _entry_point(self.parts.context, self.job, app["ImageUri"])
        command = [*entry_point, *app.get("ContainerArguments", [])]
        arn = {"PROCESSING_JOB_ARN": self.job["ProcessingJobArn"]}
        return command, {**arn, **self.job.get("Environment", {})}

    def keep(self, containers: list[Container], status: str) -> None:
        for container in containers:
            for output in self._outputs():
                self._take(output, container)
            message = read_head(container.ml / "output/message", 4096).decode(errors="replace")
            if status == "Completed" and message:
                self.records.set(self.name, ExitMessage=message[:1024])

    def _take(self, output: dict, container: Container) -> None:
        folder = container.path(output["LocalPath"])
        bucket, _, prefix = output["S3Uri"].removeprefix("s3://").partition("/")
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                key = f"{prefix.rstrip('/')}/{path.relative_to(folder).as_posix()}"
                self.store.put(bucket, key.lstrip("/"), path)

    def _outputs(self) -> list[dict]:
        outputs = self.job.get("ProcessingOutputConfig", {}).get("Outputs", [])
        return [output["S3Output"] for output in outputs if "S3Output" in output]


def _entry_point(context: Context, job: dict, image_uri: str) -> Sequence[str]:
    """Return a job's entry point, or else that of its image."""
    named = job["AppSpecification"].get("ContainerEntrypoint")
    return named or find(context, image_uri).entry_point


def _is_time(value: object) -> bool:
    return hasattr(value, "timestamp")
