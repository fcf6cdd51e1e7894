"""Processing jobs: inputs staged from S3, one process an instance, outputs taken to S3.

Contract: https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html
Left out: Athena and Redshift inputs, Feature Store outputs, Continuous upload (all at the end).
"""

from pathlib import Path

from local_aws.errors import AwsError
from local_aws.instances.container import Container, share_of
from local_aws.parts import Parts
from local_aws.services.sagemaker.jobs.engine import DAY, JobEngine
from local_aws.services.sagemaker.jobs.quotas import Quotas
from local_aws.services.sagemaker.jobs.sources import objects_of
from local_aws.state import paths

OPERATIONS = {
    "sagemaker": (
        "CreateProcessingJob",
        "DescribeProcessingJob",
        "ListProcessingJobs",
        "StopProcessingJob",
        "DeleteProcessingJob",
    ),
}


class Processing(JobEngine):
    """The engine of CreateProcessingJob and its kin."""

    name, operations = "processing", OPERATIONS

    failure_file = "output/message"

    def __init__(self, parts: Parts):
        super().__init__("ProcessingJob", parts)

    def create_processing_job(self, request: dict) -> dict:
        if not request["AppSpecification"].get("ContainerEntrypoint"):
            message = "The local AWS runs no image: give AppSpecification.ContainerEntrypoint."
            raise AwsError("ValidationException", message)
        for source in request.get("ProcessingInputs", []):
            if "S3Input" not in source:
                message = f"ProcessingInput {source['InputName']}: only S3Input is supported."
                raise AwsError("ValidationException", message)
        default = {"StoppingCondition": {"MaxRuntimeInSeconds": DAY}}
        self._check_quota(request)
        return self.create({**default, **request}, {})

    def _check_quota(self, request: dict) -> None:
        kind = self.instance_type(request)
        running = [
            self.instance_count(job)
            for job in self.documents
            if job["ProcessingJobStatus"] in ("InProgress", "Stopping")
            and self.instance_type(job) == kind
        ]
        more = self.instance_count(request)
        Quotas(self.context.state).check(kind, "processing job", sum(running), more)

    def describe_processing_job(self, request: dict) -> dict:
        return self.describe(request)

    def list_processing_jobs(self, request: dict) -> dict:
        return self.summaries(request)

    def stop_processing_job(self, request: dict) -> dict:
        return self.stop(request)

    def delete_processing_job(self, request: dict) -> dict:
        return self.delete(request)

    def instance_count(self, job: dict) -> int:
        return job["ProcessingResources"]["ClusterConfig"]["InstanceCount"]

    def instance_type(self, job: dict) -> str:
        return job["ProcessingResources"]["ClusterConfig"]["InstanceType"]

    def prepare(self, name: str, job: dict, folder: Path, hosts: list[str]) -> list[Container]:
        containers = [Container(paths.child(folder, host), host) for host in hosts]
        for place, container in enumerate(containers):
            about = {"current_host": container.host, "hosts": hosts}
            container.write_config("config/resourceconfig.json", about)
            public = {key: value for key, value in job.items() if key != "CreationTime"}
            container.write_config("config/processingjobconfig.json", _jsonable(public))
            for source in job.get("ProcessingInputs", []):
                self._stage(source["S3Input"], container, place, len(hosts))
            for output in _outputs(job):
                container.path(output["LocalPath"]).mkdir(parents=True, exist_ok=True)
        return containers

    def _stage(self, source: dict, container: Container, place: int, hosts: int) -> None:
        objects = objects_of(self.store, source)
        distribution = source.get("S3DataDistributionType", "FullyReplicated")
        folder = container.path(source["LocalPath"])
        folder.mkdir(parents=True, exist_ok=True)
        container.stage(share_of(objects, place, hosts, distribution), folder)

    def command(self, job: dict, container: Container) -> tuple[list[str], dict[str, str]]:
        what = job["AppSpecification"]
        command = [*what["ContainerEntrypoint"], *what.get("ContainerArguments", [])]
        arn = {"PROCESSING_JOB_ARN": job["ProcessingJobArn"]}
        return command, {**arn, **job.get("Environment", {})}

    def keep(self, name: str, job: dict, containers: list[Container], status: str) -> None:
        for container in containers:
            for output in _outputs(job):
                folder = container.path(output["LocalPath"])
                bucket, _, prefix = output["S3Uri"].removeprefix("s3://").partition("/")
                for path in sorted(folder.rglob("*")):
                    if path.is_file():
                        key = f"{prefix.rstrip('/')}/{path.relative_to(folder).as_posix()}"
                        self.store.put(bucket, key.lstrip("/"), path)
            message = container.ml / "output/message"
            if status == "Completed" and message.exists():
                self.set(name, ExitMessage=message.read_text(errors="replace")[:1024])


def _outputs(job: dict) -> list[dict]:
    outputs = job.get("ProcessingOutputConfig", {}).get("Outputs", [])
    return [output["S3Output"] for output in outputs if "S3Output" in output]


def _jsonable(value: dict) -> dict:
    return {key: item for key, item in value.items() if not hasattr(item, "timestamp")}
