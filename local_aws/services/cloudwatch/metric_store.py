"""Metric data in memory and on disk, in a file of JSON lines for each day; knows no request.

Data are kept for 15 days in the resolution that they came in. AWS keeps data of a second for 3
hours, of a minute for 15 days, and sums of five minutes and of an hour for longer.
"""

import threading
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from local_aws.services.cloudwatch.samples import Samples
from local_aws.state.clock import Clock
from local_aws.state.json_lines import append, read_lines

KEPT = timedelta(days=15)


class Metric(NamedTuple):
    """What identifies a metric; the dimensions are in the order of their names."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Datum:
    """Samples of one metric at one time: values, each with its count, or a statistic set."""

    metric: Metric
    time: float
    """Seconds since 1970."""
    unit: str
    resolution: int
    """Seconds: 1 or 60."""
    values: tuple[tuple[float, float], ...] = ()
    statistics: tuple[float, float, float, float] | None = None
    """Number, sum, minimum and maximum."""

    def line(self) -> list:
        """Return the datum as JSON."""
        return [*self.metric, self.time, self.unit, self.resolution, self.values, self.statistics]


def _datum(line: Any) -> Datum:
    namespace, name, dimensions, time, unit, resolution, values, statistics = line
    metric = Metric(namespace, name, tuple((key, value) for key, value in dimensions))
    pairs = tuple((float(value), float(count)) for value, count in values)
    return Datum(metric, float(time), unit, resolution, pairs, statistics and tuple(statistics))


class _Series:
    """The samples of one metric, by time and unit."""

    def __init__(self) -> None:
        self.times: list[int] = []
        self._samples: dict[int, dict[str, Samples]] = {}

    def add(self, datum: Datum) -> None:
        time = int(datum.time // datum.resolution * datum.resolution)
        if time not in self._samples:
            insort(self.times, time)
            self._samples[time] = {}
        samples = self._samples[time].setdefault(datum.unit, Samples())
        for value, count in datum.values:
            samples.add(value, count)
        if datum.statistics:
            samples.add_set(*datum.statistics)

    def between(self, start: int, end: int) -> Iterator[tuple[int, str, Samples]]:
        for time in self.times[bisect_left(self.times, start) : bisect_left(self.times, end)]:
            for unit, samples in self._samples[time].items():
                yield time, unit, samples

    def forget(self, before: float) -> None:
        stale = bisect_left(self.times, before)
        for time in self.times[:stale]:
            del self._samples[time]
        del self.times[:stale]


class MetricStore:
    """The metric data of the local AWS."""

    def __init__(self, folder: Path, clock: Clock):
        self._folder, self._clock, self._lock = folder, clock, threading.RLock()
        self._series: dict[Metric, _Series] = {}
        folder.mkdir(parents=True, exist_ok=True)
        self._today = clock.now().date()
        self._forget_old()
        for path in sorted(folder.glob("*.jsonl")):
            for datum in read_lines(path, _datum):
                self._remember(datum)

    def add(self, data: Iterable[Datum]) -> None:
        """Keep data, all or none; they are on disk when this returns."""
        data = list(data)
        with self._lock:
            if (today := self._clock.now().date()) != self._today:
                self._today = today
                self._forget_old()
            append(self._file(today), [datum.line() for datum in data])
            for datum in data:
                self._remember(datum)

    def metrics(self) -> list[Metric]:
        """Return all metrics that have data, in order."""
        with self._lock:
            return sorted(metric for metric, series in self._series.items() if series.times)

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
            if series := self._series.get(metric):
                for time, of, samples in series.between(start, end):
                    if unit in (None, of):
                        span = start + (time - start) // period * period
                        merged.setdefault((span, of), Samples()).merge(samples)
        return merged

    def _file(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.jsonl"

    def _remember(self, datum: Datum) -> None:
        self._series.setdefault(datum.metric, _Series()).add(datum)

    def _forget_old(self) -> None:
        oldest = self._clock.now() - KEPT
        for path in self._folder.glob("*.jsonl"):
            if path < self._file(oldest.date()):
                path.unlink()
        for series in self._series.values():
            series.forget(oldest.timestamp())
