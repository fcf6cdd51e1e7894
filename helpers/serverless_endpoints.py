"""Serverless endpoints: deploys one, where the account allows it; asks none, knows no networks.

They cost nothing while nobody asks, and the first request waits for a worker. `endpoints.ask` asks
them too; requests above the concurrency are throttled, and boto3 tries them again.
"""

from helpers.config import Config
from helpers.endpoints import VARIANT, deploy

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
    variant = {"VariantName": VARIANT, "ModelName": model, "ServerlessConfig": sizes}
    deploy(config, name, variant)
