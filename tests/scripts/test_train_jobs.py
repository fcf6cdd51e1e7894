"""The real training script as jobs of the local AWS: its input modes, and an instance that dies."""

import io
import json
import os
import signal
import tarfile
import time
from pathlib import Path

import psutil
import pytest

from helpers.job_code import ship
from tests.local_aws.services.sagemaker.jobs.requests import channel, training, wait_for
from tests.local_cloud import BUCKET
from tests.made_shards import make_shards
from tools.course_run import free_port

pytestmark = pytest.mark.slow
LAUNCH = """
pip install -q -r /opt/ml/input/data/code/requirements.txt || exit 1
exec torchrun --nnodes=$1 --nproc_per_node=1 --master_addr=127.0.0.1 --master_port=$2 \\
    --node_rank=$((${CURRENT_HOST#algo-} - 1)) /opt/ml/input/data/code/train.py \\
    --data /opt/ml/input/data/shards --model-dir /opt/ml/model --output-dir /opt/ml/output/data \\
    --failure-file /opt/ml/output/failure --image-size 32 --width 8 --batch-size 16 \\
    --augment no --graph no "${@:3}"
"""


def put(aws, folder: Path, prefix: str) -> None:
    """Put a folder's files below a prefix of the bucket."""
    for path in filter(Path.is_file, folder.rglob("*")):
        aws.store.put(BUCKET, f"{prefix}/{path.relative_to(folder).as_posix()}", path)


@pytest.fixture
def course(aws, tmp_path):
    """Return the local AWS with shards and the training code in its bucket."""
    make_shards(tmp_path / "shards", train=66, validation=20, test=37)
    put(aws, tmp_path / "shards", "shards")
    code = ship(
        "scripts_train/train.py", "scripts_train/requirements.txt", "scripts_inference/inference.py"
    )
    put(aws, code, "code")
    aws.store.put(BUCKET, "code/launch.sh", LAUNCH.encode())
    return aws


def start(sagemaker, name: str, flags: str, *, count: int = 1, mode: str = "File", **more) -> None:
    """Start train.py as a job, a rank on each instance."""
    channels = [channel("code", "code/"), channel("shards", "shards/", InputMode=mode)]
    request = training(name, "", count=count, seconds=600, InputDataConfig=channels, **more)
    about = {
        "ContainerEntrypoint": ["bash", "/opt/ml/input/data/code/launch.sh"],
        "ContainerArguments": [str(count), str(free_port()), *flags.split()],
    }
    request["AlgorithmSpecification"] |= about
    request["Environment"] = {"OMP_NUM_THREADS": "1"}
    sagemaker.create_training_job(**request)


def log(aws, name: str) -> str:
    """Return all that a job printed so far."""
    about = {"logGroupName": "/aws/sagemaker/TrainingJobs", "logStreamNamePrefix": f"{name}/"}
    if not aws.engines.logs.describe_log_groups({})["logGroups"]:
        return ""
    return "\n".join(e["message"] for e in aws.engines.logs.filter_log_events(about)["events"])


def ended(aws, sagemaker, name: str) -> dict:
    """Return the results of a job once it has completed."""
    job = wait_for(sagemaker, "TrainingJob", name, seconds=300)
    assert job["TrainingJobStatus"] == "Completed", job["FailureReason"] + log(aws, name)
    archive = io.BytesIO(aws.store.read(BUCKET, f"models/{name}/output/output.tar.gz"))
    with tarfile.open(fileobj=archive) as tar:
        return json.load(tar.extractfile("metrics.json"))


def test_each_input_mode_trains_and_tests_on_all_samples(course, client):
    sagemaker = client("sagemaker")
    modes = {"File": 1, "FastFile": 1, "Pipe": 2}
    for mode, count in modes.items():
        start(sagemaker, mode, "--epochs 2", count=count, mode=mode)
    results = {mode: ended(course, sagemaker, mode) for mode in modes}
    assert results["File"]["test"] == results["FastFile"]["test"]
    for mode, found in results.items():
        assert sum(map(sum, found["confusion"])) == 37, mode
        assert len(found["history"]) == 2


def processes_of(folder) -> list[psutil.Process]:
    """Return all processes that work in a folder or below it."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd().startswith(str(folder)):
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_until(true, what: str, seconds: float = 120) -> None:
    """Wait for something."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def test_a_killed_instance_fails_the_job_which_goes_on_from_its_checkpoint(course, client):
    sagemaker, flags = client("sagemaker"), "--epochs 5 --patience 5"
    begin = {"count": 2}
    start(sagemaker, "whole", flags, **begin)
    whole = ended(course, sagemaker, "whole")

    begin["CheckpointConfig"] = {"S3Uri": f"s3://{BUCKET}/checkpoints"}
    flags += " --checkpoint-seconds 0 --sync-every 1"
    start(sagemaker, "killed", flags, **begin)
    wait_until(lambda: "epoch=2;" in log(course, "killed"), "two epochs")
    instances = course.context.state / "instances" / "TrainingJob-killed"
    for process in processes_of(instances / "algo-2"):
        os.kill(process.pid, signal.SIGKILL)
    died = time.monotonic()
    job = wait_for(sagemaker, "TrainingJob", "killed", seconds=30)
    assert time.monotonic() - died < 30
    assert job["TrainingJobStatus"] == "Failed"
    assert "signal 9" in job["FailureReason"] or "another rank is gone" in job["FailureReason"]
    assert not processes_of(instances)

    start(sagemaker, "again", flags, **begin)
    again = ended(course, sagemaker, "again")
    assert "Resumed from a checkpoint: epoch" in log(course, "again")
    for a, b in zip(whole["history"], again["history"], strict=True):
        assert a["train_loss"] == pytest.approx(b["train_loss"], abs=1e-4)
    assert whole["test"]["loss"] == pytest.approx(again["test"]["loss"], abs=1e-4)
