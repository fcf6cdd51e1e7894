"""Spot instances: interruptions at a stated rate, expected time and cost, the checkpoint's period.

Interruptions come at random, at a constant rate (a Poisson process). Formulas: J. W. Young, A first
order approximation to the optimum checkpoint interval, 1974; J. T. Daly, A higher order estimate of
the optimum checkpoint interval for restart dumps, 2006.
Left out: prices that move, capacity that never comes back, the two minutes' notice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
import pandas as pd

from helpers.costs import instance_cost
from helpers.planning.quantities import SHARES


@dataclass(frozen=True)
class SpotJob:
    """A job on spot instances; all times in seconds."""

    work: float
    """That it takes without interruptions and checkpoints."""
    between: float
    """Mean time between interruptions."""
    write: float = 5.0
    """For one checkpoint."""
    restart: float = 240.0
    """From an interruption to the first new step: start, download, read the checkpoint."""
    wait: float = 600.0
    """Until there are instances again: not billed."""


def young(job: SpotJob) -> float:
    """Return Young's period between checkpoints, in seconds of work."""
    return sqrt(2 * job.write * job.between)


def daly(job: SpotJob) -> float:
    """Return Daly's period, of a higher order; the mean time itself where a write takes as long."""
    share = job.write / (2 * job.between)
    if share >= 1:
        return job.between
    return young(job) * (1 + sqrt(share) / 3 + share / 9) - job.write


def expected_seconds(job: SpotJob, period: float) -> float:
    """Return the expected billed seconds with a checkpoint after each `period` of work.

    Daly's equation 13: M e^(R/M) (e^((period + write)/M) - 1) work / period.
    """
    mean = job.between
    again = exp((period + job.write) / mean) - 1
    return mean * exp(job.restart / mean) * again * job.work / period


def simulated_seconds(job: SpotJob, period: float, runs: int = 400, seed: int = 0) -> np.ndarray:
    """Return the billed seconds of simulated runs, float (runs,).

    An interruption loses the work since the last whole checkpoint; it may come in a restart too.
    """
    random = np.random.default_rng(seed)
    return np.array([_run(job, period, random)[0] for _ in range(runs)])


def _run(job: SpotJob, period: float, random: np.random.Generator) -> tuple[float, int]:
    """Return the billed seconds of one run, and its interruptions."""
    left, billed, interruptions = job.work, 0.0, 0
    until = random.exponential(job.between)
    while left > 0:
        piece = min(period, left)
        need = piece + job.write
        if until >= need:
            billed, until, left = billed + need, until - need, left - piece
            continue
        billed, interruptions = billed + until, interruptions + 1
        until = random.exponential(job.between)
        while until < job.restart:  # interrupted again before the first step
            billed, interruptions = billed + until, interruptions + 1
            until = random.exponential(job.between)
        billed, until = billed + job.restart, until - job.restart
    return billed, interruptions


def periods(job: SpotJob, seconds: Sequence[float], runs: int = 400, seed: int = 0) -> pd.DataFrame:
    """Return for each period of checkpoints the expected and the simulated seconds."""
    rows = []
    for period in seconds:
        simulated = simulated_seconds(job, period, runs, seed)
        rows.append(
            {
                "period s": period,
                "expected s": expected_seconds(job, period),
                "simulated s": simulated.mean(),
                "standard error": simulated.std(ddof=1) / sqrt(runs),
            }
        )
    return pd.DataFrame(rows)


def best_simulated(table: pd.DataFrame) -> float:
    """Return the period with the fewest simulated seconds."""
    return float(table.loc[table["simulated s"].idxmin(), "period s"])


def against_on_demand(
    job: SpotJob, instance_type: str, instances: int = 1, price_share: float = SHARES.value
) -> pd.DataFrame:
    """Return hours and dollars on demand and on spot, with checkpoints by Daly's period.

    Args:
        price_share: of the spot price in the price on demand.
    """
    billed = expected_seconds(job, daly(job))
    interruptions = billed / job.between
    full = instance_cost(instance_type, job.work, instances)
    spot = instance_cost(instance_type, billed, instances) * price_share
    waiting = interruptions * job.wait
    rows = [
        ("on demand", job.work / 3600, 0.0, full),
        ("spot", (billed + waiting) / 3600, interruptions, spot),
    ]
    return pd.DataFrame(rows, columns=["how", "hours", "interruptions", "$"])
