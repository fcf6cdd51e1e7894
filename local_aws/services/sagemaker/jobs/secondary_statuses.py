"""The secondary statuses of a training job, their messages and times; pure documents.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_SecondaryStatusTransition.html
"""

from datetime import datetime

MESSAGES = {
    "Starting": "Launching requested ML instances",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Interrupted": "Managed spot training interrupted: its instances were taken back",
    "Restarting": "Restarting the training job after an internal error",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopping": "Stopping the training job",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
    "MaxWaitTimeExceeded": "Training job runtime exceeded MaxWaitTimeInSeconds provided",
}
REUSED = "Found matching resource for reuse"
RETAINED = "Resource retained for reuse"


def enter(job: dict, status: str, time: datetime) -> None:
    """End the present secondary status, and begin the next."""
    statuses = job.setdefault("SecondaryStatusTransitions", [])
    if statuses:
        statuses[-1]["EndTime"] = time
    statuses.append({"Status": status, "StartTime": time, "StatusMessage": MESSAGES[status]})
    job["SecondaryStatus"], job["LastModifiedTime"] = status, time


def amend(job: dict, message: str) -> None:
    """Change the message of a job's present secondary status."""
    job["SecondaryStatusTransitions"][-1]["StatusMessage"] = message
