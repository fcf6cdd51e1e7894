"""Jobs run in threads: they can be stopped at any moment, and end with the server."""

import threading
import time

import pytest

from local_aws.services.sagemaker.jobs.training_run import TrainingRun
from tests.local_aws.services.sagemaker.jobs.requests import processing, training, wait_for
from tests.local_cloud import BUCKET


@pytest.fixture
def held(monkeypatch):
    """Hold every training job between its preparation and its start until the event is set."""
    go, prepare = threading.Event(), TrainingRun.prepare

    def slow(*arguments):
        prepare(*arguments)
        go.wait(30)

    monkeypatch.setattr(TrainingRun, "prepare", slow)
    yield go
    go.set()


def test_a_job_stopped_while_it_is_prepared_never_starts(aws, client, held):
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("job", "print('started')"))
    sagemaker.stop_training_job(TrainingJobName="job")
    held.set()
    assert wait_for(sagemaker, "TrainingJob", "job")["TrainingJobStatus"] == "Stopped"
    assert not aws.engines.logs.describe_log_groups({})["logGroups"]


def test_a_job_that_is_prepared_while_the_server_ends_never_starts(aws, client, held):
    client("sagemaker").create_training_job(**training("job", "print('started')"))
    ending = threading.Thread(target=aws.engines.training.shut_down)
    ending.start()
    time.sleep(0.1)
    held.set()
    ending.join()
    assert aws.engines.training.jobs.records.get("job")["TrainingJobStatus"] == "Stopped"
    assert not aws.engines.logs.describe_log_groups({})["logGroups"]


def test_a_processing_and_a_training_job_of_one_name_do_not_meet(aws, client):
    aws.store.put(
        BUCKET, "code/run.py", b"import time; time.sleep(1)\nprint(open(__file__).read())"
    )
    sagemaker = client("sagemaker")
    sagemaker.create_processing_job(**processing("job"))
    sagemaker.create_training_job(**training("job", "pass"))
    assert wait_for(sagemaker, "TrainingJob", "job")["TrainingJobStatus"] == "Completed"
    assert wait_for(sagemaker, "ProcessingJob", "job")["ProcessingJobStatus"] == "Completed"
