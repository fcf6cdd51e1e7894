"""Loads the data sets of the course by name; each is a folder behind the interface of base.py."""

from importlib import import_module

from helpers.datasets.base import Dataset
from helpers.samples import Record, Remark, Sample, Unreadable

NAMES = ("birds", "bins")
"""The course's data sets. A new one is a folder here whose dataset.py has a `DATASET`."""

__all__ = ["NAMES", "Dataset", "Record", "Remark", "Sample", "Unreadable", "load_dataset"]


def load_dataset(name: str) -> Dataset:
    """Return the data set called `name`: one of `NAMES`, or a module on the path with a `DATASET`.

    A data set that is not the course's is called by its module's dotted name. Manifests, models and
    reports store this name, so every later program can load the data set by it.

    Raises:
        ValueError: there is no such data set.
    """
    if name in NAMES:
        return import_module(f"helpers.datasets.{name}.dataset").DATASET
    if "." not in name or not all(part.isidentifier() for part in name.split(".")):
        raise ValueError(
            f"No data set called {name!r}: COURSE_DATASET is one of {', '.join(NAMES)}"
        )
    module = import_module(name)
    dataset = vars(module).get("DATASET")
    if not isinstance(dataset, Dataset) or dataset.name != name:
        raise ValueError(f"The module {name} has no DATASET whose name is {name!r}")
    return dataset
