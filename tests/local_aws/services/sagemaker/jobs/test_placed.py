"""Each object becomes one file on an instance's disk, or the job names one that can't."""

import json

import pytest

from local_aws.errors import AwsError
from local_aws.instances.container import Container, objects_below
from local_aws.services.sagemaker.jobs.channels import link
from tests.local_aws.services.sagemaker.jobs.requests import channel, processing, training, wait_for
from tests.local_cloud import BUCKET

ODD = ["data/../../evil", "data/a/../../../../../evil", "data//x", "data/./x", "data/a/", "data/.."]
CHECKPOINTS = {"S3Uri": f"s3://{BUCKET}/data", "LocalPath": "/opt/ml/checkpoints"}
MANIFEST = [{"prefix": f"s3://{BUCKET}/data/"}, "good", "../../../../evil"]


@pytest.fixture
def disk(tmp_path):
    return Container(tmp_path / "disk", "algo-1")


def staged(aws, disk, how):
    """Stage the bucket's `data/` below the disk's `in`; return the files there."""
    objects = objects_below(aws.store, f"s3://{BUCKET}/data/")
    folder = disk.root / "in"
    link(disk, objects, folder) if how == "link" else disk.stage(objects, folder)
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("key", ODD)
def test_a_key_that_no_path_holds_is_named_and_nothing_is_staged(aws, disk, key):
    aws.store.put(BUCKET, "data/good", b"good")
    aws.store.put(BUCKET, key, b"odd")
    before = set(disk.root.parent.rglob("*"))
    for how in ("copy", "link"):
        with pytest.raises(AwsError) as caught:
            staged(aws, disk, how)
        assert f"s3://{BUCKET}/{key}" in caught.value.message
    assert set(disk.root.parent.rglob("*")) == before


@pytest.mark.parametrize("how", ["copy", "link"])
def test_keys_of_which_one_is_the_others_folder_are_named(aws, disk, how):
    for key in ("data/a", "data/a/b"):
        aws.store.put(BUCKET, key, b"")
    with pytest.raises(AwsError, match="data/a/b.*data/a is a file"):
        staged(aws, disk, how)


@pytest.mark.parametrize("how", ["copy", "link"])
def test_names_that_only_look_odd_are_staged_as_they_are(aws, disk, how):
    names = {"..a", "a..", "...", "a b", "ä/%2E%2E/c", ".hidden", "a\\..\\b", "x" * 255, "*[1]?"}
    for name in names:
        aws.store.put(BUCKET, f"data/{name}", b"")
    assert staged(aws, disk, how) == names


def test_two_objects_that_would_be_one_file_are_named(aws, disk):
    # A prefix without a slash at its end is both a folder and the begin of other names.
    for key in ("a/data/database/x", "a/database/x"):
        aws.store.put(BUCKET, key, key.encode())
    with pytest.raises(AwsError, match="a/database/x.*a/data/database/x"):
        disk.stage(objects_below(aws.store, f"s3://{BUCKET}/a/data"), disk.root / "in")


@pytest.mark.parametrize("path", ["/opt/ml/../x", "/opt/ml/a/../../x", "/x", "opt/ml", "/opt/mlx"])
def test_a_local_path_outside_is_refused(disk, path):
    with pytest.raises(AwsError, match="must be below /opt/ml"):
        disk.path(path)


def test_a_file_whose_name_is_no_key_fails_the_job_that_wrote_it_with_its_name(client):
    script = "open(b'/opt/ml/model/' + bytes([0xff]), 'w')"
    client("sagemaker").create_training_job(
        **training("job", script, CheckpointConfig={**CHECKPOINTS, "LocalPath": "/opt/ml/model"})
    )
    job = wait_for(client("sagemaker"), "TrainingJob", "job")
    assert job["TrainingJobStatus"] == "Failed"
    assert "ClientError: The key 'data/\\udcff' is not UTF-8" in job["FailureReason"]


def requests():
    """Return a request for each way in which objects reach a job, by its job's kind."""
    listed = channel("c", "list.json")
    listed["DataSource"]["S3DataSource"]["S3DataType"] = "ManifestFile"
    yield "ProcessingJob", processing("processing", data="FullyReplicated")
    yield "TrainingJob", training("file", "pass", InputDataConfig=[channel("c", "data/")])
    fast = channel("c", "data/", InputMode="FastFile")
    yield "TrainingJob", training("fast", "pass", InputDataConfig=[fast])
    yield "TrainingJob", training("listed", "pass", InputDataConfig=[listed])
    yield "TrainingJob", training("restored", "pass", CheckpointConfig=CHECKPOINTS)


def test_every_kind_of_input_fails_the_job_that_has_an_odd_key_with_its_name(aws, client):
    before = set(aws.context.state.rglob("evil"))
    for key in ("data/good", "data/../../../../evil", "code/run.py"):
        aws.store.put(BUCKET, key, b"")
    aws.store.put(BUCKET, "list.json", json.dumps(MANIFEST).encode())
    sagemaker = client("sagemaker")
    for kind, request in requests():
        create = {"ProcessingJob": "create_processing_job", "TrainingJob": "create_training_job"}
        getattr(sagemaker, create[kind])(**request)
        job = wait_for(sagemaker, kind, request[f"{kind}Name"])
        assert job[f"{kind}Status"] == "Failed"
        reason = job["FailureReason"]
        assert reason.startswith("ClientError: ") and "data/../../../../evil" in reason
    assert set(aws.context.state.rglob("evil")) == before
    assert not list(aws.context.state.parent.glob("evil"))
