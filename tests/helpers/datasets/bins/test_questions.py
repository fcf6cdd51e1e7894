"""All questions about the bins' metadata, asked of Athena over a few bins with real dirt."""

import matplotlib.pyplot as plt
import pytest

from helpers import athena
from helpers.datasets import load_dataset
from helpers.questions import leak
from tests.figures import is_labelled
from tests.local_aws.services.athena.notebook_rows import ROWS

QUESTIONS = load_dataset("bins").questions()


@pytest.fixture
def table(aws, config):
    """Return a function that lays bins down and makes the tables over them."""

    def table(rows=ROWS["bins"]):
        for id, data in rows.items():
            aws.store.put(config.bucket, f"raw/bins/metadata/{id}.json", data)
        athena.query(config, f"CREATE DATABASE {config.database}")
        place = config.uri("raw", "metadata").replace("/birds/", "/bins/")
        athena.query(config, load_dataset("bins").ddl(config.database, "bins_raw", place))
        athena.query(config, f"CREATE TABLE bins AS {QUESTIONS.flat.format(raw='bins_raw')}")

    yield table
    plt.close("all")


@pytest.fixture
def answers(table, config):
    """Return a function that answers a question about bins."""

    def answers(*titles, rows=ROWS["bins"]):
        table(rows)
        for question in QUESTIONS:
            if question.title in titles or not titles:
                yield question, athena.query(config, question.sql).frame

    return answers


def test_every_question_has_a_labelled_figure_and_a_finding_in_words(answers):
    for question, frame in answers():
        figure = question.draw(frame)
        assert all(axes.get_title() or axes.get_title(loc="left") for axes in figure.axes)
        assert all(is_labelled(axes) for axes in figure.axes), question.title
        assert question.finding(frame).endswith(".") and "nan" not in question.finding(frame)


def test_one_empty_bin_breaks_no_question(answers):
    for question, frame in answers(rows={"00004": ROWS["bins"]["00004"]}):
        if not frame.empty:
            question.draw(frame)
            assert question.finding(frame), question.title


def test_a_side_above_100_inches_survives_and_what_nobody_weighed_is_left_out(answers):
    [(question, frame)] = answers("How large, how heavy?")
    assert len(frame) == 4 and float(frame["height"].max()) == 120.25
    assert "longest side is 120 inches" in question.finding(frame)


def test_what_is_counted_is_what_lies_there(answers):
    counted = {
        "In how many bins is an item?": [(1, 1), (3, 2)],
        "How many kinds?": [(0, 1), (1, 3), (2, 2)],
        "How many of each?": [(1, 3), (2, 2), (3, 1), (6, 1)],
        "Filled alike?": [("items", 2), ("items and quantities", 2)],
    }
    for question, frame in answers(*counted):
        rows = list(frame.itertuples(index=False, name=None))
        assert rows == counted[question.title], question.title


def test_the_leak_is_of_shared_items_among_the_classes_alone(table, config):
    table()
    frame = athena.query(config, leak(QUESTIONS)).frame.set_index("label")
    assert dict(frame["samples"]) == {"0": 1, "1": 1, "3": 3}
    assert dict(frame["related"]) == {"0": 0, "1": 0, "3": 1}
    assert frame["leaked"]["3"] == pytest.approx(1 - 0.3**2, abs=1e-3)
    assert frame["weight"]["3"] == pytest.approx(5 / 9, abs=1e-3)
