"""Training jobs: channels in, a model archive out, states and metrics on the way."""

import io
import json
import tarfile

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.jobs.requests import channel, training, wait_for
from tests.local_cloud import BUCKET


@pytest.fixture
def run(client):
    """Return a function that runs a program as a training job and returns its description."""

    def run(script, **about):
        sagemaker = client("sagemaker")
        sagemaker.create_training_job(**training("job", script, **about))
        return wait_for(sagemaker, "TrainingJob", "job")

    return run


def test_the_model_folder_becomes_an_archive_in_s3(aws, run):
    job = run("open('/opt/ml/model/weights', 'w').write('w')")
    uri = job["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == f"s3://{BUCKET}/models/job/output/model.tar.gz"
    data = aws.store.read(BUCKET, "models/job/output/model.tar.gz")
    assert tarfile.open(fileobj=io.BytesIO(data)).getnames() == ["weights"]


def test_a_link_in_the_model_folder_becomes_what_it_leads_to(aws, run):
    run(
        "import os; folder = '/opt/ml/model/'; open(folder + 'weights', 'w').write('w')\n"
        "os.symlink(folder + 'weights', folder + 'latest')"
    )
    data = aws.store.read(BUCKET, "models/job/output/model.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        assert {m.name: tar.extractfile(m).read() for m in tar if m.isreg()} == {
            "weights": b"w",
            "latest": b"w",
        }


def test_a_job_passes_through_its_states_in_order(run):
    job = run("pass")
    states = [each["Status"] for each in job["SecondaryStatusTransitions"]]
    assert states == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert job["TrainingStartTime"] <= job["TrainingEndTime"]


def test_hyperparameters_and_channels_lie_where_the_contract_says(aws, run):
    aws.store.put(BUCKET, "shards/train/a.tar", b"a")
    read = "print(open('/opt/ml/input/config/{}.json').read().replace(chr(10), ' '))"
    script = "\n".join(read.format(name) for name in ("hyperparameters", "inputdataconfig"))
    listing = "\nimport os; print(os.listdir('/opt/ml/input/data/shards/train'))"
    channels = [channel("shards", "shards/")]
    run(script + listing, HyperParameters={"lr": "0.1"}, InputDataConfig=channels)
    log = aws.engines.logs.filter_log_events({"logGroupName": "/aws/sagemaker/TrainingJobs"})
    texts = [event["message"] for event in log["events"]]
    assert json.loads(texts[0]) == {"lr": "0.1"}
    assert json.loads(texts[1])["shards"]["TrainingInputMode"] == "File"
    assert texts[2] == "['a.tar']"


def test_the_last_value_of_each_metric_is_kept(run):
    job = run(
        "print('loss=2.5; acc=0.1')\nprint('loss=1.5; acc=oops')",
        metrics=[("loss", r"loss=([0-9.]+)"), ("acc", r"acc=(\S+)")],
    )
    found = {each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]}
    assert found == {"loss": 1.5, "acc": pytest.approx(0.1)}


def test_a_failure_keeps_its_reason_and_what_was_written(aws, run):
    script = "open('/opt/ml/output/data/log', 'w').write('x')\n1 / 0"
    job = run(script)
    assert (
        job["FailureReason"] == "AlgorithmError: ZeroDivisionError: division by zero, exit code: 1"
    )
    assert aws.store.info(BUCKET, "models/job/output/output.tar.gz").size > 0


def test_a_killed_process_is_named_as_such(run):
    job = run("import os\nos.kill(os.getpid(), 9)")
    assert "ended by signal 9" in job["FailureReason"]


def test_a_job_that_runs_too_long_is_stopped_with_its_checkpoint_kept(aws, run):
    script = """
import signal, sys, time
def end(*_):
    open('/opt/ml/checkpoints/last', 'w').write('step 7')
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
time.sleep(60)
"""
    keep = {"S3Uri": f"s3://{BUCKET}/checkpoints", "LocalPath": "/opt/ml/checkpoints"}
    job = run(script, seconds=2, CheckpointConfig=keep)
    assert job["TrainingJobStatus"] == "Stopped"
    assert aws.store.read(BUCKET, "checkpoints/last") == b"step 7"


def test_an_unknown_job_is_not_found(client):
    with pytest.raises(ClientError, match="Requested resource not found"):
        client("sagemaker").describe_training_job(TrainingJobName="nobody")
