"""How shards are read, chosen by what the platform says of the channel."""

import json

import pytest

from helpers.s3 import S3Prefix
from helpers.shard_source import channel_facts, open_source
from helpers.storage import LocalFolder
from helpers.streaming.pipe import PipeChannel


def platform(folder, mode="File", distribution="FullyReplicated", hosts=1):
    """Write what SageMaker says of a channel called shards; return the channel's path."""
    config = folder / "input" / "config"
    config.mkdir(parents=True)
    facts = {"TrainingInputMode": mode, "S3DistributionType": distribution}
    (config / "inputdataconfig.json").write_text(json.dumps({"shards": facts, "code": {}}))
    names = [f"algo-{number + 1}" for number in range(hosts)]
    (config / "resourceconfig.json").write_text(json.dumps({"hosts": names}))
    return str(folder / "input" / "data" / "shards")


def no_client():
    raise AssertionError("a channel needs no S3 client")


@pytest.mark.parametrize(
    "mode, kind, in_order",
    [("File", LocalFolder, False), ("FastFile", LocalFolder, False), ("Pipe", PipeChannel, True)],
)
def test_a_channel_is_read_as_its_mode_asks(tmp_path, mode, kind, in_order):
    source = open_source(platform(tmp_path, mode), no_client)
    assert isinstance(source.folder, kind)
    assert source.options.get("in_order", False) is in_order


def test_a_folder_that_is_no_channel_is_a_folder(tmp_path):
    platform(tmp_path, "Pipe")
    for path in (tmp_path / "input" / "data" / "other", tmp_path / "shards", "shards"):
        assert isinstance(open_source(str(path), no_client).folder, LocalFolder)
    assert channel_facts(tmp_path / "input" / "data" / "code") == {"instances": 1}


def test_a_uri_is_read_through_a_client():
    source = open_source("s3://bucket/shards", lambda: "client")
    assert isinstance(source.folder, S3Prefix) and source.folder.client == "client"
    assert callable(source.options["open_shard"])


def test_a_second_process_on_an_instance_is_told_that_it_has_no_pipe(tmp_path):
    with pytest.raises(ValueError, match="one process on each instance"):
        open_source(platform(tmp_path, "Pipe"), no_client, local_rank=1)


@pytest.mark.parametrize("mode", ["File", "FastFile", "Pipe"])
def test_a_divided_channel_is_refused_unless_there_is_one_instance(tmp_path, mode):
    alone, two = tmp_path / "1", tmp_path / "2"
    open_source(platform(alone, mode, "ShardedByS3Key"), no_client)
    with pytest.raises(ValueError, match="Use FullyReplicated"):
        open_source(platform(two, mode, "ShardedByS3Key", hosts=2), no_client)
