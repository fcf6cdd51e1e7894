"""What a question to a data set's metadata is; it knows SQL and frames as types, asks nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure


@dataclass(frozen=True)
class Question:
    """One question, its query over the flat table, and how to look at the answer."""

    title: str
    sql: str
    draw: Callable[[pd.DataFrame], Figure]
    finding: Callable[[pd.DataFrame], str]
    """One sentence of Markdown on what the rows show; texts from them go through `escape`."""


@dataclass(frozen=True)
class Questions:
    """All questions about one data set's metadata."""

    flat: str
    """SELECT that turns the raw metadata table `{raw}` into one row a sample with `id`, `label`."""
    kin: str
    """SELECT of `label` and `kin` for each sample of the classes: how many others it is akin to."""
    akin: str
    """What makes two samples akin, in words: "recordist", "item"."""
    all: tuple[Question, ...]

    def __iter__(self) -> Iterator[Question]:
        """Yield the questions in order."""
        return iter(self.all)
