"""A training job's secondary statuses follow one another, each with its times."""

from datetime import UTC, datetime, timedelta

from local_aws.services.sagemaker.jobs import secondary_statuses
from tests.local_aws.services.sagemaker.jobs.requests import run_training


def test_a_job_passes_through_its_states_in_order(client):
    job = run_training(client("sagemaker"), "pass")
    states = [each["Status"] for each in job["SecondaryStatusTransitions"]]
    assert states == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert job["TrainingStartTime"] <= job["TrainingEndTime"]


def test_a_status_ends_as_the_next_begins_and_its_message_may_be_amended():
    job, begun = {}, datetime(2026, 7, 1, tzinfo=UTC)
    secondary_statuses.enter(job, "Starting", begun)
    secondary_statuses.amend(job, secondary_statuses.REUSED)
    ended = begun + timedelta(seconds=3)
    secondary_statuses.enter(job, "Downloading", ended)
    first, second = job["SecondaryStatusTransitions"]
    assert (first["EndTime"], second["StartTime"]) == (ended, ended) and "EndTime" not in second
    assert first["StatusMessage"] == secondary_statuses.REUSED
    assert (job["SecondaryStatus"], job["LastModifiedTime"]) == ("Downloading", ended)
