"""SageMaker's resources are listed with tags; versions go by their group, and jobs once stopped."""

import pytest
from botocore.exceptions import ClientError

from helpers.resources import sagemaker as kinds
from helpers.resources.kind import Busy
from helpers.session import client as course_client
from tests.local_aws.services.sagemaker.hosting import queues
from tests.local_aws.services.sagemaker.hosting.models import Hosting, archive
from tests.local_aws.services.sagemaker.jobs.requests import training, until
from tests.local_aws.services.sagemaker.transform.jobs import transform
from tests.local_cloud import BUCKET

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


def test_of_jobs_that_can_not_be_deleted_the_running_ones_are_stopped_and_stay(config):
    sagemaker = course_client(config, "sagemaker")
    sagemaker.create_training_job(**training(OURS, "import time; time.sleep(99)"))
    running = kinds.running_job("TrainingJob")
    assert [each.name for each in running.own(config)] == [OURS]
    with pytest.raises(Busy, match="stopped"):
        running.delete(config, OURS)
    assert until(lambda: not list(running.own(config)))
    running.delete(config, OURS)
    assert sagemaker.describe_training_job(TrainingJobName=OURS)["TrainingJobStatus"] == "Stopped"


def test_a_running_transform_job_is_stopped_and_listed_no_more(aws, client, config):
    queues.permit(aws, "s3:*")
    Hosting(aws, client).model(data=archive("import time\ntime.sleep(60)"))
    aws.store.put(BUCKET, "in/a.txt", b"a")
    course_client(config, "sagemaker").create_transform_job(**transform(OURS))
    client("sagemaker").create_transform_job(**transform(f"{OURS}-theirs"))
    kind = kinds.running_job("TransformJob")
    assert [each.name for each in kind.own(config)] == [OURS]
    with pytest.raises(Busy, match="stopped"):
        kind.delete(config, OURS)
    assert until(lambda: not list(kind.own(config)))
    kind.delete(config, OURS)  # the list was late
    job = client("sagemaker").describe_transform_job(TransformJobName=OURS)
    assert job["TransformJobStatus"] == "Stopped"


def test_an_endpoint_that_is_not_there_is_no_busy_one(config):
    with pytest.raises(ClientError, match="Could not find"):
        kinds.delete_endpoint(config, OURS)
