"""Each call of the course's clients is written down, as it was and without a secret; none fails."""

import dataclasses
import json
import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from helpers.evidence.journal import read
from helpers.evidence.recorder import Recorder
from helpers.session import athena_connection, boto_session, client, sagemaker_session
from local_aws.state.faults import Fault
from tests import planted
from tests.local_cloud import write_log


@pytest.fixture
def recorded(config, tmp_path):
    """Return the settings of a run that is written down."""
    return dataclasses.replace(config, transcript=tmp_path / "t.jsonl", notebook="02")


def calls(config):
    """Return the calls that were written down; the file has a run, and no broken line."""
    records, broken = read(config.transcript)
    assert not broken and [r["run"]["notebook"] for r in records if "run" in r]
    return [record for record in records if "call" in record]


def test_a_call_is_written_with_its_shapes_and_time(recorded):
    client(recorded, "s3").put_object(Bucket=recorded.bucket, Key="k", Body=b"abc")
    (call,) = calls(recorded)
    assert (call["service"], call["operation"], call["status"]) == ("s3", "PutObject", 200)
    assert call["request"].keys() == {"Bucket", "Key", "Body"}
    assert call["answer"]["ServerSideEncryption"] == "enum=AES256"
    assert call["call"] == 1 and call["seconds"] >= 0 and "retried" not in call


def test_of_planted_secrets_none_is_shown(recorded):
    s3, iam = client(recorded, "s3"), client(recorded, "iam")
    s3.create_bucket(Bucket=planted.BUCKET)
    place = {"Bucket": planted.BUCKET, "Key": f"{planted.JOB}/{planted.EMAIL}"}
    s3.put_object(**place, Body=planted.RECORDING, Metadata={"owner": planted.EMAIL})
    assert s3.get_object(**place)["Body"].read() == planted.RECORDING
    s3.delete_objects(Bucket=planted.BUCKET, Delete={"Objects": [{"Key": planted.PATH}]})
    s3.list_objects_v2(Bucket=planted.BUCKET)
    s3.generate_presigned_url("get_object", Params=place)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [], "Id": planted.SECRET_KEY})
    iam.create_role(RoleName=planted.JOB, AssumeRolePolicyDocument=policy, Path="/")
    client(recorded, "sts").get_caller_identity()
    failing = (
        lambda: s3.get_object(Bucket=planted.BUCKET, Key=planted.JOB),
        lambda: s3.head_bucket(Bucket=planted.BUCKET + "x"),
        lambda: iam.get_role(RoleName=planted.JOB + "x"),
        lambda: client(recorded, "sagemaker").describe_training_job(TrainingJobName=planted.JOB),
        lambda: client(recorded, "logs").get_log_events(logGroupName="/x", logStreamName="y"),
    )
    for send in failing:
        with pytest.raises(ClientError):
            send()
    with pytest.raises(Exception, match="zqjob"):
        athena_connection(recorded).cursor().execute(f'SELECT * FROM "{planted.JOB}"."t"')
    text = recorded.transcript.read_text()
    assert planted.shown_of(text) == []
    assert len(calls(recorded)) >= 14
    secrets = boto_session(recorded).get_credentials()
    for own in (secrets.access_key, secrets.secret_key, recorded.bucket, recorded.endpoint_url):
        assert own not in text


def test_of_what_a_job_printed_not_even_its_words_are_shown(aws, recorded):
    write_log(aws, "/aws/sagemaker/TrainingJobs", "a", ["the training job does not exist"])
    place = {"logGroupName": "/aws/sagemaker/TrainingJobs"}
    events = client(recorded, "logs").filter_log_events(**place)["events"]
    assert events[0]["message"] == "the training job does not exist"
    (call,) = calls(recorded)
    assert call["answer"]["events"]["of"][0]["message"].startswith("string=<value-")


def test_equal_names_stay_equal_in_another_process_too(recorded):
    client(recorded, "s3").head_bucket(Bucket=recorded.bucket)
    other = dataclasses.replace(recorded, notebook="04")
    boto_session(other).client("s3").head_bucket(Bucket=recorded.bucket)
    assert len({call["request"]["Bucket"] for call in calls(recorded)}) == 1


