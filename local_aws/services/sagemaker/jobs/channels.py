"""How a training job's channels reach an instance: copies, links or pipes; knows no statuses.

File copies the objects, FastFile links to them and Pipe streams them (pipes.py). FastFile's files
may not be written, as on AWS; root, whom no mode stops, gets copies.
Left out: file system data sources, augmented manifest files, RecordIO wrapping.
"""

import os
import shutil
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.instances.container import CODE_ENDINGS, Container, placed, share_of
from local_aws.instances.pipes import ChannelPipes
from local_aws.services.sagemaker.jobs.sources import TYPES, objects_of
from local_aws.state import paths
from local_aws.state.objects.store import ObjectInfo, ObjectStore

READ_ONLY = 0o444
END_SECONDS = 5.0


def mode_of(channel: dict, algorithm: dict) -> str:
    """Return a channel's input mode: its own, or the algorithm's."""
    return channel.get("InputMode") or algorithm.get("TrainingInputMode") or "File"


def distribution_of(channel: dict) -> str:
    """Return how a channel's objects are divided between the instances."""
    source = channel["DataSource"]["S3DataSource"]
    return source.get("S3DataDistributionType", "FullyReplicated")


def check_channel(channel: dict, algorithm: dict) -> None:
    """Refuse what the local AWS, or AWS itself, does not do with a channel.

    Raises:
        AwsError: ValidationException, which names the channel and what is wrong with it.
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
        wrong = "its name can't be a folder's."
    if wrong:
        raise AwsError("ValidationException", f"Channel {channel['ChannelName']}: {wrong}")


def describe_channels(job: dict) -> dict:
    """Return what inputdataconfig.json says of a job's channels."""
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
    """Brings one job's channels to its instances, and ends their pipes with it."""

    def __init__(self, store: ObjectStore):
        self._store = store
        self._pipes: list[ChannelPipes] = []

    def stage(self, job: dict, container: Container, host_index: int, hosts: int) -> None:
        """Give one instance its part of every channel; `end` must follow."""
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
                container.stage(part, target)

    def _pipe(self, channel: dict, part: list, folder: Path) -> None:
        pipes = ChannelPipes(
            folder,
            channel["ChannelName"],
            [info.path for info, _ in part],
            seed=channel.get("ShuffleConfig", {}).get("Seed"),
            unzip=channel.get("CompressionType") == "Gzip",
        )
        self._pipes.append(pipes)
        pipes.start()

    def end(self) -> None:
        """End the pipes; the job's processes are gone."""
        ending, self._pipes = self._pipes, []
        for pipes in ending:
            pipes.end()
        for pipes in ending:
            # A kept instance must find none of them at its next job.
            pipes.join(END_SECONDS)


def link(container: Container, objects: list[tuple[ObjectInfo, str]], folder: Path) -> None:
    """Show objects as files that may be read alone; code, which is rewritten, is copied."""
    files = placed(objects, folder)
    container.stage([each for each in objects if Path(each[1]).suffix in CODE_ENDINGS], folder)
    for info, target in files:
        if target.suffix in CODE_ENDINGS:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            # No mode keeps root from writing: into its own copy, not into the object.
            shutil.copyfile(info.path, target)
            target.chmod(READ_ONLY)
            continue
        try:
            os.link(info.path, target)
        except OSError:  # the state folder spans file systems, or may not be linked to
            target.symlink_to(info.path)
        info.path.chmod(READ_ONLY)  # the store replaces files and never writes into one
