"""What a question to a data set's metadata is; it knows SQL and frames as types, asks nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure


@dataclass(frozen=True)
class Question:
    """One question, its query over the flat table, and how to look at the answer."""

    name: str
    """By which a notebook asks it: the questions of every data set have the same names."""
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
    related: str
    """SELECT of `label` and `related_samples`, the number of related ones, for each sample."""
    relation: str
    """The thing that related samples have in common: "recordist", "item"."""
    all: tuple[Question, ...]

    def __iter__(self) -> Iterator[Question]:
        """Yield the questions in order."""
        return iter(self.all)

    def __getitem__(self, name: str) -> Question:
        """Return the question of a name.

        Raises:
            KeyError: none is called that; the message has all names.
        """
        named = {question.name: question for question in self.all}
        if name not in named:
            raise KeyError(f"No question is called {name!r}: there are {', '.join(named)}")
        return named[name]
