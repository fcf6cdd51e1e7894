"""Compares answers with labels that came later, with intervals; knows columns, no files."""

from dataclasses import dataclass

from helpers.evaluation.bootstrap import Interval, wilson
from helpers.monitoring.observations import RIGHT, Observations


@dataclass(frozen=True)
class Accuracy:
    """The share of right answers among the objects with a label."""

    share: float
    interval: Interval
    """95 %, Wilson's; nan without a label."""
    labeled: int
    objects: int

    def __str__(self) -> str:
        if not self.labeled:
            return f"no label yet for {self.objects} objects"
        low, high = self.interval
        return (
            f"{self.share:.3f} [{low:.3f}, {high:.3f}], {self.labeled} of {self.objects}"
            " objects have a label"
        )


def accuracy(observations: Observations) -> Accuracy:
    """Return the accuracy of a set of objects."""
    column = observations.columns.get(RIGHT)
    values = column.known.values if column else []
    objects = len(column.values) if column else len(observations)
    share = sum(values) / len(values) if values else float("nan")
    return Accuracy(share, wilson(share, len(values)), len(values), objects)
