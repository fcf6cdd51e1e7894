"""Training jobs: their operations, documents and quotas; runs none.

Contract: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html
Left out: file system data sources, VPCs, keys, network isolation, heterogeneous clusters, the
debugger and the profiler.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.jobs import billing, secondary_statuses, training_request
from local_aws.services.sagemaker.jobs.admission import Demand
from local_aws.services.sagemaker.jobs.job_kind import JobKind, Names, Resources
from local_aws.services.sagemaker.jobs.jobs import Jobs
from local_aws.services.sagemaker.jobs.pools import Pools, is_kept, keep_alive
from local_aws.services.sagemaker.jobs.training_request import ALGORITHM, MEMBERS
from local_aws.services.sagemaker.jobs.training_run import TrainingRun
from local_aws.state.collection import Collection, public
from local_aws.wire.listing import CHANGED, LISTED

OPERATIONS = {
    "sagemaker": {
        "CreateTrainingJob": f"""TrainingJobName HyperParameters Tags(*) {MEMBERS}
            AlgorithmSpecification({ALGORITHM} ContainerEntrypoint ContainerArguments)""",
        "DescribeTrainingJob": "TrainingJobName",
        "ListTrainingJobs": f"{LISTED} {CHANGED} WarmPoolStatusEquals",
        "StopTrainingJob": "TrainingJobName",
        "UpdateTrainingJob": "TrainingJobName ResourceConfig(KeepAlivePeriodInSeconds)",
        "DeleteTrainingJob": "TrainingJobName",
    },
}


class Training(Engine):
    """Executes the operations on training jobs."""

    name, operations = "training", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        documents = Collection(parts.documents, TrainingKind.names.kind)
        self.pools = Pools(documents, parts.clock)
        self.jobs = Jobs(parts, TrainingKind(self.pools), partial(TrainingRun, pools=self.pools))

    def create_training_job(self, request: dict) -> dict:
        return self.jobs.create(request)

    def create_trial(self, request: dict, tuning: str, parallel: int) -> dict:
        """Create a training job as a trial of the tuning job with an ARN, one of so many at a time.

        They share this machine's cores.
        """
        return self.jobs.create({**request, "TuningJobArn": tuning, "_parallel": parallel})

    def describe_training_job(self, request: dict) -> dict:
        job = self.jobs.records.get(request["TrainingJobName"])
        if "WarmPoolStatus" in job:
            job["WarmPoolStatus"] = self.pools.status(job)
        return public(job)

    def list_training_jobs(self, request: dict) -> dict:
        pool_status = request.get("WarmPoolStatusEquals")
        jobs = [
            job
            for job in self.jobs.records.documents
            if not pool_status or job.get("WarmPoolStatus", {}).get("Status") == pool_status
        ]
        rest = {name: request[name] for name in request if name != "WarmPoolStatusEquals"}
        return self.jobs.records.summaries(rest, jobs)

    def update_training_job(self, request: dict) -> dict:
        name = request["TrainingJobName"]
        arn = self.jobs.records.get(name)["TrainingJobArn"]
        if "ResourceConfig" in request:
            self.pools.change(name, request["ResourceConfig"]["KeepAlivePeriodInSeconds"])
        return {"TrainingJobArn": arn}

    def stop_training_job(self, request: dict) -> dict:
        return self.jobs.stop(request)

    def delete_training_job(self, request: dict) -> dict:
        name = request["TrainingJobName"]
        if self.jobs.records.get(name).get("WarmPoolStatus", {}).get("Status") == "Available":
            message = f"TrainingJob {name} retains an Available warm pool: end it first."
            raise AwsError("ResourceInUse", message)
        return self.jobs.delete(request)

    def interrupt(self, name: str) -> None:
        """Take a managed spot job's instances away; it starts again on new ones.

        Raises:
            AwsError: the job does not run, or has no spot instances.
        """
        is_spot = self.jobs.records.get(name).get("EnableManagedSpotTraining")
        if not is_spot or not self.jobs.runner.interrupt(name):
            message = f"{name} does not run on spot instances: only a spot job can be interrupted."
            raise AwsError("ValidationException", message)

    def recover(self) -> None:
        self.jobs.runner.recover()
        self.pools.recover()

    def shut_down(self) -> None:
        # First the pools: instances that jobs release from now on are not kept.
        self.pools.shut_down()
        self.jobs.runner.shut_down()


class TrainingKind(JobKind):
    """Training jobs as a kind of job."""

    names = Names("TrainingJob")
    missing = "ValidationException"

    def __init__(self, pools: Pools):
        self._pools = pools

    def check(self, request: dict) -> dict:
        training_request.check(request)
        return training_request.filled(request)

    def resources(self, job: dict) -> Resources:
        resources = job["ResourceConfig"]
        return Resources(resources.get("InstanceType", ""), resources.get("InstanceCount", 1))

    def image_uri(self, job: dict) -> str:
        return job["AlgorithmSpecification"]["TrainingImage"]

    def demands(self, request: dict, jobs: Iterable[dict]) -> list[Demand]:
        jobs, is_spot = list(jobs), request["EnableManagedSpotTraining"]
        instance_type, count = self.resources(request)
        alike = [job for job in jobs if job.get("EnableManagedSpotTraining") == is_spot]
        use = "spot training job" if is_spot else "training job"
        used = self.in_use(instance_type, alike)
        demands = [Demand(instance_type, use, used, count)]
        if keep_alive(request) and not self._pools.has_for(request):
            kept = [self.resources(job) for job in jobs if is_kept(job)]
            used = sum(each.count for each in kept if each.instance_type == instance_type)
            demands.append(Demand(instance_type, "training warm pool", used, count))
        return demands

    def note_creation(self, job: dict, time: datetime) -> None:
        secondary_statuses.enter(job, "Starting", time)
        if keep_alive(job):
            job["WarmPoolStatus"] = {"Status": "InUse"}

    def note_stop(self, job: dict, time: datetime) -> None:
        secondary_statuses.enter(job, "Stopping", time)

    def note_end(self, job: dict, time: datetime) -> None:
        secondary_statuses.enter(job, job.pop("_ended", job["TrainingJobStatus"]), time)
        billing.bill(job, time)
        if self._pools.waits(job["TrainingJobName"]):
            secondary_statuses.amend(job, secondary_statuses.RETAINED)
