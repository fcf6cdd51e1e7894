"""Serverless endpoints: deploys one, asks it about many clips at a time; knows no networks.

They cost nothing while nobody asks, and the first request waits for a worker.
"""

import time
from collections.abc import Mapping

from helpers.config import Config
from helpers.endpoints import Answers, Refused, ask, deploy
from helpers.parallel import run_parallel

MEMORY_MB, CONCURRENCY = 3072, 4
"""A worker's memory, in steps of 1024 up to 6144, and the requests that are answered at a time."""


def serve_on_demand(
    config: Config, name: str, model: str, memory_mb: int = MEMORY_MB,
    concurrency: int = CONCURRENCY,
) -> None:  # fmt: skip
    """Deploy `model` to the serverless endpoint `name`; a running one is updated without a gap.

    Raises:
        ValueError: the account prescribes a network, which serverless endpoints don't have.
    """
    if config.account.vpc:
        raise ValueError(
            "This account's models have a network (COURSE_SUBNETS), and serverless endpoints have "
            "none: serve the model by `endpoints.serve` or `async_endpoints.serve_queue`"
        )
    sizes = {"MemorySizeInMB": memory_mb, "MaxConcurrency": concurrency}
    deploy(config, name, model, {"ServerlessConfig": sizes})


def ask_each(
    config: Config, name: str, clips: Mapping[str, bytes], content_type: str,
    threads: int = CONCURRENCY,
) -> Answers:  # fmt: skip
    """Ask an endpoint about clips or photos, some at a time, and time each answer.

    Args:
        clips: their bytes by name.
        threads: requests at a time; those above an endpoint's concurrency are throttled, and
            boto3 tries them again.
    """
    result = Answers()

    def ask_one(clip: str) -> None:
        began = time.perf_counter()
        try:
            result.answers[clip] = ask(config, name, clips[clip], content_type)
            result.seconds[clip] = time.perf_counter() - began
        except Refused as error:
            result.failures[clip] = str(error)

    run_parallel(ask_one, clips, threads=threads, title=f"asking {name}", total=len(clips))
    return result
