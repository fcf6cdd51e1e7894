"""The billable seconds of a training job, and its seconds left."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local_aws.services.sagemaker.jobs import billing
from tests.local_aws.services.sagemaker.jobs.requests import spot


@pytest.mark.parametrize(
    "change, message",
    [
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 9}}, "It must be present"),
        (
            {"StoppingCondition": {"MaxRuntimeInSeconds": 9, "MaxWaitTimeInSeconds": 8}},
            "greater than or equal to MaxRuntimeInSeconds",
        ),
        ({"EnableManagedSpotTraining": False}, "for managed spot training alone"),
    ],
)
def test_waiting_times_that_do_not_fit_are_refused(client, change, message):
    with pytest.raises(ClientError, match=message):
        client("sagemaker").create_training_job(**{**spot("job", "pass"), **change})


def test_spot_instances_are_not_kept(client):
    request = spot("job", "pass")
    request["ResourceConfig"]["KeepAlivePeriodInSeconds"] = 60
    with pytest.raises(ClientError, match="not supported with managed spot"):
        client("sagemaker").create_training_job(**request)


CREATED = datetime(2026, 7, 1, tzinfo=UTC)


def at(seconds):
    """Return the time so many seconds after a job's creation."""
    return CREATED + timedelta(seconds=seconds)


def ran(seconds, **more):
    """Return the document of a job that had instances for its first seconds."""
    limits = {"MaxRuntimeInSeconds": 100, "MaxWaitTimeInSeconds": 150}
    job = {"StoppingCondition": limits, "CreationTime": CREATED, **more}
    billing.begin(job, CREATED)
    billing.pause(job, at(seconds))
    return job


@pytest.mark.parametrize(
    "seconds, left",
    [(40, (70, "MaxRuntimeExceeded")), (130, (20, "MaxWaitTimeExceeded"))],
)
def test_only_the_time_on_instances_counts_for_the_runtime_and_all_of_it_for_the_wait(
    seconds, left
):
    assert billing.seconds_left(ran(30), at(seconds)) == left


@pytest.mark.parametrize("spot, billed", [(False, 40), (True, 12)])
def test_spot_seconds_are_billed_at_their_share_and_those_between_instances_not(spot, billed):
    job = ran(30, EnableManagedSpotTraining=spot)
    billing.begin(job, at(90))
    billing.bill(job, at(100))
    assert (job["TrainingTimeInSeconds"], job["BillableTimeInSeconds"]) == (40, billed)


def test_a_job_that_got_no_instances_is_not_billed():
    job = {}
    billing.bill(job, CREATED)
    assert job == {}
