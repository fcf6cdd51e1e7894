"""The sharding job on two instances of the local AWS, one of which is killed half-way."""

import os
import re
import signal
import time
from pathlib import Path

import pytest

from helpers.container_images import processing_image
from helpers.job_code import COURSE, ship
from helpers.s3 import upload_folder
from scripts_process import shard
from tests.local_aws.services.sagemaker.jobs.requests import processing, wait_for
from tests.local_cloud import BUCKET
from tests.toy import Toy, make_raw

JOB = """
import os
import time

import shard
from toy import Toy


class Slow(Toy):
    def samples(self, record, data, store):
        time.sleep(0.1)
        return super().samples(record, data, store)


print("pid", os.getpid(), flush=True)
shard.main(shard.parse_args(), Slow(2))
"""
OPTIONS = ("--dataset", "birds", "--records-per-shard", "5")


@pytest.fixture
def start(aws, client, config, tmp_path):
    """Return a function that starts the job, slowed down, under a name."""
    code = ship("scripts_process/shard.py", "tests/toy.py")
    upload_folder(client("s3"), code, f"s3://{BUCKET}/course")
    upload_folder(client("s3"), make_raw(tmp_path / "raw", 100), f"s3://{BUCKET}/raw")
    aws.store.put(BUCKET, "code/run.py", JOB.encode())

    def start(name: str) -> None:
        places = ("--raw", f"s3://{BUCKET}/raw", "--output", f"s3://{BUCKET}/shards")
        job = processing(name, *OPTIONS, *places, "--processes", "1", count=2)
        job["AppSpecification"]["ImageUri"] = processing_image(config)
        kind = {"S3DataType": "S3Prefix", "S3InputMode": "File"}
        source = {"S3Uri": f"s3://{BUCKET}/course/", "LocalPath": COURSE, **kind}
        job["ProcessingInputs"].append({"InputName": "course", "S3Input": source})
        client("sagemaker").create_processing_job(**job, Environment={"PYTHONPATH": COURSE})

    return start


def made(aws) -> dict[str, bytes]:
    """Return what lies in the output, by key."""
    keys = [info.key for info in aws.store.list(BUCKET, "shards/")]
    return {key.removeprefix("shards/"): aws.store.read(BUCKET, key) for key in keys}


def log(aws, name: str, host: str) -> str:
    group = {"logGroupName": "/aws/sagemaker/ProcessingJobs", "logStreamNamePrefix": name}
    events = aws.engines.logs.filter_log_events(group)["events"]
    return "\n".join(e["message"] for e in events if host in e["logStreamName"])


@pytest.mark.slow
def test_a_killed_instance_fails_the_job_and_the_next_run_ends_as_if_undisturbed(
    aws, client, start, tmp_path
):
    raw, whole = str(tmp_path / "raw"), tmp_path / "whole"
    shard.main(shard.parse_args([*OPTIONS, "--raw", raw, "--output", str(whole)]), Toy(2))
    undisturbed = {p.relative_to(whole).as_posix(): p for p in whole.rglob("*") if p.is_file()}

    start("killed")
    deadline = time.monotonic() + 60
    while sum(key.endswith(".json") for key in made(aws)) < 6:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(int(re.search(r"pid (\d+)", log(aws, "killed", "algo-2"))[1]), signal.SIGKILL)
    killed = wait_for(client("sagemaker"), "ProcessingJob", "killed")
    assert killed["ProcessingJobStatus"] == "Failed" and "signal 9" in killed["FailureReason"]
    half = made(aws)
    assert 6 <= len(half) < len(undisturbed) and "manifest.json" not in half

    start("again")
    again = wait_for(client("sagemaker"), "ProcessingJob", "again")
    assert again["ProcessingJobStatus"] == "Completed", again.get("FailureReason")
    assert made(aws) == {key: Path(path).read_bytes() for key, path in undisturbed.items()}
    done = int(re.search(r"(\d+) are done", log(aws, "again", "algo-1"))[1])
    assert done == sum(key.endswith(".json") for key in half)
