"""All questions about the birds' metadata, asked of Athena over a few rows with real dirt."""

import matplotlib.pyplot as plt
import pytest

from helpers import athena
from helpers.datasets import load_dataset
from helpers.datasets.birds import metadata as birds_metadata
from helpers.questions import draw_leak, leak
from tests.figures import is_labelled

QUESTIONS = load_dataset("birds").questions()


def row(
    id, label, author="Ann", rating="4.5", place=("48.2", "21.7"), others="[]", at="05:10",
    on="2021-05-14", seconds=9.5,
):  # fmt: skip
    cells = {"primary_label": label, "author": author, "rating": rating, "type": "['song']"}
    cells |= {"latitude": place[0], "longitude": place[1], "secondary_labels": others}
    cells |= {"common_name": f"The {label}'s", "filename": f"{label}/{id}.ogg"}
    extra = {"recorded_on": on, "recorded_at": at, "seconds": seconds}
    return f"metadata/{id}.json", birds_metadata.to_json(id, cells, **extra)


ROWS = [
    row("a1", "wren", others="['owl', 'robin']"),
    row("a2", "wren", "Ben", "0.0", ("", "")),
    row("a3", "wren", "Ann", "2.5", at=None),
    row("b1", "owl", "Ça D'Arc", "", ("-33.9", "151.2"), "['']", "23:59"),
    row("b2", "owl", "Ann", "5.0", others="['wren']", at="00:00", on="2020-12-31"),
]


@pytest.fixture
def table(aws, config):
    """Return a function that lays rows down and makes the tables over them."""

    def table(rows=ROWS):
        for key, data in rows:
            aws.store.put(config.bucket, f"raw/birds/{key}", data)
        athena.query(config, f"CREATE DATABASE {config.database}")
        place = config.uri("raw", "metadata")
        athena.query(config, load_dataset("birds").ddl(config.database, "birds_raw", place))
        flat = QUESTIONS.flat.format(raw="birds_raw")
        athena.query(config, f"CREATE TABLE birds AS {flat}")

    return table


@pytest.fixture
def answers(table, config):
    """Return a function that answers a question about rows."""

    def answers(*titles, rows=ROWS):
        table(rows)
        for question in QUESTIONS:
            if question.title in titles or not titles:
                yield question, athena.query(config, question.sql).frame

    yield answers
    plt.close("all")


def test_every_question_has_a_labelled_figure_and_a_finding_in_words(answers):
    for question, frame in answers():
        axes = question.draw(frame).axes[0]
        assert axes.get_title() or axes.get_title(loc="left")
        assert is_labelled(axes), question.title
        assert question.finding(frame).endswith(".") and "nan" not in question.finding(frame)


def test_one_recording_with_nothing_known_about_it_breaks_no_question(answers):
    unknown = row("a", "wren", "", "", ("", ""), "[]", None, None, None)
    for question, frame in answers(rows=[unknown]):
        if not frame.empty:
            question.draw(frame)
            assert question.finding(frame), question.title


def test_recordings_without_coordinates_are_on_no_map(answers):
    [(_, frame)] = answers("Where?")
    assert list(frame["label"]) == ["owl", "owl", "wren", "wren"]


def test_recordists_are_counted_once_a_species(answers):
    [(_, frame)] = answers("By how many people?")
    counts = frame.set_index("label")
    assert dict(counts["recordings"]) == {"owl": 2, "wren": 3}
    assert dict(counts["recordists"]) == {"owl": 2, "wren": 2}
    assert counts["largest_share"]["wren"] == pytest.approx(2 / 3)


def test_an_unrated_recording_is_counted_as_such(answers):
    [(question, frame)] = answers("How good?")
    assert frame["recordings"].sum() == len(ROWS) and frame["rating"].isna().sum() == 1
    ticks = [tick.get_text() for tick in question.draw(frame).axes[0].get_xticklabels()]
    assert sorted(ticks) == ["0", "2.5", "4.5", "5", "none"]


def test_hours_are_those_of_the_recordings_that_have_one(answers):
    [(_, frame)] = answers("At what hour?")
    found = {(label, hour): n for label, hour, n in frame.itertuples(index=False)}
    assert found == {("owl", 0): 1, ("owl", 23): 1, ("wren", 5): 2}


def test_every_secondary_label_is_one_mention(answers):
    [(_, frame)] = answers("With which others?")
    assert [tuple(pair) for pair in frame.itertuples(index=False)] == [
        ("owl", "wren", 1),
        ("wren", "owl", 1),
        ("wren", "robin", 1),
    ]


def test_months_are_those_of_the_recordings_that_have_a_day(answers):
    rows = [*ROWS, row("b4", "owl", on=None)]
    [(question, frame)] = answers("In which season?", rows=rows)
    found = {(label, month): n for label, month, n in frame.itertuples(index=False)}
    assert found == {("owl", 5): 1, ("owl", 12): 1, ("wren", 5): 3}
    assert "80% were made from April to June, 1 of 5" in question.finding(frame)


def test_recordings_of_one_moment_are_suspected_whoever_uploaded_them(answers):
    rows = [row("a", "wren"), row("b", "wren", "Ben"), row("c", "owl"), row("d", "wren", seconds=7)]
    [(_, frame)] = answers("Uploaded twice?", rows=rows)
    assert dict(frame.itertuples(index=False)) == {
        "day, time, length": 2,
        "day, time, length; two recordists": 2,
        "recordist and place": 2,
    }


def test_the_leak_is_of_recordists_and_the_weights_have_mean_1(table, config):
    table([*ROWS, row("b3", "owl", ""), row("b4", "owl", "")])
    frame = athena.query(config, leak(QUESTIONS)).frame.set_index("label")
    assert dict(frame["samples"]) == {"owl": 4, "wren": 3}
    assert dict(frame["related"]) == {"owl": 0.25, "wren": 0.667}
    assert frame["leaked"]["wren"] == pytest.approx(2 / 3 * (1 - 0.3**2), abs=1e-3)
    assert (frame["weight"] * frame["samples"]).sum() / 7 == pytest.approx(1, abs=1e-3)
    assert is_labelled(draw_leak(frame.reset_index(), QUESTIONS.akin).axes[0])


def test_of_recordings_that_name_nobody_no_person_is_told(answers):
    named, nobody = row("a1", "wren"), [row(f"b{n}", "owl", author="") for n in range(3)]
    [(question, frame)] = answers("By how many people?", rows=[named, *nobody])
    assert frame.to_dict("list") == {
        "label": ["wren"], "recordings": [1], "recordists": [1], "largest_share": [1.0],
    }  # fmt: skip


@pytest.mark.parametrize("rating", ["", "0.0"])
def test_of_recordings_without_a_rating_no_share_is_told(answers, rating):
    [(question, frame)] = answers("How good?", rows=[row("a1", "wren", rating=rating)])
    assert question.finding(frame).startswith("None is rated")
