"""Monitoring's verdicts beside Evidently's, on the same seeded windows of changed traffic.

PYTHONPATH=. python benchmarks/drift_evidently.py [--baselines 5] [--windows 10] [--seed 0]

Evidently is no package of the course: make an environment of its own for this program, with
evidently 0.7.23, numpy 2.4.6, pandas 2.3.3 and scipy 1.17.1.

Each column is judged alone, at 5 %, on the same values by both. Evidently's own choice for windows
of at most 1,000 objects is the test of Kolmogorov and Smirnov for numbers and the chi-squared test
for categories, at p < 0.05; the other two measures have its thresholds of 0.1. For windows of one
size the p of the former is a function of our distance: where one grows, the other may not.
"""

import argparse
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from evidently.legacy.calculations.stattests import (
    chi_stat_test,
    jensenshannon_stat_test,
    ks_stat_test,
    psi_stat_test,
)
from evidently.legacy.core import ColumnType

from helpers.monitoring.checks import DRIFT, Judge, Settings
from helpers.monitoring.observations import Column, Observations

OBJECTS, WINDOW = 400, 70
LABELS = "abcdefgh"
NUMBERS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": lambda rng, count: rng.normal(size=count),
    "heavy": lambda rng, count: rng.standard_t(2, size=count),
    "rounded": lambda rng, count: np.round(rng.gamma(2, size=count), 1),
    "mostly_zero": lambda rng, count: rng.exponential(size=count) * (rng.random(count) < 0.1),
}
SHIFTS = (0.0, 0.25, 0.5, 0.75)
"""Standard deviations of the baseline that are added."""
SHARES = (0.0, 0.1, 0.3)
"""Share of the objects that get another label, which is the first."""
EVIDENTLY = {
    "default": (None, 0.05),
    "PSI": (psi_stat_test, 0.1),
    "Jensen-Shannon": (jensenshannon_stat_test, 0.1),
}


def judged(values: Any) -> Observations:
    """Return observations of one column."""
    observations = Observations()
    names = [str(number) for number in range(len(values))]
    observations.columns["column"] = Column(values.tolist(), names)
    return observations


def label(rng: np.random.Generator, count: int) -> np.ndarray:
    """Draw labels, some more frequent than others."""
    return rng.choice(list(LABELS), size=count, p=np.arange(1, 9) / 36)


def windows(
    name: str, change: float, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, Iterator[np.ndarray]]:
    """Return a baseline of a column and its windows, changed by so much."""
    if name == "label":
        base = label(rng, OBJECTS)
        drawn = (label(rng, WINDOW) for _ in range(count))
        return base, (
            np.where(rng.random(WINDOW) < change, LABELS[0], each) for each in drawn
        )  # fmt: skip
    base = NUMBERS[name](rng, OBJECTS)
    return base, (NUMBERS[name](rng, WINDOW) + change * base.std() for _ in range(count))


def row(name: str, change: float, args: argparse.Namespace) -> dict[str, Any]:
    """Return the shares of the windows that each method calls drifted, and how they agree."""
    rng = np.random.default_rng([args.seed, len(name), round(100 * change)])
    kind = ColumnType.Categorical if name == "label" else ColumnType.Numerical
    seen: list[dict[str, Any]] = []
    for _ in range(args.baselines):
        base, drawn = windows(name, change, args.windows, rng)
        judge = Judge(judged(base), Settings(power_rounds=5))
        seen += [verdicts(judge, pd.Series(base), each, kind) for each in drawn]
    table = pd.DataFrame(seen)
    outcome = {method: table[method].mean() for method in ("ours", *EVIDENTLY)}
    agree = (table["ours"] == table["default"]).mean()
    places = "" if name == "label" else out_of_order(table)
    return {"column": name, "change": change, **outcome, "agree": agree, "out of order": places}


def out_of_order(table: pd.DataFrame) -> int:
    """Return at how many distances Evidently's p is above that of a smaller distance."""
    p = table.groupby("distance")["p"].agg(["min", "max"]).sort_index()
    return int((p["max"] > p["min"].shift() + 1e-12).sum() + (p["max"] > p["min"] + 1e-12).sum())


def verdicts(judge: Judge, base: pd.Series, window: np.ndarray, kind: ColumnType) -> dict[str, Any]:
    """Return what both say of one window."""
    [check] = [each for each in judge.check(judged(window)) if each.kind == DRIFT]
    test = chi_stat_test if kind == ColumnType.Categorical else ks_stat_test
    results = {
        method: (own or test)(base, pd.Series(window), kind, threshold)
        for method, (own, threshold) in EVIDENTLY.items()
    }
    drifted = {method: bool(result.drifted) for method, result in results.items()}
    return {
        "distance": round(check.distance, 12), "p": results["default"].drift_score,
        "ours": check.fired, **drifted,
    }  # fmt: skip


def main(args: argparse.Namespace) -> pd.DataFrame:
    """Return a row for each column and change."""
    pairs = [(name, shift) for name in NUMBERS for shift in SHIFTS]
    pairs += [("label", share) for share in SHARES]
    return pd.DataFrame([row(name, change, args) for name, change in pairs])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--baselines", type=int, default=5, help="of each column and change")
    parser.add_argument("--windows", type=int, default=10, help="of each baseline")
    parser.add_argument("--seed", type=int, default=0)
    print(main(parser.parse_args()).to_string(index=False, float_format="{:.3f}".format))
