"""What a curated row of metadata is: columns, partition, key, and how one is read; knows no Spark.

Imports nothing that Glue does not have, so that a Spark job reads metadata by the code of the data
set itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Curation:
    """The curated metadata of one data set.

    Args:
        columns: names to Hive types, the partition's column among them.
        partition: the column by which files lie in folders.
        key: the column whose value two copies of one thing share; NULL is nobody's copy.
        words: expression of Spark's SQL for the words of a row, an array of strings: what they are
            is the data set's own.
        read: from an object's id and its bytes to a row of `columns`, validated and normalized;
            raises Unreadable with the reason.
    """

    columns: Mapping[str, str]
    partition: str
    key: str
    words: str
    read: Callable[[str, bytes], dict]


def load_curation(name: str) -> Curation:
    """Return the curation of one of the course's data sets."""
    return import_module(f"helpers.datasets.{name}.curation").CURATION
