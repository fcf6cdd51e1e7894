"""The data sets of the course, each behind the same interface (see base.py)."""

from importlib import import_module

from helpers.datasets.base import Dataset, Drop, Record, Sample, Unreadable

NAMES = ("birds", "bins")

__all__ = ["NAMES", "Dataset", "Drop", "Record", "Sample", "Unreadable", "load_dataset"]


def load_dataset(name: str) -> Dataset:
    """Return the data set called `name`.

    Raises:
        ValueError: the name is not one of `NAMES`.
    """
    if name not in NAMES:
        raise ValueError(
            f"No data set called {name!r}: COURSE_DATASET is one of {', '.join(NAMES)}"
        )
    return import_module(f"helpers.datasets.{name}.dataset").DATASET
