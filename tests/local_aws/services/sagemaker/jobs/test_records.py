"""A job's document: not found, not stopped again, not deleted while it runs."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.jobs.requests import training, wait_for


def test_a_job_that_has_ended_can_not_be_stopped_again(client):
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("job", "pass"))
    wait_for(sagemaker, "TrainingJob", "job")
    with pytest.raises(ClientError, match="in status Completed"):
        sagemaker.stop_training_job(TrainingJobName="job")
    assert wait_for(sagemaker, "TrainingJob", "job")["TrainingJobStatus"] == "Completed"


def test_a_running_job_can_not_be_deleted(client):
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("job", "import time; time.sleep(60)"))
    with pytest.raises(ClientError, match="still running"):
        sagemaker.delete_training_job(TrainingJobName="job")


def test_an_unknown_job_is_not_found(client):
    with pytest.raises(ClientError, match="Requested resource not found"):
        client("sagemaker").describe_training_job(TrainingJobName="nobody")
