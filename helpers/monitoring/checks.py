"""Checks a window of traffic against a baseline; knows columns, no files and no medium.

A check has a distance, a threshold with its share of the report's false-alarm rate, and the power
to see a shift of stated size. Data-quality checks compare with what the baseline never showed, so
they have no threshold to draw; but where the baseline has gaps too, some more of them are chance. A
column that can't be compared is named, with the reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from helpers.monitoring import distances, thresholds
from helpers.monitoring.draws import Draws
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
    return Judge(baseline, settings).check(window)


def expected(baseline: Observations, size: int, settings: Settings) -> list[Check]:
    """Return the checks of any window of `size` objects, before there is one: threshold, power."""
    return Judge(baseline, settings).expected(size)


def uncompared(baseline: Observations, window: Observations) -> dict[str, str]:
    """Return why a column can't be compared, by the names of all that both have; "" if it can."""
    reasons = {}
    for name, base in baseline.columns.items():
        if name not in window.columns or window.columns[name].is_number != base.is_number:
            continue  # a check of quality has it
        for place, column in (("window", window.columns[name]), ("baseline", base)):
            if (count := len(column.known.values)) < LEAST:
                reasons[name] = f"Not compared: {count} values in the {place}, {LEAST} are needed"
                break
        else:
            reasons[name] = ""
    return reasons


class Judge:
    """Compares windows with one baseline; what is drawn for a size of window, is drawn once."""

    def __init__(self, baseline: Observations, settings: Settings) -> None:
        self._baseline, self._settings = baseline, settings
        self._draws = Draws(settings.rounds, settings.seed)
        self._plans: dict[tuple, Check] = {}

    def check(self, window: Observations) -> list[Check]:
        """Return all checks of a window, quality first; none of one in which nothing came."""
        if not len(window) and not window.unreadable:
            return []
        reasons = uncompared(self._baseline, window)
        share = self._share(reasons)
        drift = [
            Check(name, DRIFT, False, reason, size=len(window.columns[name].known.values))
            if reason else self._drift(name, window.columns[name].known, share)
            for name, reason in reasons.items()
        ]  # fmt: skip
        return [*self._quality(window, share), *drift]

    def expected(self, size: int) -> list[Check]:
        """Return the comparisons of any window of a size."""
        reasons = uncompared(self._baseline, self._baseline)
        share = self._share(reasons)
        return [self._plan(name, size, share) for name, reason in reasons.items() if not reason]

    def _share(self, reasons: dict[str, str]) -> float:
        """Return the share of the rate that each check has which chance may raise."""
        gaps = sum(column.completeness < 1 for column in self._baseline.columns.values())
        return self._settings.rate / max(1, gaps + sum(not reason for reason in reasons.values()))

    def _plan(self, name: str, size: int, share: float) -> Check:
        """Return threshold and power of a column for windows of a size."""
        key = name, size, share
        if key not in self._plans:
            base = self._baseline.columns[name].known
            threshold = max(
                thresholds.limit(self._draws.null(name, base, size), share),
                thresholds.least(size, len(base.values), share),
            )
            power = self._draws.power(name, base, size, threshold, self._settings.power_rounds)
            self._plans[key] = Check(
                name, DRIFT, False, f"{size} objects", None, threshold, power, size
            )
        return self._plans[key]

    def _drift(self, name: str, now: Column, share: float) -> Check:
        """Compare a column of a window with the baseline's.

        A value that is rare in the baseline may come twice as often in a window by chance, and no
        window that is drawn from the baseline shows it. So the threshold is also what `share` of
        the ways exceed, in which the objects of both together can be a baseline and a window. For
        windows of the same law this alone keeps the rate, whatever the law.
        Source: Good, 2005, chapter 3.
        """
        base, size = self._baseline.columns[name].known, len(now.values)
        plan = self._plan(name, size, share)
        distance = distance_of(name, base, now)
        pooled = thresholds.limit(self._draws.pooled(name, base, now), share)
        if pooled > plan.threshold:
            power = self._draws.power(name, base, size, pooled, self._settings.power_rounds)
            plan = replace(plan, threshold=pooled, power=power)
        fired = distance > plan.threshold
        words = (
            f"Baseline drift distance: {distance:.3f} {'exceeds' if fired else 'is within'}"
            f" threshold: {plan.threshold:.3f}, {size} objects"
        )
        return replace(plan, fired=fired, description=words, distance=distance)

    def _quality(self, window: Observations, share: float) -> Iterator[Check]:
        for name, base in self._baseline.columns.items():
            if name not in window.columns:
                if name != RIGHT:  # labels come later, or never
                    yield Check(name, MISSING, True, "The column is missing in this window")
                continue
            now = window.columns[name]
            size = len(now.known.values)
            if name != RIGHT:
                chance = 0.0
                if 0 < base.completeness < 1 and now.values:
                    chance = thresholds.limit(self._draws.gaps(base, now), share)
                fired = base.completeness - now.completeness > chance
                words = (
                    f"{now.completeness:.1%} have a value, {base.completeness:.1%} in the baseline"
                )
                yield Check(name, COMPLETE, fired, words, size=size)
            if now.is_number != base.is_number:
                wanted = "Fractional" if base.is_number else "String"
                yield Check(name, TYPE, True, f"The values are not {wanted}", size=size)
            elif not base.is_number:
                strange = sorted({*now.known.values} - {*base.known.values})
                words = f"Unknown values: {', '.join(strange[:5]) or 'none'}"
                yield Check(name, CATEGORY, bool(strange), words, size=size)
        for name in window.columns.keys() - self._baseline.columns.keys():
            yield Check(name, EXTRA, True, "The column is not in the baseline")


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


def kind_of(feature: str) -> str:
    """Say what a feature tells of: the input, the answer, or the truth."""
    if feature == RIGHT:
        return "truth"
    return "answer" if feature in OUTPUTS else "input"
