"""Confidence intervals of scores by a bootstrap over groups; knows arrays, and no score's meaning.

Windows of one recording resemble each other: a bootstrap over single windows would give too narrow
intervals. So whole recordings are drawn, each with all its windows.
Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 8 and 13.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

LEVEL = 0.95
ROUNDS = 1000


class Interval(NamedTuple):
    """A confidence interval; nan where there are too few groups."""

    low: float
    high: float


def draws(groups: Sequence[Hashable], rounds: int, seed: int) -> Iterator[np.ndarray]:
    """Yield the sample indices of each draw of groups, with replacement, as many as there are."""
    _, member = np.unique(np.asarray(groups), return_inverse=True)
    order = np.argsort(member, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(member[order])) + 1)
    rng = np.random.default_rng(seed)
    for _ in range(rounds):
        yield np.concatenate([parts[i] for i in rng.integers(0, len(parts), len(parts))])


def bootstrap_intervals(
    score: Callable[[np.ndarray], Mapping[str, float]],
    groups: Sequence[Hashable],
    *,
    rounds: int = ROUNDS,
    level: float = LEVEL,
    seed: int = 0,
) -> dict[str, Interval]:
    """Return the percentile interval of each score over the same draws.

    A draw in which a score is nan (its class was not drawn) is left out of that score's interval.

    Args:
        score: takes sample indices and returns scores by name, the same names each time.
        groups: the recording of each sample, or the sample's key if samples are independent.
    """
    each = [score(chosen) for chosen in draws(groups, rounds, seed)]
    table = {name: np.array([row[name] for row in each], float) for name in each[0]}
    return {name: _percentiles(values, level) for name, values in table.items()}


def _percentiles(values: np.ndarray, level: float) -> Interval:
    known = values[~np.isnan(values)]
    if not known.size:
        return Interval(float("nan"), float("nan"))
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def wilson(share: float, count: int, z: float = 1.96) -> Interval:
    """Return the Wilson interval of a share of independent cases; it has a width at 0 and 1 too.

    Source: Wilson, Probable inference, the law of succession, and statistical inference, 1927.
    """
    if not count:
        return Interval(float("nan"), float("nan"))
    center = (share + z * z / (2 * count)) / (1 + z * z / count)
    spread = np.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    half = float(spread * z / (1 + z * z / count))
    return Interval(center - half if share > 0 else 0.0, center + half if share < 1 else 1.0)
