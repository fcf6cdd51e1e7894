"""Checks a window of traffic against a baseline; knows columns, no files and no medium.

A check has a distance, a threshold with its share of the report's false-alarm rate, and the power
to see a shift of stated size. Data-quality checks compare with what the baseline never showed, so
they have no threshold to draw.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from helpers.monitoring import distances, thresholds
from helpers.monitoring.observations import OUTPUTS, RIGHT, Column, Observations

DRIFT, COMPLETE, TYPE, MISSING, EXTRA, CATEGORY = (
    "baseline_drift_check", "completeness_check", "data_type_check", "missing_column_check",
    "extra_column_check", "categorical_values_check",
)  # fmt: skip
"""Model Monitor's types of check:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html"""
LEAST = 10
"""Objects of a window that are worth a comparison."""


@dataclass(frozen=True)
class Settings:
    """How a report's thresholds are made."""

    rate: float = thresholds.RATE
    """Share of the reports on unchanged traffic that may raise an alarm."""
    rounds: int = thresholds.ROUNDS
    power_rounds: int = thresholds.POWER_ROUNDS
    seed: int = 0


@dataclass(frozen=True)
class Check:
    """One comparison of a column with its baseline."""

    feature: str
    kind: str
    """One of Model Monitor's types."""
    fired: bool
    description: str
    distance: float | None = None
    threshold: float | None = None
    power: float | None = None
    """Share of the windows in which the stated shift is seen."""
    size: int = 0
    """Objects of the window that have a value."""


def check(baseline: Observations, window: Observations, settings: Settings) -> list[Check]:
    """Return all checks of a window, quality first."""
    wanted = compared(baseline, window)
    judge = _Judge(settings, len(wanted))
    drift = [judge.drift(name, baseline.columns[name], window.columns[name]) for name in wanted]
    return [*_quality(baseline, window), *drift]


def expected(baseline: Observations, size: int, settings: Settings) -> list[Check]:
    """Return the checks of any window of `size` objects, before there is one: threshold, power."""
    wanted = compared(baseline, baseline)
    judge = _Judge(settings, len(wanted))
    return [judge.expected(name, baseline.columns[name], size) for name in wanted]


def compared(baseline: Observations, window: Observations) -> list[str]:
    """Return the names of the columns that are compared: of one type, with enough values."""
    return [
        name
        for name, column in baseline.columns.items()
        if name in window.columns
        and window.columns[name].is_number == column.is_number
        and len(window.columns[name].known.values) >= LEAST
        and (name == RIGHT or len(set(column.known.values)) > 1)
    ]


class _Judge:
    """Makes the thresholds of one report's comparisons, which share its rate."""

    def __init__(self, settings: Settings, comparisons: int) -> None:
        self._settings = settings
        self._share = settings.rate / max(1, comparisons)
        self._rng = np.random.default_rng(settings.seed)

    def drift(self, name: str, base: Column, now: Column) -> Check:
        """Compare a column of a window with the baseline's."""
        size = len(now.known.values)
        plan = self.expected(name, base, size)
        distance = distance_of(name, base.known, now.known)
        fired = distance > plan.threshold
        words = (
            f"Baseline drift distance: {distance:.3f} {'exceeds' if fired else 'is within'}"
            f" threshold: {plan.threshold:.3f}, {size} objects"
        )
        return replace(plan, fired=fired, description=words, distance=distance)

    def expected(self, name: str, base: Column, size: int) -> Check:
        """Return threshold and power for windows of a size."""
        base, settings = base.known, self._settings
        members = thresholds.windows(base.groups, size, settings.rounds, self._rng)
        few = members[: settings.power_rounds]
        if not base.is_number:
            domain = sorted(set(base.values))
            codes = np.array([domain.index(value) for value in base.values])
            null = distances.of_category_windows(codes, members)
            threshold = thresholds.limit(null, self._share)
            power = thresholds.category_power(codes, few, threshold, thresholds.SHARE, self._rng)
        elif name == RIGHT:
            values = np.array(base.values, float)
            drawn = thresholds.limit(distances.of_losses(values, members), self._share)
            losses = thresholds.likely_losses(values, size, settings.rounds, self._rng)
            threshold = max(drawn, thresholds.limit(losses, self._share))
            power = thresholds.loss_power(values, few, threshold, thresholds.SHARE, self._rng)
        else:
            values = np.array(base.values, float)
            threshold = thresholds.limit(distances.of_windows(values, members), self._share)
            power = thresholds.power(values, few, threshold, thresholds.SHIFT * values.std())
        return Check(name, DRIFT, False, f"{size} objects", None, threshold, power, size)


def distance_of(name: str, base: Column, now: Column) -> float:
    """Return the distance of a window's values from the baseline's."""
    if base.is_number:
        values, window = np.array(base.values, float), np.array(now.values, float)
        if name == RIGHT:
            return max(0.0, float(values.mean() - window.mean()))
        return distances.of_numbers(values, window)
    domain = sorted({*base.values, *now.values})
    one, other = (
        np.bincount([domain.index(value) for value in column.values], minlength=len(domain))
        for column in (base, now)
    )
    return distances.of_counts(one, other)


def _quality(baseline: Observations, window: Observations) -> Iterator[Check]:
    for name, base in baseline.columns.items():
        if name not in window.columns:
            if name != RIGHT:  # labels come later, or never
                yield Check(name, MISSING, True, "The column is missing in this window")
            continue
        now = window.columns[name]
        size = len(now.known.values)
        if name != RIGHT:
            fired = now.completeness < base.completeness
            words = f"{now.completeness:.1%} have a value, {base.completeness:.1%} in the baseline"
            yield Check(name, COMPLETE, fired, words, size=size)
        if now.is_number != base.is_number:
            wanted = "Fractional" if base.is_number else "String"
            yield Check(name, TYPE, True, f"The values are not {wanted}", size=size)
        elif not base.is_number:
            strange = sorted({*now.known.values} - {*base.known.values})
            words = f"Unknown values: {', '.join(strange[:5]) or 'none'}"
            yield Check(name, CATEGORY, bool(strange), words, size=size)
    for name in window.columns.keys() - baseline.columns.keys():
        yield Check(name, EXTRA, True, "The column is not in the baseline")


def kind_of(feature: str) -> str:
    """Say what a feature tells of: the input, the answer, or the truth."""
    if feature == RIGHT:
        return "truth"
    return "answer" if feature in OUTPUTS else "input"
