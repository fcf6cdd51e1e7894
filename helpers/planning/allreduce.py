"""A model of all-reduce: latency, bandwidth and adding, fitted to measured points; runs none.

In a ring of n ranks each one takes 2 (n - 1) steps and sends 2 (n - 1) / n times the gradients
(Patarasuk and Yuan, Bandwidth optimal all-reduce algorithms for clusters of workstations, 2009):

    seconds = a * 2 (n - 1) + b * 2 (n - 1) / n * MB + c * 2 (n - 1) / n * MB / (MB/s of the link)

`a` is the latency of a step, `b` the copying and adding of a megabyte, `c` how much longer a link
takes than its stated rate says (1: not at all).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

POINTS = "benchmarks/allreduce.csv"


def sent(ranks: int, megabytes: float) -> float:
    """Return the megabytes that each rank of a ring sends."""
    return 2 * (ranks - 1) / ranks * megabytes


@dataclass(frozen=True)
class AllReduce:
    """The fitted model."""

    step: float
    """Seconds of latency of a step: a."""
    copy: float
    """Seconds for a megabyte sent, whatever the link: b."""
    link: float
    """Times the seconds that the link's stated rate gives: c."""

    def seconds(self, ranks: int, megabytes: float, mbit: float) -> float:
        """Return the seconds of one all-reduce.

        Args:
            megabytes: of gradients.
            mbit: Mbit/s that each rank can send.
        """
        if ranks < 2:
            return 0.0
        terms = _terms(ranks, megabytes, mbit)
        return float(np.dot(terms, (self.step, self.copy, self.link)))

    def __repr__(self) -> str:
        return (
            f"<AllReduce {1000 * self.step:.2f} ms a step, {1000 * self.copy:.2f} ms to copy a MB,"
            f" {self.link:.2f} times the link's own time>"
        )


def _terms(ranks: int, megabytes: float, mbit: float) -> tuple[float, float, float]:
    moved = sent(ranks, megabytes)
    return 2 * (ranks - 1), moved, moved / (mbit / 8)


def fit(points: pd.DataFrame) -> AllReduce:
    """Fit the model to measured points, by least squares of the relative errors, none below 0.

    Args:
        points: columns mbit, ranks, megabytes, seconds; of two bandwidths at least.

    Raises:
        ValueError: there is one bandwidth alone, which tells nothing of others.
    """
    if points["mbit"].nunique() < 2:
        raise ValueError("Points of one bandwidth alone tell nothing of others: measure two")
    rows = points[["ranks", "megabytes", "mbit"]].itertuples(index=False)
    terms = np.array([_terms(*row) for row in rows]) / points["seconds"].to_numpy()[:, None]
    used, values = list(range(3)), np.zeros(3)
    while used:
        found = np.linalg.lstsq(terms[:, used], np.ones(len(terms)), rcond=None)[0]
        if min(found) >= 0:
            values[used] = found
            break
        used.pop(int(np.argmin(found)))  # a time below 0 means nothing
    return AllReduce(*map(float, values))


def predicted(model: AllReduce, points: pd.DataFrame) -> pd.DataFrame:
    """Return the points with the model's seconds and its relative error."""
    rows = points[["ranks", "megabytes", "mbit"]].itertuples(index=False)
    seconds = np.array([model.seconds(*row) for row in rows])
    errors = seconds / points["seconds"].to_numpy() - 1
    return points.assign(model=seconds, error=errors)


def hold_back(points: pd.DataFrame, mbit: float) -> tuple[AllReduce, pd.DataFrame]:
    """Return the model of all other bandwidths, and its prediction of the one held back."""
    is_held = points["mbit"] == mbit
    model = fit(points[~is_held])
    return model, predicted(model, points[is_held])
