"""The three input modes of a channel; others are refused."""

import json

import pytest
from botocore.exceptions import ClientError

from local_aws.instances.container import Container, objects_below
from local_aws.services.sagemaker.jobs.channels import delay, describe_channels, link, mode_of
from local_aws.state.faults import Fault, Faults
from local_aws.state.objects.store import ObjectStore
from tests.local_aws.services.sagemaker.jobs.requests import training, wait_for
from tests.local_cloud import BUCKET

KEYS = {"shards/manifest.json": b"{}", "shards/train/a.tar": b"aa", "shards/train/b.tar": b"bbb"}
READERS = {
    "File": "print(sorted(p.name for p in pathlib.Path(data).rglob('*') if p.is_file()))",
    "FastFile": "print((pathlib.Path(data) / 'train/b.tar').read_text(), mode('train/b.tar'))",
    "Pipe": "print(open(data + '_0').read(), os.path.exists(data))",
}
SEEN = {
    "File": "['a.tar', 'b.tar', 'manifest.json']",
    "FastFile": "bbb 0o100444",
    "Pipe": "{}aabbb False",
}
SCRIPT = """
import os, pathlib
data = '/opt/ml/input/data/shards'
mode = lambda name: oct(os.stat(os.path.join(data, name)).st_mode)
"""


def channel(**more):
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/shards/"}
    return {"ChannelName": "shards", "DataSource": {"S3DataSource": source}, **more}


def printed(aws, job):
    group = {"logGroupName": "/aws/sagemaker/TrainingJobs", "logStreamNamePrefix": f"{job}/"}
    return [event["message"] for event in aws.engines.logs.filter_log_events(group)["events"]]


def test_a_job_reads_its_channel_in_each_mode(aws, client):
    for key, data in KEYS.items():
        aws.store.put(BUCKET, key, data)
    sagemaker = client("sagemaker")
    for mode, read in READERS.items():
        channels = [channel(InputMode=mode)]
        request = training(mode, SCRIPT + read, InputDataConfig=channels)
        sagemaker.create_training_job(**request)
    for mode, seen in SEEN.items():
        assert wait_for(sagemaker, "TrainingJob", mode)["TrainingJobStatus"] == "Completed"
        assert printed(aws, mode) == [seen]
    assert {key: aws.store.read(BUCKET, key) for key in KEYS} == KEYS


def test_a_job_that_never_opens_its_pipes_ends_all_the_same(aws, client):
    aws.store.put(BUCKET, "shards/a", b"a")
    channels = [channel(InputMode="Pipe")]
    client("sagemaker").create_training_job(**training("job", "pass", InputDataConfig=channels))
    job = wait_for(client("sagemaker"), "TrainingJob", "job")
    assert job["TrainingJobStatus"] == "Completed"


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"InputMode": "Pipe", "RecordWrapperType": "RecordIO"}, "RecordWrapperType RecordIO"),
        ({"CompressionType": "Gzip"}, "Channel shards: .*CompressionType is for InputMode Pipe"),
    ],
)
def test_what_no_channel_can_do_here_is_refused_by_name(client, changes, message):
    request = training("job", "pass", InputDataConfig=[channel(**changes)])
    with pytest.raises(ClientError, match=message):
        client("sagemaker").create_training_job(**request)


@pytest.mark.parametrize(
    "own, algorithms, mode",
    [("Pipe", "File", "Pipe"), (None, "FastFile", "FastFile"), (None, None, "File")],
)
def test_a_channels_own_mode_comes_before_the_algorithms(own, algorithms, mode):
    shards = channel(InputMode=own) if own else channel()
    algorithm = {"TrainingInputMode": algorithms} if algorithms else {}
    assert mode_of(shards, algorithm) == mode
    described = describe_channels(
        {"AlgorithmSpecification": algorithm, "InputDataConfig": [shards]}
    )
    assert described["shards"]["TrainingInputMode"] == mode
    assert json.loads(json.dumps(described)) == described