def test_a_call_is_written_once_whatever_else_is_changed_in_the_settings(recorded):
    for pause in (1.0, 2.0):
        changed = dataclasses.replace(recorded, poll_seconds=pause)
        boto_session(changed).client("s3").head_bucket(Bucket=recorded.bucket)
    assert len(calls(recorded)) == 2


def test_an_error_is_written_with_its_code_and_wording(recorded):
    with pytest.raises(ClientError):
        client(recorded, "s3").get_object(Bucket="no-such-bucket-at-all", Key="k")
    (call,) = calls(recorded)
    assert (call["status"], call["code"]) == (404, "NoSuchBucket")
    assert call["message"].startswith("The specified bucket does not exist")


def test_attempts_that_failed_are_written(aws, recorded):
    aws.parts.faults.set([Fault("throttled", "s3", "ListObjectsV2", times=2)])
    client(recorded, "s3").list_objects_v2(Bucket=recorded.bucket)
    (call,) = calls(recorded)
    assert [attempt["status"] for attempt in call["retried"]] == [503, 503]
    assert {attempt["code"] for attempt in call["retried"]} == {"SlowDown"}
    assert call["status"] == 200


def test_a_connection_that_breaks_is_written(aws, recorded):
    aws.parts.faults.set([Fault("dropped", "s3", "ListBuckets")])
    with pytest.raises(BotoCoreError) as failure:
        client(recorded, "s3").list_buckets()
    (call,) = calls(recorded)
    assert call["exception"] == failure.type.__name__
    assert call["retried"][0]["exception"] == call["exception"]


def test_the_sdks_own_clients_and_athenas_are_heard(recorded):
    from sagemaker.core.resources import TrainingJob

    session = sagemaker_session(recorded)
    session.account_id()
    list(TrainingJob.get_all(session=session.boto_session, region=recorded.region))
    athena_connection(recorded).cursor().execute("SELECT 1").fetchall()
    operations = {call["operation"] for call in calls(recorded)}
    assert {"GetCallerIdentity", "ListTrainingJobs", "StartQueryExecution"} <= operations


def test_threads_write_whole_lines_with_numbers_of_their_own(recorded):
    s3 = client(recorded, "s3")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: s3.head_bucket(Bucket=recorded.bucket), range(40)))
    assert sorted(call["call"] for call in calls(recorded)) == list(range(1, 41))


def test_a_full_disk_is_told_once_and_fails_nothing(recorded, caplog):
    recorded.transcript.symlink_to("/dev/full")
    with caplog.at_level(logging.WARNING, "helpers.evidence"):
        for _ in range(3):
            client(recorded, "s3").head_bucket(Bucket=recorded.bucket)
    assert [record.getMessage() for record in caplog.records] == [
        "The transcript is not whole: [Errno 28] No space left on device; the course goes on"
    ]


def test_a_disk_that_fills_up_later_is_told_once_too(recorded, caplog, monkeypatch):
    s3 = client(recorded, "s3")
    s3.head_bucket(Bucket=recorded.bucket)
    monkeypatch.setattr("helpers.evidence.journal.os.write", lambda *_: 3)
    for _ in range(3):
        s3.head_bucket(Bucket=recorded.bucket)
    assert len(caplog.records) == 1 and len(calls(recorded)) == 1


def test_a_folder_that_is_missing_fails_nothing(config, tmp_path, caplog):
    lost = dataclasses.replace(config, transcript=tmp_path / "none" / "t.jsonl")
    client(lost, "s3").head_bucket(Bucket=config.bucket)
    assert len(caplog.records) == 1


def test_a_fault_of_the_recorder_itself_fails_no_call(config, tmp_path, caplog):
    recorder = Recorder(tmp_path / "t.jsonl", {})
    session = boto_session(config)
    recorder.attach(session.events)
    recorder._texts.shown = None
    for _ in range(2):
        session.client("s3").head_bucket(Bucket=config.bucket)
    assert len(caplog.records) == 1 and "goes on" in caplog.text


OFF = """
import os, sys
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"  # else it looks for an instance's credentials
from helpers.config import Config
from helpers.session import client
client(Config("aws", "birds", "us-east-1", "b", "r"), "s3")
print([name for name in sys.modules if name.startswith("helpers.evidence")])
"""


def test_it_is_off_by_default_and_then_not_even_imported():
    done = subprocess.run([sys.executable, "-c", OFF], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
