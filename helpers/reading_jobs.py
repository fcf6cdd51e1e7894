"""Runs the reading script as a training job for each input mode, and compares what they took.

Every job reads the same shards with the same batches on the same warm instance; what differs is how
the bytes come to it. On AWS the seconds are AWS's.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.config import Config
from helpers.container_images import training_image
from helpers.job_code import stored, training_code
from helpers.jobs import Job, training_job, wait
from helpers.manifest import Manifest
from helpers.s3 import Body, open_object, read_object
from helpers.session import client, role_arn, sagemaker_session
from helpers.streaming.shard_reader import find_samples

if TYPE_CHECKING:
    from sagemaker.core.training.configs import SourceCode

SCRIPT = "scripts_train/read_shards.py"
REQUIREMENTS = "scripts_train/requirements_reading.txt"
TRAINING = "scripts_train/requirements.txt"
"""Named by the other file."""
STREAMED = ("WebDataset", "our stream")
"""These read from S3 themselves; the others have a channel in the input mode of their name."""
MODES = ("File", "FastFile", "Pipe", *STREAMED)


@dataclass(frozen=True)
class Reading:
    """One pass over the training split."""

    mode: str
    job: Job

    @property
    def first_batch(self) -> float:
        """Return the seconds to the first batch, with those of SageMaker's download before it."""
        return downloading(self.job.description) + self.job.metrics["first_batch_s"]

    def __repr__(self) -> str:
        rate = f"{self.job.metrics['samples_per_second']:.0f} samples a second"
        return f"<Reading {self.mode}: first batch after {self.first_batch:.2f} s, {rate}>"


def downloading(description: Mapping) -> float:
    """Return the seconds for which a training job downloaded its channels."""
    stages = description["SecondaryStatusTransitions"]
    times = [s["EndTime"] - s["StartTime"] for s in stages if s["Status"] == "Downloading"]
    return sum(time.total_seconds() for time in times)


def reading_code(config: Config) -> "SourceCode":
    """Return the source code of the reading jobs, uploaded."""
    return stored(config, training_code(SCRIPT, REQUIREMENTS, TRAINING))


def read(
    config: Config,
    mode: str,
    code: "SourceCode",
    *,
    instance_type: str,
    keep_alive: int | None = None,
) -> Reading:
    """Read the training split once as a training job, and return what it took.

    Args:
        mode: one of `MODES`.
        keep_alive: seconds for which the instance waits for the next job.

    Raises:
        JobFailed: the job ended without success; the message has its reason.
    """
    from sagemaker.core.shapes import S3DataSource
    from sagemaker.core.training.configs import Compute, InputData, StoppingCondition
    from sagemaker.train import ModelTrainer

    shards = config.uri("shards")
    flags = {"loader": "webdataset" if mode == "WebDataset" else "ours"}
    channel, how = {}, {}
    if mode in STREAMED:
        flags["data"] = shards
    else:
        source = S3DataSource(
            s3_data_type="S3Prefix",
            s3_uri=f"{shards}/",
            s3_data_distribution_type="FullyReplicated",
        )
        # An S3DataSource gets the algorithm's mode; a plain URI would always be File.
        channel = {"input_data_config": [InputData(channel_name="shards", data_source=source)]}
        how = {"training_input_mode": mode}
    trainer = ModelTrainer(
        training_image=training_image(config, instance_type),
        source_code=code,
        compute=Compute(
            instance_type=instance_type,
            instance_count=1,
            volume_size_in_gb=30,
            keep_alive_period_in_seconds=keep_alive,
        ),
        hyperparameters=flags,
        stopping_condition=StoppingCondition(max_runtime_in_seconds=1800),
        base_job_name=f"{config.name}-read",
        role=role_arn(config),
        sagemaker_session=sagemaker_session(config),
        **how,
    )
    trainer.train(wait=False, **channel)
    job = wait(config, "TrainingJob", training_job(trainer))
    return Reading(mode, job)


def compared(readings: Mapping[str, list[Reading]]) -> pd.DataFrame:
    """Return a row for each network and mode.

    Args:
        readings: by the network's name.
    """
    rows = [
        {
            "network": network,
            "mode": each.mode,
            "to first batch s": each.first_batch,
            "downloading s": downloading(each.job.description),
            "samples a second": each.job.metrics["samples_per_second"],
            "MB on disk": each.job.metrics["disk_bytes"] / 1e6,
            "MB on the network": each.job.metrics["network_bytes"] / 1e6,
            "$": each.job.cost,
        }
        for network, group in readings.items()
        for each in group
    ]
    return pd.DataFrame(rows)


def requests_compared(config: Config, manifest: Manifest, *, samples: int) -> pd.DataFrame:
    """Return what some samples of a shard take by a request for each, and by one for all of them.

    The bytes are the same; so is the connection, which brings one answer after the other.
    """
    shard, s3 = manifest.split("train").shards[0], client(config, "s3")
    uri = config.uri("shards", *shard.name.split("/"))
    found = find_samples(memoryview(read_object(s3, uri, shard.bytes)), uri)[:samples]
    parts = [(each.media, each.media + each.media_size) for each in found]
    rows = []
    for how, ranges in (("each sample", parts), ("all at once", [(parts[0][0], parts[-1][1])])):
        begin, size = time.monotonic(), 0
        for start, stop in ranges:
            size += len(_whole(open_object(s3, uri, start, stop), stop - start))
        seconds = time.monotonic() - begin
        rows.append((how, len(ranges), size / 1e6, seconds, len(found) / seconds))
    names = ["a request for", "requests", "MB", "seconds", "samples a second"]
    return pd.DataFrame(rows, columns=names)


def _whole(body: Body, size: int) -> bytes:
    data = bytearray()
    while len(data) < size and (piece := body.read(size - len(data))):
        data += piece
    body.close()
    return bytes(data)
