"""A question is shown with its query, its figure and what the rows say."""

import IPython.display
import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers import athena
from helpers.datasets import load_dataset
from helpers.datasets.questions import Question
from helpers.questions import _drawable, ask


@pytest.fixture
def shown(monkeypatch):
    """Collect what a notebook would show, instead of showing it."""
    texts = []
    monkeypatch.setattr(IPython.display, "display", lambda what: texts.append(what.data))
    monkeypatch.setattr(plt, "show", lambda: texts.append("the figure"))
    return texts


@pytest.fixture
def course(config):
    athena.query(config, f"CREATE DATABASE {config.database}")
    return config


def question(sql):
    return Question(
        "How many?", sql, lambda frame: plt.figure(), lambda frame: f"{len(frame)} row."
    )


def test_query_figure_finding_and_cost_are_shown_in_order(course, shown):
    ask(course, question("SELECT 1 AS n"))
    heading, figure, finding = shown
    assert heading.startswith("### How many?") and "SELECT 1 AS n" in heading
    assert figure == "the figure"
    assert finding.startswith("1 row. `<Query: 1 row, ")


def test_an_answer_without_rows_is_said_and_not_drawn(course, shown):
    ask(course, question("SELECT 1 AS n WHERE 1 = 0"))
    assert len(shown) == 2 and "No row answers this" in shown[1]


def test_a_missing_table_names_the_notebook_that_makes_it(course, shown):
    with pytest.raises(athena.QueryError, match="notebooks/02"):
        ask(course, question("SELECT * FROM birds"))
    assert shown == []


@pytest.mark.parametrize("dataset", ["birds", "bins"])
def test_both_data_sets_have_questions_about_their_flat_table(dataset):
    questions = load_dataset(dataset).questions()
    assert "{raw}" in questions.flat
    titles = [each.title for each in questions]
    assert len(titles) == len({*titles}) >= 5


LOOK_ALIKE = ["x" * 40 + letter + "y" * 40 for letter in "ab"]


@pytest.mark.parametrize("index", range(7))
def test_labels_that_are_missing_or_look_alike_when_cut_are_drawn_as_two(index):
    labels = [*LOOK_ALIKE, None, "owl"]
    numbers = dict.fromkeys(("latitude", "longitude", "recordings", "recordists", "hour"), 1)
    frame = pd.DataFrame({"label": labels, "other": labels, **numbers, "month": 2})
    frame = frame.assign(rating=range(4), in_common=labels)
    drawn = _drawable(frame)
    assert drawn["label"].nunique() == 4 and not drawn["label"].isna().any()
    assert drawn["label"].equals(drawn["other"])
    list(load_dataset("birds").questions())[index].draw(drawn)
