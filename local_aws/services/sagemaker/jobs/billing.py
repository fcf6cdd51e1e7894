"""A training job's training time and billable time, on demand and on spot; pure documents.

Times are of the local AWS's clock. MaxRuntimeInSeconds counts it between two attempts alone; within
an attempt real seconds count (instances/group.py).

https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
"""

from datetime import datetime

from local_aws.errors import AwsError
from local_aws.services.sagemaker.jobs.pools import keep_alive

SPOT_SHARE = 0.3
"""Share of the on-demand price for spot instances; AWS's price changes daily."""


def check(request: dict) -> None:
    """Refuse stopping conditions that don't fit spot training, or need it.

    Raises:
        AwsError: in AWS's words.
    """
    limits = request.get("StoppingCondition", {})
    wait, run = limits.get("MaxWaitTimeInSeconds"), limits.get("MaxRuntimeInSeconds", 86400)
    message = None
    if request.get("EnableManagedSpotTraining"):
        if not wait or wait < run:
            message = (
                "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to"
                " MaxRuntimeInSeconds"
            )
        elif keep_alive(request):
            message = "KeepAlivePeriodInSeconds is not supported with managed spot training."
    elif wait:
        message = "Invalid MaxWaitTimeInSeconds. It is for managed spot training alone."
    if message:
        raise AwsError("ValidationException", message)


def begin(job: dict, time: datetime) -> None:
    """Record the launch of a job's instances."""
    job["_since"] = time
    job.setdefault("TrainingStartTime", job["_since"])


def pause(job: dict, time: datetime) -> None:
    """Record the release of a job's instances."""
    if since := job.pop("_since", None):
        job["_ran"] = job.get("_ran", 0.0) + (time - since).total_seconds()


def bill(job: dict, time: datetime) -> None:
    """Set a job's training and billable time at its end."""
    pause(job, time)
    if "_ran" in job:
        share = SPOT_SHARE if job.get("EnableManagedSpotTraining") else 1.0
        job["TrainingTimeInSeconds"] = max(1, round(job["_ran"]))
        job["BillableTimeInSeconds"] = max(1, round(job["_ran"] * share))


def seconds_left(job: dict, time: datetime) -> tuple[float, str]:
    """Return the seconds that a job may still run, and its status after a timeout."""
    limits = job["StoppingCondition"]
    ran = job.get("_ran", 0.0)
    if since := job.get("_since"):
        ran += (time - since).total_seconds()
    left = limits["MaxRuntimeInSeconds"] - ran, "MaxRuntimeExceeded"
    if wait := limits.get("MaxWaitTimeInSeconds"):
        waited = (time - job["CreationTime"]).total_seconds()
        left = min(left, (wait - waited, "MaxWaitTimeExceeded"))
    return left
