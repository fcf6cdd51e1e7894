"""The source of a training job's shards: a folder, an S3 prefix or a Pipe channel; reads no shard.

A channel in mode File or FastFile is a folder; one in mode Pipe is not. SageMaker writes the mode
to `input/config/inputdataconfig.json`, beside `input/data`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.s3 import S3Prefix, shard_opener
from helpers.s3_uris import is_uri
from helpers.storage import Folder, LocalFolder
from helpers.streaming.pipe import PipeChannel


@dataclass(frozen=True)
class ShardSource:
    """A source of shards: its folder, and how the loader reads from it."""

    folder: Folder
    """Contains the manifest."""
    options: dict
    """Arguments for `helpers.stream.make_loader`."""
    mode: str = ""
    """The channel's input mode; "" where there is no channel."""


def open_source(data: str, make_client: Callable[[], Any], local_rank: int = 0) -> ShardSource:
    """Return the shards at a folder, an `s3://` URI or the path of a channel.

    Args:
        make_client: makes an S3 client; called for a URI only.
        local_rank: this process's rank on its instance.

    Raises:
        ValueError: the channel can't give every sample once; the message names a setting that can.
    """
    if is_uri(data):
        client = make_client()
        return ShardSource(S3Prefix(client, data), {"open_shard": shard_opener(client)})
    facts = channel_facts(Path(data))
    if facts.get("S3DistributionType") == "ShardedByS3Key" and facts["instances"] > 1:
        raise ValueError(
            f"Channel {data} is ShardedByS3Key: instances with other numbers of samples can't take"
            " the same steps. Use FullyReplicated; with FastFile, or --data s3://, an instance"
            " still reads its own share alone"
        )
    mode = facts.get("TrainingInputMode", "")
    if mode != "Pipe":
        return ShardSource(LocalFolder(data), {}, mode)
    if local_rank:
        raise ValueError(
            f"Channel {data} is in mode Pipe, one stream for the whole instance, which has more"
            " than one process: use FastFile, or one process on each instance"
        )
    channel = PipeChannel(data)
    return ShardSource(channel, {"open_shard": channel.open_shard, "in_order": True}, mode)


def channel_facts(channel: Path) -> dict:
    """Return SageMaker's settings of a channel, and `instances`; {} for any other folder."""
    config = channel.parent.parent / "config"
    try:
        channels = json.loads((config / "inputdataconfig.json").read_text())
        hosts = json.loads((config / "resourceconfig.json").read_text())["hosts"]
    except FileNotFoundError:
        return {}
    return {**channels[channel.name], "instances": len(hosts)} if channel.name in channels else {}
