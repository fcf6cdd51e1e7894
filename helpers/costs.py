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


def dollars(amount: float | None) -> str:
    """Format an amount of dollars; small amounts get more digits."""
    if amount is None:
        return "price unknown"
    if amount == 0:
        return "$0"
    return f"${amount:.2f}" if amount >= 0.01 else f"${amount:.5f}"
