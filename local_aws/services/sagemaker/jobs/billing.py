"""A training job's seconds on instances, and those billed, on demand or as spot; pure documents.

Times are the local AWS's clock's: only between two attempts does it count for MaxRuntimeInSeconds,
within one the machine's own seconds do (instances/group.py).

https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
"""

from datetime import datetime

from local_aws.errors import AwsError
from local_aws.services.sagemaker.jobs.pools import keep_alive

SPOT_SHARE = 0.3
"""Of the on-demand price, which the local AWS bills for spot instances; AWS's own changes daily."""


def check(request: dict) -> None:
    """Refuse stopping conditions that do not go with spot training, or need it.

    Raises:
        AwsError: as AWS words it.
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
    """Note that a job's instances are there."""
    job["_since"] = time
    job.setdefault("TrainingStartTime", job["_since"])


def pause(job: dict, time: datetime) -> None:
    """Note that a job's instances are gone."""
    if since := job.pop("_since", None):
        job["_ran"] = job.get("_ran", 0.0) + (time - since).total_seconds()


def bill(job: dict, time: datetime) -> None:
    """Fill a job's training and billable time at its end."""
    pause(job, time)
    if "_ran" in job:
        share = SPOT_SHARE if job.get("EnableManagedSpotTraining") else 1.0
        job["TrainingTimeInSeconds"] = max(1, round(job["_ran"]))
        job["BillableTimeInSeconds"] = max(1, round(job["_ran"] * share))


def seconds_left(job: dict, time: datetime) -> tuple[float, str]:
    """Return how long a job may go on, and the status it has after that."""
    limits = job["StoppingCondition"]
    ran = job.get("_ran", 0.0)
    if since := job.get("_since"):
        ran += (time - since).total_seconds()
    left = limits["MaxRuntimeInSeconds"] - ran, "MaxRuntimeExceeded"
    if wait := limits.get("MaxWaitTimeInSeconds"):
        waited = (time - job["CreationTime"]).total_seconds()
        left = min(left, (wait - waited, "MaxWaitTimeExceeded"))
    return left
