"""AWS's prices: one dated table and the sums over it; calls no service.

Prices are on-demand in us-east-1, read 2026-11 from the pages named beside them (those of instances
in instances.py); they are for planning, the bill is AWS's.
"""

from helpers.instances import INSTANCES
from helpers.instances import PRICED as PRICED

INSTANCE_HOUR = {name: kind.price for name, kind in INSTANCES.items() if kind.price is not None}
ATHENA_TB = 5.0
"""Per TB scanned, at least 10 MB a query. https://aws.amazon.com/athena/pricing/"""
ATHENA_MINIMUM_BYTES = 10_000_000
SERVERLESS_GB_SECOND = 0.00002
"""Of a serverless endpoint's memory, while it answers: https://aws.amazon.com/sagemaker/ai/pricing/"""
SERVERLESS_DATA_GB = 0.016
"""In and out of a serverless endpoint; the same page."""
GLUE_DPU_HOUR = 0.44
"""Of a Spark job's run, a minute at least. https://aws.amazon.com/glue/pricing/"""
GLUE_MINIMUM_SECONDS = 60
S3_GB_MONTH = 0.023
S3_PUT = 5.0 / 1_000_000
S3_GET = 0.40 / 1_000_000


def instance_cost(instance_type: str, seconds: float, instances: int = 1) -> float | None:
    """Return the dollars for running instances; None for an instance type without a known price."""
    price = INSTANCE_HOUR.get(instance_type)
    return None if price is None else price * seconds / 3600 * instances


def athena_cost(scanned_bytes: int) -> float:
    """Return the dollars for one Athena query."""
    return max(scanned_bytes, ATHENA_MINIMUM_BYTES) / 1e12 * ATHENA_TB


def glue_cost(units: float, seconds: float) -> float:
    """Return the dollars for one run of a Spark job.

    Args:
        units: DPUs, those of all workers together.
    """
    return units * max(seconds, GLUE_MINIMUM_SECONDS) / 3600 * GLUE_DPU_HOUR


def serverless_cost(memory_mb: int, seconds: float, data_bytes: float) -> float:
    """Return the dollars for a serverless endpoint's answers.

    Args:
        seconds: that the model worked, of all requests together.
        data_bytes: of requests and answers.
    """
    return memory_mb / 1024 * seconds * SERVERLESS_GB_SECOND + data_bytes / 1e9 * SERVERLESS_DATA_GB


def dollars(amount: float | None) -> str:
    """Format an amount of dollars; small amounts get more digits."""
    if amount is None:
        return "price unknown"
    if amount == 0:
        return "$0"
    return f"${amount:.2f}" if amount >= 0.01 else f"${amount:.5f}"
