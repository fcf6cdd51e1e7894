"""What was observed of a set of raw objects: a column a feature; knows data sets by interface."""

import math
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from helpers.datasets import Dataset, Unreadable
from helpers.monitoring.capture import Traffic

LABEL, CONFIDENCE, RIGHT = "label", "confidence", "right"
"""The columns of a model's answers: its label, the probability of it, and 1 or 0 by the truth."""
OUTPUTS = (LABEL, CONFIDENCE, RIGHT)

Value = float | str | None


@dataclass(frozen=True)
class Column:
    """The values of one feature."""

    values: list[Value]
    """Numbers or texts, of the objects in their order; None where there is none."""
    groups: list[str]
    """The group of each object; objects of one group resemble each other."""

    @property
    def is_number(self) -> bool:
        """Say whether the values are numbers."""
        return not any(isinstance(value, str) for value in self.values)

    @property
    def known(self) -> "Column":
        """Return the column without the objects that have no value."""
        kept = [i for i, value in enumerate(self.values) if value is not None]
        return Column([self.values[i] for i in kept], [self.groups[i] for i in kept])

    @property
    def completeness(self) -> float:
        """Return the share of the objects that have a value."""
        return len(self.known.values) / len(self.values) if self.values else 0.0


@dataclass
class Observations:
    """The columns of some objects. Those of inputs and outputs may be of different objects."""

    columns: dict[str, Column] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    """The reason by the name of each object that could not be measured."""

    def __len__(self) -> int:
        """Return the number of objects of the longest column."""
        return max((len(column.values) for column in self.columns.values()), default=0)

    def add(self, rows: Sequence[Mapping[str, Value]], groups: Sequence[str]) -> None:
        """Add the columns of some rows; a row may lack any."""
        for name in dict.fromkeys(name for row in rows for name in row):
            values = [_known(row.get(name)) for row in rows]
            self.columns[name] = Column(values, list(groups))


def measure(
    dataset: Dataset, objects: Iterable[tuple[str, bytes]], unreadable: dict[str, str], *,
    threads: int = 4,
) -> list[dict[str, Value]]:  # fmt: skip
    """Return the features of each object; none, and a reason in `unreadable`, where it has none.

    Args:
        objects: names and bytes.
    """

    def features(item: tuple[str, bytes]) -> dict[str, Value]:
        name, data = item
        try:
            return dict(dataset.features(data))
        except Unreadable as error:
            unreadable[name] = str(error)
            return {}

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(features, objects))


def observe(
    dataset: Dataset, traffic: Traffic, labels: Mapping[str, str], *, threads: int = 4
) -> Observations:
    """Return the columns of captured traffic: features, answers, and the truth where it came."""
    observations = Observations(unreadable=dict(traffic.faults))
    pairs = ((each.name, each.data) for each in traffic.objects)
    rows = measure(dataset, pairs, observations.unreadable, threads=threads)
    answers = [outputs(each.answer, labels.get(each.name)) for each in traffic.objects]
    # The objects of a request come together, so they are one group.
    groups = [each.name.partition("/")[0] for each in traffic.objects]
    observations.add([row | answer for row, answer in zip(rows, answers, strict=True)], groups)
    return observations


def outputs(answer: Mapping | None, truth: str | None = None) -> dict[str, Value]:
    """Return the columns of a model's answer; none where there is no answer.

    Args:
        answer: with `label` and `probabilities`, as an endpoint gives it.
        truth: the true label, where it is known.
    """
    if not answer or "label" not in answer:
        return {}
    row: dict[str, Value] = {
        LABEL: answer["label"],
        CONFIDENCE: float(max(answer["probabilities"].values())),
    }
    if truth is not None:
        row[RIGHT] = float(answer["label"] == truth)
    return row


def _known(value: Value) -> Value:
    """Return a value, None in place of what is no finite number."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
