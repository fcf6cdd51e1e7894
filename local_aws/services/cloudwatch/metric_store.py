"""Metric data in memory and on disk, in a file of JSON lines for each day; knows no request.

Data are kept for 15 days in the resolution that they came in. AWS keeps data of a second for 3
hours, of a minute for 15 days, and sums of five minutes and of an hour for longer.
"""

import threading
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from local_aws.services.cloudwatch.samples import Samples
from local_aws.state import paths
from local_aws.state.clock import Clock
from local_aws.state.json_lines import append, read_lines

KEPT = timedelta(days=15)


class Metric(NamedTuple):
    """What identifies a metric; the dimensions are in the order of their names."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]


class Datum(NamedTuple):
    """Samples of one metric at one time: values, each with its count, or a statistic set."""

    metric: Metric
    time: float
    """Seconds since 1970."""
    unit: str
    resolution: int
    """Seconds: 1 or 60."""
    values: Sequence[tuple[float, float]] = ()
    statistics: Sequence[float] = ()
    """Number, sum, minimum and maximum."""


def _datum(line: Any) -> Datum:
    (namespace, name, dimensions), *rest = line
    return Datum(Metric(namespace, name, tuple((key, value) for key, value in dimensions)), *rest)


class MetricStore:
    """The metric data of the local AWS."""

    def __init__(self, folder: Path, clock: Clock):
        self._folder, self._clock, self._lock = folder, clock, threading.RLock()
        self._samples: dict[Metric, dict[tuple[int, str], Samples]] = {}
        """Of each metric, by time and unit."""
        folder.mkdir(parents=True, exist_ok=True)
        self._today = clock.now().date()
        self._forget_old()
        for path in sorted(folder.glob("*.jsonl")):
            for datum in read_lines(path, _datum):
                self._remember(datum)

    def add(self, data: list[Datum]) -> None:
        """Keep data, all or none; they are on disk when this returns."""
        with self._lock:
            if (today := self._clock.now().date()) != self._today:
                self._today = today
                self._forget_old()
            append(self._file(today), data)
            for datum in data:
                self._remember(datum)

    def metrics(self) -> list[Metric]:
        """Return all metrics that have data, in order."""
        with self._lock:
            return sorted(metric for metric, samples in self._samples.items() if samples)

    def spans(
        self, metric: Metric, start: int, end: int, period: int, unit: str | None = None
    ) -> dict[tuple[int, str], Samples]:
        """Return the samples of the spans of `period` seconds from `start` to `end`.

        Args:
            unit: the samples of this unit alone; None: of each unit.

        Returns:
            For each span that has any, in the order of time: its beginning and a unit, samples.
        """
        merged: dict[tuple[int, str], Samples] = {}
        with self._lock:
            for (time, of), samples in self._samples.get(metric, {}).items():
                if start <= time < end and unit in (None, of):
                    span = start + (time - start) // period * period
                    merged.setdefault((span, of), Samples()).merge(samples)
        return dict(sorted(merged.items()))

    def _file(self, day: date) -> Path:
        return paths.child(self._folder, day.isoformat(), ".jsonl")

    def _remember(self, datum: Datum) -> None:
        time = int(datum.time // datum.resolution * datum.resolution)
        samples = self._samples.setdefault(datum.metric, {})
        samples.setdefault((time, datum.unit), Samples()).add(datum.values, datum.statistics)

    def _forget_old(self) -> None:
        oldest = self._clock.now() - KEPT
        for path in self._folder.glob("*.jsonl"):
            if path < self._file(oldest.date()):
                path.unlink()
        for metric, samples in self._samples.items():
            kept = {at: each for at, each in samples.items() if at[0] >= oldest.timestamp()}
            self._samples[metric] = kept
