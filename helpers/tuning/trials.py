"""The trials of a search: settings, result, times and cost; tables of them; calls no service.

Seconds count from the request: to `start` until SageMaker reports that the script runs, to the
first step until train.py prints its line for it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from statistics import median
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Trial:
    """One training job of a search."""

    number: int
    params: dict[str, Any]
    job: str
    """Name of the training job."""
    status: str = "InProgress"
    value: float | None = None
    """The objective at the end of the trial; None without one."""
    error: float | None = None
    """The objective's standard error, as the script printed it."""
    start_seconds: float | None = None
    """From the request until the script runs."""
    step_seconds: float | None = None
    """From the request until the first step is done."""
    billable_seconds: float = 0.0
    """Sum over its instances, including the idle time of its warm pool."""
    cost: float | None = None
    """Dollars."""
    begin: str = ""
    end: str = ""
    """ISO times of request and end."""
    reason: str = ""
    """Why it failed."""

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> "Trial":
        """Return the trial of a record; fields of later versions are ignored."""
        known = {item.name for item in fields(cls)}
        return cls(**{name: value for name, value in record.items() if name in known})

    @property
    def ended(self) -> bool:
        """Return whether its job has ended."""
        return self.status != "InProgress"

    def record(self) -> dict[str, Any]:
        """Return the record that `read` takes, with JSON's types only."""
        return asdict(self)


def table(trials: Sequence[Trial]) -> pd.DataFrame:
    """Return a row for each trial: hyperparameters, objective, seconds, dollars."""
    rows = [
        {
            "trial": trial.number,
            **trial.params,
            "objective": trial.value,
            "standard error": trial.error,
            "s to start": trial.start_seconds,
            "s to first step": trial.step_seconds,
            "billable s": trial.billable_seconds,
            "dollars": trial.cost,
        }
        for trial in trials
    ]
    return pd.DataFrame(rows).set_index("trial")


def compare(searches: Mapping[str, Sequence[Trial]], *, maximize: bool = True) -> pd.DataFrame:
    """Return a column for each search: starts, billed seconds, wall time, dollars, best value."""
    return pd.DataFrame({name: _sums(trials, maximize) for name, trials in searches.items()})


def _sums(trials: Sequence[Trial], maximize: bool) -> dict[str, float | None]:
    first, later = trials[0], trials[1:]
    begin = min(datetime.fromisoformat(trial.begin) for trial in trials)
    end = max(datetime.fromisoformat(trial.end) for trial in trials)
    best = best_of(trials, maximize)
    return {
        "trials": len(trials),
        "s to start, first trial": first.start_seconds,
        "s to start, median of the others": _median(trial.start_seconds for trial in later),
        "s to first step, first trial": first.step_seconds,
        "s to first step, median of the others": _median(trial.step_seconds for trial in later),
        "billable s, all": sum(trial.billable_seconds for trial in trials),
        "s of wall time": (end - begin).total_seconds(),
        "dollars": total_cost(trials),
        "best objective": best.value if best else None,
    }


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def best_of(trials: Sequence[Trial], maximize: bool = True) -> Trial | None:
    """Return the trial with the best objective; None if no trial has one."""
    scored = [trial for trial in trials if trial.value is not None and math.isfinite(trial.value)]
    sign = 1 if maximize else -1
    return max(scored, key=lambda trial: sign * trial.value, default=None)


def total_cost(trials: Sequence[Trial]) -> float | None:
    """Return the cost of trials in dollars; None where a price is unknown."""
    costs = [trial.cost for trial in trials]
    return None if None in costs else sum(costs)


def words(params: Mapping[str, Any]) -> str:
    """Return hyperparameters as text, such as `lr=0.0031, width=16`."""
    return ", ".join(f"{name}={_short(value)}" for name, value in params.items())


def _short(value: Any) -> str:
    try:
        return f"{float(value):.3g}"
    except ValueError:
        return str(value)
