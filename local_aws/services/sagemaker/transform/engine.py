"""Transform jobs: a model's servers answer the objects of a data source, each with an output.

Left out: RecordIO and TFRecord, augmented manifests, experiments, the choice of an AMI, GPUs. The
outputs of files that were answered before a job is stopped stay, as those of one that fails.
"""

from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.hosting.models import Models
from local_aws.services.sagemaker.jobs.job_run import Run
from local_aws.services.sagemaker.jobs.jobs import Jobs
from local_aws.services.sagemaker.transform.attempt import TransformAttempt
from local_aws.services.sagemaker.transform.requests import MEMBERS, TransformKind
from local_aws.wire.listing import CHANGED, LISTED

OPERATIONS = {
    "sagemaker": {
        "CreateTransformJob": MEMBERS,
        "DescribeTransformJob": "TransformJobName",
        "ListTransformJobs": f"{LISTED} {CHANGED}",
        "StopTransformJob": "TransformJobName",
    },
}


class Transform(Engine):
    """Executes the operations on transform jobs."""

    name, operations = "transform", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        kind = TransformKind(parts.engine(Models))
        self.jobs = Jobs(parts, kind, Run, TransformAttempt)

    def create_transform_job(self, request: dict) -> dict:
        return self.jobs.create(request)

    def describe_transform_job(self, request: dict) -> dict:
        return self.jobs.describe(request)

    def list_transform_jobs(self, request: dict) -> dict:
        return self.jobs.list(request)

    def stop_transform_job(self, request: dict) -> dict:
        return self.jobs.stop(request)

    def recover(self) -> None:
        self.jobs.runner.recover()

    def shut_down(self) -> None:
        self.jobs.runner.shut_down()
