"""Transforms raw objects in a batch by a version of the model; knows transform jobs, no networks.

A job fails as a whole if the model refuses one object, though the other objects' answers are kept:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformOutput.html
So the answers that are there are read, and each object without one is listed with its reason.
"""

import json
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from helpers.config import Config
from helpers.datasets import load_dataset
from helpers.endpoints import make_model_of
from helpers.jobs import LATE, Job, JobFailed, ended, log_group
from helpers.parallel import run_parallel
from helpers.s3 import THREADS, S3Prefix, read_object
from helpers.s3_uris import join_uri, parse_uri
from helpers.session import client

KIND = "TransformJob"
ENDING = ".out"
AT_ONCE, PAYLOAD_MB = 4, 25
"""Requests at once on each instance, of the largest size that our server takes: AWS allows 100 MB
together."""
NO_REASON = "the job's log does not say why"
_LINE = re.compile(r"\[sagemaker logs\]: (?P<object>.+?): (?P<text>.*)")


@dataclass(frozen=True)
class Transformed:
    """What a transform job has answered, and what it has not."""

    job: Job = field(repr=False)
    answers: dict[str, dict] = field(repr=False)
    """The model's answers by the objects' keys below the input's prefix."""
    failures: pd.DataFrame = field(repr=False)
    """A row with `key` and `reason` for each object without an answer."""

    @property
    def frame(self) -> pd.DataFrame:
        """The answers as a table: a row with `key`, `label` and its `probability` for each."""
        rows = [
            (key, answer["label"], answer["probabilities"][answer["label"]])
            for key, answer in self.answers.items()
        ]
        return pd.DataFrame(rows, columns=["key", "label", "probability"])

    def __repr__(self) -> str:
        total = len(self.answers) + len(self.failures)
        return f"<{total:,} objects: {len(self.answers):,} answered; by {self.job!r}>"


def transform(
    config: Config, package: str, inputs: str, keys: Iterable[str] | None = None, *,
    instance_type: str = "ml.m5.large", instances: int = 1,
) -> Transformed:  # fmt: skip
    """Transform raw objects by a version of the registry, and wait for all answers.

    Args:
        package: ARN of the version.
        inputs: URI of a prefix.
        keys: those of the objects below it; None for all.

    Raises:
        ValueError: there are no keys.
        JobFailed: the job did not get as far as an object, or was stopped.
        NotTold: its state can't be asked for; `results` waits on.
    """
    job = start(config, package, inputs, keys, instance_type=instance_type, instances=instances)
    return results(config, job)


def start(
    config: Config, package: str, inputs: str, keys: Iterable[str] | None = None, *,
    instance_type: str = "ml.m5.large", instances: int = 1,
) -> str:  # fmt: skip
    """Start what `transform` waits for; return the job's name."""
    if keys is not None and not (keys := [*keys]):
        raise ValueError("There is nothing to transform: the list of keys is empty")
    # A model of its own: an endpoint of the version keeps the one that it was made of.
    model = f"{config.name}-batch-version-{package.rpartition('/')[2]}"
    make_model_of(config, model, package)
    job = f"{config.name}-transform-{datetime.now():%Y%m%d%H%M%S%f}"
    source = {"S3DataType": "S3Prefix", "S3Uri": f"{inputs.rstrip('/')}/"}
    if keys:
        place = S3Prefix(client(config, "s3"), config.uri("transform", job))
        place.write("inputs.manifest", json.dumps([{"prefix": source["S3Uri"]}, *keys]).encode())
        source = {"S3DataType": "ManifestFile", "S3Uri": f"{place}/inputs.manifest"}
    client(config, "sagemaker").create_transform_job(
        TransformJobName=job,
        ModelName=model,
        MaxConcurrentTransforms=AT_ONCE,
        MaxPayloadInMB=PAYLOAD_MB,
        TransformInput={
            "DataSource": {"S3DataSource": source},
            "ContentType": load_dataset(config.dataset).content_types[0],
        },
        TransformOutput={
            "S3OutputPath": config.uri("transform", job, "answers"),
            "Accept": "application/json",
        },
        TransformResources={"InstanceType": instance_type, "InstanceCount": instances},
    )
    return job


