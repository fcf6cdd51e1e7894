"""Questions that a data set's metadata can answer in SQL; asks Athena, knows no data set."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from helpers.athena import query
from helpers.config import Config


@dataclass(frozen=True)
class Question:
    """One question, its query over the flat table, and how to look at the answer."""

    title: str
    sql: str
    draw: Callable[[pd.DataFrame], Figure]
    finding: Callable[[pd.DataFrame], str]
    """One sentence on what the rows show, with their numbers."""


@dataclass(frozen=True)
class Questions:
    """All questions about one data set's metadata."""

    flat: str
    """SELECT that turns the raw metadata table `{raw}` into one row a sample with `id`, `label`."""
    all: tuple[Question, ...]

    def __iter__(self) -> Any:
        return iter(self.all)


def load_questions(dataset: str) -> Questions:
    """Return the questions about a data set."""
    return import_module(f"helpers.datasets.{dataset}_questions").QUESTIONS


def ask(config: Config, question: Question) -> None:
    """Put a question to Athena; show its query, its figure, what it shows and what it took.

    Raises:
        QueryError: the flat table is not there; the message says which notebook makes it.
    """
    from IPython.display import Markdown, display

    result = query(config, question.sql)
    display(Markdown(f"### {question.title}\n\n```sql\n{question.sql.strip()}\n```"))
    if result.frame.empty:
        # The user's own recordings may come without coordinates, hours or second species.
        display(Markdown("No row answers this: the metadata has nothing on it."))
    else:
        question.draw(result.frame)
        plt.show()
        display(Markdown(f"{question.finding(result.frame)} `{result!r}`"))
