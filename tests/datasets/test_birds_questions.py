"""All questions about the birds' metadata, asked of Athena over a few rows with real dirt."""

import matplotlib.pyplot as plt
import pytest

from helpers import athena
from helpers.datasets import birds_metadata, load_dataset
from helpers.questions import load_questions
from tests.figures import is_labelled

QUESTIONS = load_questions("birds")
TITLES = [question.title for question in QUESTIONS]


def row(id, label, author="Ann", rating="4.5", place=("48.2", "21.7"), others="[]", at="05:10"):
    cells = {"primary_label": label, "author": author, "rating": rating, "type": "['song']"}
    cells |= {"latitude": place[0], "longitude": place[1], "secondary_labels": others}
    cells |= {"common_name": f"The {label}'s", "filename": f"{label}/{id}.ogg"}
    return f"metadata/{id}.json", birds_metadata.to_json(id, cells, recorded_at=at, seconds=9.5)


ROWS = [
    row("a1", "wren", others="['owl', 'robin']"),
    row("a2", "wren", "Ben", "0.0", ("", "")),
    row("a3", "wren", "Ann", "2.5", at=None),
    row("b1", "owl", "Ça D'Arc", "", ("-33.9", "151.2"), "['']", "23:59"),
    row("b2", "owl", "Ann", "5.0", others="['wren']", at="00:00"),
]


@pytest.fixture
def answers(aws, config):
    """Return a function that lays rows down and answers a question about them."""

    def answers(title, rows=ROWS):
        for key, data in rows:
            aws.store.put(config.bucket, f"raw/birds/{key}", data)
        athena.query(config, f"CREATE DATABASE {config.database}")
        place = config.uri("raw", "metadata")
        athena.query(config, load_dataset("birds").ddl(config.database, "birds_raw", place))
        flat = QUESTIONS.flat.format(raw="birds_raw")
        athena.query(config, f"CREATE TABLE birds AS {flat}")
        [question] = [question for question in QUESTIONS if question.title == title]
        return question, athena.query(config, question.sql).frame

    yield answers
    plt.close("all")


@pytest.mark.parametrize("title", TITLES)
def test_every_question_has_a_labelled_figure_and_a_finding_in_words(answers, title):
    question, frame = answers(title)
    figure = question.draw(frame)
    axes = figure.axes[0]
    assert axes.get_title() or axes.get_title(loc="left")
    assert is_labelled(axes)
    assert question.finding(frame).endswith(".") and "nan" not in question.finding(frame)


@pytest.mark.parametrize("title", TITLES)
def test_one_recording_with_nothing_known_about_it_breaks_no_question(answers, title):
    question, frame = answers(title, [row("a", "wren", "", "", ("", ""), "[]", None)])
    if not frame.empty:
        question.draw(frame)
        assert question.finding(frame)


def test_recordings_without_coordinates_are_on_no_map(answers):
    _, frame = answers("Where?")
    assert list(frame["label"]) == ["owl", "owl", "wren", "wren"]


def test_recordists_are_counted_once_a_species(answers):
    _, frame = answers("By how many people?")
    counts = frame.set_index("label")
    assert dict(counts["recordings"]) == {"owl": 2, "wren": 3}
    assert dict(counts["recordists"]) == {"owl": 2, "wren": 2}
    assert counts["largest_share"]["wren"] == pytest.approx(2 / 3)


def test_an_unrated_recording_is_counted_as_such(answers):
    question, frame = answers("How good?")
    assert frame["recordings"].sum() == len(ROWS) and frame["rating"].isna().sum() == 1
    ticks = [tick.get_text() for tick in question.draw(frame).axes[0].get_xticklabels()]
    assert sorted(ticks) == ["0", "2.5", "4.5", "5", "none"]


def test_hours_are_those_of_the_recordings_that_have_one(answers):
    _, frame = answers("At what hour?")
    found = {(label, hour): n for label, hour, n in frame.itertuples(index=False)}
    assert found == {("owl", 0): 1, ("owl", 23): 1, ("wren", 5): 2}


def test_every_secondary_label_is_one_mention(answers):
    _, frame = answers("With which others?")
    assert [tuple(pair) for pair in frame.itertuples(index=False)] == [
        ("owl", "wren", 1),
        ("wren", "owl", 1),
        ("wren", "robin", 1),
    ]
