"""SageMaker's resources are listed with tags; versions go by their group, and jobs once stopped."""

import pytest
from botocore.exceptions import ClientError

from helpers.resources import sagemaker as kinds
from helpers.resources.kind import Busy
from helpers.session import client as course_client
from tests.local_aws.services.sagemaker.jobs.requests import training, until

OURS = "birds-and-bins-birds"


def test_versions_are_the_courses_where_their_group_is(client, config):
    for sagemaker, name in (
        (client("sagemaker"), f"{OURS}-theirs"),
        (course_client(config, "sagemaker"), OURS),
    ):
        sagemaker.create_model_package_group(ModelPackageGroupName=name)
        sagemaker.create_model_package(ModelPackageGroupName=name)
    assert [each.name for each in kinds.packages(config)] == [f"{OURS}/1"]
    kinds.delete_package(config, f"{OURS}/1")
    assert not list(kinds.packages(config))


def test_a_running_job_is_stopped_and_busy_until_it_has_ended(config):
    sagemaker = course_client(config, "sagemaker")
    sagemaker.create_training_job(**training(OURS, "import time; time.sleep(99)"))
    job = kinds.job("TrainingJob")
    with pytest.raises(Busy, match="stopped"):
        job.delete(config, OURS)

    def is_deleted():
        try:
            job.delete(config, OURS)
        except Busy:
            return False
        return True

    assert until(is_deleted) and not list(job.own(config))


def test_an_endpoint_that_is_not_there_is_no_busy_one(config):
    with pytest.raises(ClientError, match="Could not find"):
        kinds.delete_endpoint(config, OURS)
