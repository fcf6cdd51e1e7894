"""What both kinds of jobs share: names, stops at any moment, and no process left behind."""

import os
import threading
import time

import pytest
from botocore.exceptions import ClientError

from local_aws.services.sagemaker.jobs.training_run import TrainingRun
from tests.local_aws.services.sagemaker.jobs.requests import processing, training, wait_for
from tests.local_cloud import BUCKET


def printed(aws, kind="TrainingJob"):
    group = {"logGroupName": f"/aws/sagemaker/{kind}s"}
    return [event["message"] for event in aws.engines.logs.filter_log_events(group)["events"]]


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


def test_a_processing_and_a_training_job_of_one_name_do_not_meet(aws, client):
    aws.store.put(
        BUCKET, "code/run.py", b"import time; time.sleep(1)\nprint(open(__file__).read())"
    )
    sagemaker = client("sagemaker")
    sagemaker.create_processing_job(**processing("job"))
    sagemaker.create_training_job(**training("job", "pass"))
    assert wait_for(sagemaker, "TrainingJob", "job")["TrainingJobStatus"] == "Completed"
    assert wait_for(sagemaker, "ProcessingJob", "job")["ProcessingJobStatus"] == "Completed"


def test_a_process_that_left_the_jobs_session_ends_with_the_job(aws, client):
    script = "import subprocess as s; print(s.Popen(['sleep', '99'], start_new_session=True).pid)"
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("job", script))
    assert wait_for(sagemaker, "TrainingJob", "job")["TrainingJobStatus"] == "Completed"
    with pytest.raises(ProcessLookupError):
        os.kill(int(printed(aws)[0]), 0)


def test_no_log_line_and_no_reason_names_a_path_of_this_machine(aws, client):
    request = training("job", "")
    request["AlgorithmSpecification"]["ContainerEntrypoint"] = ["no-such-command"]
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**request)
    job = wait_for(sagemaker, "TrainingJob", "job")
    said = "\n".join([*printed(aws), job["FailureReason"]])
    assert "No such file or directory: 'no-such-command'" in job["FailureReason"]
    assert str(aws.context.state) not in said and os.getcwd() not in said


def test_a_failed_scripts_reason_survives_an_output_that_can_not_be_kept(aws, client):
    aws.store.put(BUCKET, "code/run.py", b"open('/opt/ml/processing/output/a', 'w')\n1 / 0")
    request = processing("job")
    request["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"] = "s3://no-bucket/x"
    sagemaker = client("sagemaker")
    sagemaker.create_processing_job(**request)
    job = wait_for(sagemaker, "ProcessingJob", "job")
    assert "ZeroDivisionError" in job["FailureReason"]