def test_code_is_copied_and_rewritten_where_all_else_is_linked(tmp_path, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    store = ObjectStore(tmp_path / "s3")
    store.create_bucket(BUCKET)
    code = store.put(BUCKET, "shards/run.py", b"open('/opt/ml/model/x')")
    data = store.put(BUCKET, "shards/data.tar", b"data")
    container = Container(tmp_path / "algo-1", "algo-1")
    folder = container.ml / "input/data/shards"
    folder.mkdir()
    link(container, objects_below(store, f"s3://{BUCKET}/shards/"), folder)
    assert (folder / "data.tar").samefile(data.path)
    assert str(container.ml) in (folder / "run.py").read_text()
    assert code.path.read_bytes() == b"open('/opt/ml/model/x')"
    store.close()


@pytest.mark.parametrize("mode", ["File", "FastFile"])
def test_a_job_that_writes_into_its_input_changes_no_object(aws, client, mode):
    aws.store.put(BUCKET, "shards/a", b"aaaaaaaa")
    script = """
try:
    open("/opt/ml/input/data/shards/a", "r+b").write(b"changed!")
except PermissionError:
    pass
"""
    request = training("job", script, InputDataConfig=[channel(InputMode=mode)])
    client("sagemaker").create_training_job(**request)
    assert wait_for(client("sagemaker"), "TrainingJob", "job")["TrainingJobStatus"] == "Completed"
    assert aws.store.read(BUCKET, "shards/a") == b"aaaaaaaa"


@pytest.mark.parametrize("name", ["..", "."])
def test_a_channel_whose_name_can_be_no_folder_is_refused(client, name):
    data = {**channel(), "ChannelName": name}
    with pytest.raises(ClientError, match=f"Channel {name}: its name"):
        client("sagemaker").create_training_job(**training("job", "", InputDataConfig=[data]))


def test_a_pipe_has_no_files_and_streams_what_has_an_odd_key(aws, client):
    for key in ("shards/../../evil", "shards//x"):
        aws.store.put(BUCKET, key, key.encode())
    script = SCRIPT + READERS["Pipe"]
    request = training("job", script, InputDataConfig=[channel(InputMode="Pipe")])
    client("sagemaker").create_training_job(**request)
    assert wait_for(client("sagemaker"), "TrainingJob", "job")["TrainingJobStatus"] == "Completed"
    assert printed(aws, "job") == ["shards/../../evilshards//x False"]


@pytest.mark.parametrize(
    "sizes, connections, seconds",
    [
        ([], 10, 0.0),
        ([60_000_000], 1, 1.03),
        ([60_000_000] * 4, 1, 4.12),
        ([60_000_000] * 20, 10, 2.06),
        ([60_000_000, 0], 10, 1.03),  # the largest one alone decides
    ],
)
def test_a_slow_s3_delays_a_channels_objects(sizes, connections, seconds):
    faults = Faults()
    assert delay(faults, sizes, connections) == 0
    faults.set([Fault("slow", "s3", seconds=0.03, bytes_per_second=60e6)])
    assert delay(faults, sizes, connections) == pytest.approx(seconds)
    faults.set([Fault("slow", "s3", "PutObject", seconds=9)])
    assert delay(faults, sizes, connections) == 0


@pytest.mark.parametrize("mode", ["File", "Pipe"])
def test_a_job_waits_for_a_slow_s3(aws, client, mode):
    aws.store.put(BUCKET, "shards/a", b"a")
    aws.parts.faults.set([Fault("slow", "s3", seconds=1.5)])
    read = "import time; start = time.time(); "
    read += "open(data + '_0').read(); " if mode == "Pipe" else ""
    script = SCRIPT + read + "print(time.time() - start)"
    client("sagemaker").create_training_job(
        **training("job", script, InputDataConfig=[channel(InputMode=mode)])
    )
    job = wait_for(client("sagemaker"), "TrainingJob", "job")
    stages = {each["Status"]: each for each in job["SecondaryStatusTransitions"]}
    loading = stages["Downloading"]["EndTime"] - stages["Downloading"]["StartTime"]
    waited = float(printed(aws, "job")[0]) if mode == "Pipe" else loading.total_seconds()
    assert 1.5 <= waited < 20
