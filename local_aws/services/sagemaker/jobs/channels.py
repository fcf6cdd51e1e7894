"""Brings a training job's channels to its instances: copies, links, pipes; knows no statuses.

File copies the objects, FastFile links to them and Pipe streams them (pipes.py). FastFile's files
are read-only, as on AWS; root, which can write them in any mode, gets copies.
A fault that slows S3's GetObject slows File (objects in turn, CONNECTIONS at a time) and Pipe (one
after another); FastFile's links are read from this machine's disk.
Left out: file system data sources, augmented manifest files, RecordIO wrapping.
"""

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.instances.container import CODE_ENDINGS, Container, placed, share_of
from local_aws.instances.pipes import ChannelPipes
from local_aws.services.sagemaker.jobs.data_sources import TYPES, objects_of
from local_aws.state import paths
from local_aws.state.faults import Faults
from local_aws.state.objects.store import ObjectInfo, ObjectStore

READ_ONLY = 0o444
END_SECONDS = 5.0
CONNECTIONS = 10
"""Objects of a channel in mode File that come at a time, as many as boto3's transfers."""


def mode_of(channel: dict, algorithm: dict) -> str:
    """Return a channel's input mode: the channel's, or else the algorithm's."""
    return channel.get("InputMode") or algorithm.get("TrainingInputMode") or "File"


def distribution_of(channel: dict) -> str:
    """Return a channel's S3DataDistributionType."""
    source = channel["DataSource"]["S3DataSource"]
    return source.get("S3DataDistributionType", "FullyReplicated")


def check_channel(channel: dict, algorithm: dict) -> None:
    """Refuse a channel that AWS refuses, or that the local AWS does not support.

    Raises:
        AwsError: ValidationException, which names the channel and the reason.
    """
    source = channel["DataSource"].get("S3DataSource")
    piped = mode_of(channel, algorithm) == "Pipe"
    wrong = None
    if not source or source["S3DataType"] not in TYPES:
        wrong = f"the local AWS supports S3 data sources of type {' and '.join(TYPES)} alone."
    elif source["S3DataType"] != "S3Prefix" and mode_of(channel, algorithm) == "FastFile":
        wrong = "FastFile is for S3DataType S3Prefix alone."
    elif channel.get("CompressionType", "None") != "None" and not piped:
        wrong = "CompressionType is for InputMode Pipe alone."
    elif paths.fault(channel["ChannelName"]):
        wrong = "its name can't be the name of a folder."
    if wrong:
        raise AwsError("ValidationException", f"Channel {channel['ChannelName']}: {wrong}")


def describe_channels(job: dict) -> dict:
    """Return the content of inputdataconfig.json."""
    algorithm = job["AlgorithmSpecification"]
    return {
        channel["ChannelName"]: {
            "TrainingInputMode": mode_of(channel, algorithm),
            "S3DistributionType": distribution_of(channel),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
        }
        | ({"ContentType": channel["ContentType"]} if "ContentType" in channel else {})
        for channel in job.get("InputDataConfig", [])
    }


class Channels:
    """The channels of one job on its instances, with their pipes."""

    def __init__(self, store: ObjectStore, faults: Faults):
        self._store, self._faults = store, faults
        self._pipes: list[ChannelPipes] = []

    def stage(self, job: dict, container: Container, host_index: int, hosts: int) -> None:
        """Stage one instance's share of every channel; `end` must follow."""
        for channel in job.get("InputDataConfig", []):
            objects = objects_of(self._store, channel["DataSource"]["S3DataSource"])
            part = share_of(objects, host_index, hosts, distribution_of(channel))
            folder = container.ml / "input/data"
            folder.mkdir(parents=True, exist_ok=True)
            mode = mode_of(channel, job["AlgorithmSpecification"])
            if mode == "Pipe":
                self._pipe(channel, part, folder)
                continue
            target = paths.below(folder, channel["ChannelName"])
            target.mkdir(exist_ok=True)
            if mode == "FastFile":
                link(container, part, target)
            else:
                sizes = [info.path.stat().st_size for info, _ in part]
                time.sleep(delay(self._faults, sizes, CONNECTIONS))
                container.stage(part, target)

    def _pipe(self, channel: dict, part: list, folder: Path) -> None:
        pipes = ChannelPipes(
            folder,
            channel["ChannelName"],
            [info.path for info, _ in part],
            seed=channel.get("ShuffleConfig", {}).get("Seed"),
            unzip=channel.get("CompressionType") == "Gzip",
            delay=lambda size, first: delay(self._faults, [size], latency=first),
        )
        self._pipes.append(pipes)
        pipes.start()

    def end(self) -> None:
        """End the pipes, after the job's processes have ended."""
        ending, self._pipes = self._pipes, []
        for pipes in ending:
            pipes.end()
        for pipes in ending:
            # The next job on a kept instance must not find them.
            pipes.join(END_SECONDS)


def delay(
    faults: Faults, sizes: Sequence[int], connections: int = 1, *, latency: bool = True
) -> float:
    """Return the seconds by which a slow S3 delays objects of these sizes; else 0."""
    rule = faults.draw("slow", "s3", "GetObject") if sizes else None
    if not rule:
        return 0.0
    rate, first = rule.bytes_per_second or float("inf"), rule.seconds * latency
    times = [first + size / rate for size in sizes]
    return max(max(times), sum(times) / connections)


def link(container: Container, objects: list[tuple[ObjectInfo, str]], folder: Path) -> None:
    """Link objects as read-only files; code, in which paths are replaced, is copied."""
    files = placed(objects, folder)
    container.stage([each for each in objects if Path(each[1]).suffix in CODE_ENDINGS], folder)
    for info, target in files:
        if target.suffix in CODE_ENDINGS:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            # Root can write in any mode: it must write into a copy, not into the object.
            shutil.copyfile(info.path, target)
            target.chmod(READ_ONLY)
            continue
        try:
            os.link(info.path, target)
        except OSError:  # another file system, or hard links are not allowed
            target.symlink_to(info.path)
        info.path.chmod(READ_ONLY)  # safe: the store replaces files and never writes into one
