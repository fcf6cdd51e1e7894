"""Asynchronous endpoints: deploys one, asks it about many clips, collects the answers; no networks.

Requests wait in a queue of SageMaker's own: a burst needs no more instances, only more time.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from helpers.config import Config
from helpers.endpoints import deploy, new_variant
from helpers.parallel import run_parallel
from helpers.s3 import THREADS, S3Prefix
from helpers.session import client
from helpers.waiting import until

FOLDER, INPUTS, ANSWERS, FAILURES = "async", "inputs", "answers", "failures"
"""Kind of the keys, and the folders below an endpoint's name."""
TTL_SECONDS, TIMEOUT_SECONDS = 3_600, 900
"""How long a request may wait in the queue, and how long the model may take."""
PATIENCE_SECONDS = TTL_SECONDS + TIMEOUT_SECONDS
"""After that, what has neither answer nor failure gets none."""
NOTHING_CAME = "no answer and no failure came: the endpoint's role may lack a permission"


@dataclass
class Answers:
    """What an endpoint answered about many clips, by the clips' names."""

    answers: dict[str, Any] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    """The reason of each clip that has no answer."""

    def __repr__(self) -> str:
        return f"<Answers: {len(self.answers)} answered, {len(self.failures)} failed>"


def serve_queue(
    config: Config, name: str, model: str, instance_type: str, instances: int = 1,
    concurrency: int | None = None,
) -> None:  # fmt: skip
    """Deploy `model` to the asynchronous endpoint `name`, whose answers go to the bucket.

    Args:
        concurrency: requests that an instance gets at a time; None: SageMaker chooses.
    """
    queued: dict[str, Any] = {
        "OutputConfig": {
            "S3OutputPath": config.uri(FOLDER, name, ANSWERS),
            "S3FailurePath": config.uri(FOLDER, name, FAILURES),
        }
    }
    if concurrency:
        queued["ClientConfig"] = {"MaxConcurrentInvocationsPerInstance": concurrency}
    variant = new_variant(model, instance_type, instances)
    deploy(config, name, variant, AsyncInferenceConfig=queued)


def ask_all(config: Config, name: str, clips: Mapping[str, bytes], content_type: str) -> Answers:
    """Upload clips or photos, ask an asynchronous endpoint about each, and wait for all answers.

    Args:
        clips: their bytes by name.

    Raises:
        NotTold: what has come can't be listed; the message says what to do.
    """
    batch = f"{datetime.now():%Y%m%d-%H%M%S-%f}"
    folder = S3Prefix(client(config, "s3"), config.uri(FOLDER, name))
    places = _send(config, name, folder, batch, clips, content_type)
    deadline = time.monotonic() + PATIENCE_SECONDS

    def read() -> dict[str, list[str]]:
        return {
            kind: [entry.key for entry in folder.list(f"{kind}/{batch}/") if entry.key in places]
            for kind in (ANSWERS, FAILURES)
        }

    def is_final(keys: dict[str, list[str]]) -> bool:
        return sum(map(len, keys.values())) >= len(clips) or time.monotonic() > deadline

    keys = until(
        read, is_final, name=name, pause=config.poll_seconds,
        words=lambda keys: (
            f"{len(keys[ANSWERS])} of {len(clips)} answered, {len(keys[FAILURES])} failed"
        ),
    )  # fmt: skip
    result = Answers(failures=dict.fromkeys(clips, NOTHING_CAME))
    for key in keys[FAILURES]:
        result.failures[places[key]] = folder.read(key).decode(errors="replace").strip()
    for key in keys[ANSWERS]:
        del result.failures[places[key]]
        result.answers[places[key]] = json.loads(folder.read(key))
    return result


def _send(
    config: Config, name: str, folder: S3Prefix, batch: str, clips: Mapping[str, bytes],
    content_type: str,
) -> dict[str, str]:  # fmt: skip
    """Ask about all clips; return their names by the keys of their answers and failures."""
    places, numbers = {}, {clip: number for number, clip in enumerate(clips)}

    def send(clip: str) -> None:
        key = f"{INPUTS}/{batch}/{numbers[clip]:06}"
        folder.write(key, clips[clip])
        told = client(config, "sagemaker-runtime").invoke_endpoint_async(
            EndpointName=name, InputLocation=f"{folder}/{key}", ContentType=content_type,
            Accept="application/json", S3OutputPathExtension=batch,
            RequestTTLSeconds=TTL_SECONDS, InvocationTimeoutSeconds=TIMEOUT_SECONDS,
        )  # fmt: skip
        for member in ("OutputLocation", "FailureLocation"):
            places[told[member].removeprefix(f"{folder}/")] = clip

    run_parallel(send, clips, threads=THREADS, title=f"to {name}", total=len(clips))
    return places
