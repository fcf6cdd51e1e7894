"""Types of the questions about a data set's metadata; knows SQL and frames, calls no service."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure


@dataclass(frozen=True)
class Question:
    """One question: its SQL on the flat table, and the figure and finding of its answer."""

    name: str
    """Its key for notebooks: the questions of all data sets have the same names."""
    title: str
    sql: str
    draw: Callable[[pd.DataFrame], Figure]
    finding: Callable[[pd.DataFrame], str]
    """Returns the finding in one sentence of Markdown; texts from the rows are escaped."""


@dataclass(frozen=True)
class Questions:
    """All questions about one data set's metadata."""

    flat: str
    """SELECT that turns the raw metadata table `{raw}` into one row a sample with `id`, `label`."""
    related: str
    """SELECT of `label` and `related_samples`, the number of related samples, for each."""
    relation: str
    """The property that related samples share: "recordist", "item"."""
    all: tuple[Question, ...]

    def __iter__(self) -> Iterator[Question]:
        """Yield the questions in order."""
        return iter(self.all)

    def __getitem__(self, name: str) -> Question:
        """Return the question of a name.

        Raises:
            KeyError: there is no such question; the message has all names.
        """
        named = {question.name: question for question in self.all}
        if name not in named:
            raise KeyError(f"No question is called {name!r}: there are {', '.join(named)}")
        return named[name]