def results(config: Config, name: str) -> Transformed:
    """Wait for a job, and return its answers and failures; an interrupt leaves the job running.

    Raises:
        LookupError: there is no such job.
        JobFailed: it did not get as far as an object, or was stopped.
        NotTold: its state can't be asked for; the message says what to do.
    """
    description = ended(config, KIND, name)
    job, status = _job(name, description), description[f"{KIND}Status"]
    if status == "Stopped":
        raise JobFailed(f"{KIND} {name} was stopped")
    prefix, keys = _inputs(config, description)
    answers = _answers(config, description)
    missing = [key for key in keys if key not in answers]
    reasons = _reasons(config, name, prefix, missing) if missing else {}
    if missing and not reasons and not answers:
        why = description.get("FailureReason", NO_REASON)
        log = f"its log is in {log_group(KIND)}, streams {name}/…"
        raise JobFailed(f"{KIND} {name} {status}: {why} ({log})")
    rows = [(key, reasons.get(key, NO_REASON)) for key in missing]
    return Transformed(job, answers, pd.DataFrame(rows, columns=["key", "reason"]))


def _job(name: str, description: dict) -> Job:
    cluster, end = description["TransformResources"], description["TransformEndTime"]
    start = description.get("TransformStartTime", end)  # it may have ended before it began
    return Job(
        KIND, name, description[f"{KIND}Status"], (end - start).total_seconds(),
        cluster["InstanceType"], cluster["InstanceCount"], description,
    )  # fmt: skip


def _inputs(config: Config, description: dict) -> tuple[str, list[str]]:
    """Return the URI of a job's inputs and their keys below it."""
    source = description["TransformInput"]["DataSource"]["S3DataSource"]
    s3 = client(config, "s3")
    if source["S3DataType"] == "ManifestFile":
        first, *keys = json.loads(read_object(s3, source["S3Uri"]))
        return first["prefix"], keys
    return source["S3Uri"], [entry.key for entry in S3Prefix(s3, source["S3Uri"]).list()]


def _answers(config: Config, description: dict) -> dict[str, dict]:
    """Return the answers that a job has stored, by the keys of their objects."""
    outputs = S3Prefix(client(config, "s3"), description["TransformOutput"]["S3OutputPath"])
    entries, answers = list(outputs.list()), {}

    def read(entry) -> None:
        answers[entry.key.removesuffix(ENDING)] = json.loads(outputs.read(entry.key, entry.size))

    run_parallel(read, entries, threads=THREADS, title="answers", total=len(entries))
    return dict(sorted(answers.items()))


def _reasons(config: Config, name: str, prefix: str, keys: list[str]) -> dict[str, str]:
    """Return by key what a job's log says of objects; CloudWatch shows lines some seconds late."""
    bucket, folder = parse_uri(prefix)
    names = {join_uri(bucket, f"{folder}{key}"): key for key in keys}
    for _ in range(LATE):
        texts: dict[str, list[str]] = {}
        for line in _lines(config, name):
            match = _LINE.search(line)
            if match and (key := names.get(match["object"])):
                texts.setdefault(key, []).append(match["text"])
        if len(texts) == len(keys):
            break
        time.sleep(config.poll_seconds)
    return {key: _reason(lines) for key, lines in texts.items()}


def _reason(lines: list[str]) -> str:
    """Return the model's message, or else the first line."""
    message = lines[lines.index("Message:") + 1 :] if "Message:" in lines else []
    return next((line for line in message if line.strip()), lines[0])


def _lines(config: Config, name: str) -> Iterable[str]:
    logs = client(config, "logs")
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=log_group(KIND), logStreamNamePrefix=f"{name}/"
    )
    with suppress(logs.exceptions.ResourceNotFoundException):
        for page in pages:
            yield from (event["message"] for event in page["events"])
