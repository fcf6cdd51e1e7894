"""What data says is never read as HTML, Markdown or TeX by the page that shows it."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt

from helpers import plots, score_plots
from helpers.athena import Result
from helpers.datasets.bins.questions import QUESTIONS as BINS
from helpers.escape import Table, markdown, markdown_table
from helpers.evaluation.baselines import baseline_table, class_table, metrics_table
from helpers.evaluation.model_card import Card, Facts
from helpers.evaluation.report import make_report
from helpers.samples import Remark
from helpers.tuning.trials import Trial, compare, table
from tests.answers import make_manifest, make_predictions
from tests.project.test_notebooks import NOTEBOOKS, read
from tools.notebooks import code_cells

EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "b'<!DOCTYP'",
    "a | b || c",
    "`code` *bold* _it_ ~~gone~~",
    "[link](http://evil.example) ![x](y)",
    "two\nlines\r\n\r\n# of them",
    "$x$ and $$y$$",
    "</td></table></code>",
    "&lt;b&gt; \\| \\<b>",
    "- item",
    "1. one",
    "http://evil.example www.evil.example me@evil.example",
    "WWW.evil.example Www.evil.example _www.evil.example HTTP://evil.example",
]


class Seen(HTMLParser):
    """What a browser makes of a page: its tags and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


def rendered(text):
    """Return the page that Markdown becomes, as Jupyter and GitHub read it: tables, links, HTML."""
    return MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text)


def plain(text):
    return " ".join(str(text).split())


@pytest.mark.parametrize("evil", EVIL)
def test_a_sentence_of_markdown_shows_the_very_text(evil):
    page = Seen(rendered(f"{markdown(evil)} is what it says."))
    assert page.tags == ["p"]
    assert page.text.strip() == f"{plain(evil)} is what it says."


@pytest.mark.parametrize("address", ["www.a.b", "WWW.a.b", "_www.a.b", "HTTP://a.b", "me@a.b"])
def test_no_address_is_left_that_a_page_makes_a_link_of(address):
    assert not re.search(r"(?i)www\.|://|@", markdown(address))


@pytest.mark.parametrize("evil", EVIL)
def test_a_cell_of_markdown_shows_the_very_text_in_one_cell(evil):
    frame = pd.DataFrame({"what": [evil, evil.encode()], evil: [1.0, 2]})
    page = Seen(rendered(markdown_table(frame)))
    assert set(page.tags) == {"table", "thead", "tbody", "tr", "th", "td"}
    assert (page.tags.count("td"), page.tags.count("th")) == (4, 2)
    assert page.text.count(plain(evil)) >= 2


def frames(evil):
    """Return frames with a text in values, as bytes, in the index, in columns and their names."""
    frame = pd.DataFrame({"what": [evil, evil.encode()], evil: [1.0, 2]}, index=[evil, "other"])
    return [frame, frame.rename_axis(index=evil, columns=evil), frame.reset_index().T]


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize("evil", EVIL)
def test_a_table_in_html_has_the_tags_of_a_table_alone(evil, index):
    for frame in frames(evil):
        page = Table(frame, index=index, precision=3)._repr_html_()
        assert set(Seen(page).tags) == {"table", "thead", "tbody", "tr", "th", "td"}
        shown = Seen(page).text.replace("\\n", "\n").replace("\\r", "\r")
        assert "mathjax_ignore" in page and plain(evil) in plain(shown)


def evil_card(evil):
    """Return the card of a model whose labels, job, settings and drops are all strange."""
    labels = [evil, "1", "2"]
    made = make_predictions(60, labels=labels)
    report = make_report(made, "birds", rounds=20)
    report |= {"split": "test", "trained_on_this_split": True}
    manifest = make_manifest("birds", made, labels)
    manifest = replace(manifest, dropped=[Remark(evil, evil)], sources={"count": 1, "used": 0})
    return Card(manifest, report, Facts(evil, evil, evil, evil, evil, evil, {evil: evil}))


@pytest.mark.parametrize("evil", EVIL)
def test_a_model_card_shows_labels_and_settings_as_they_are(evil):
    harmless = Seen(rendered(evil_card("harmless").markdown()))
    page = Seen(rendered(evil_card(evil).markdown()))
    assert page.tags == harmless.tags
    assert f"always {plain(evil)}, the largest class" in page.text


@pytest.mark.parametrize("evil", EVIL)
def test_every_table_of_the_helpers_shows_it_as_it_is(evil):
    card = evil_card(evil)
    result = Result(pd.DataFrame({evil: [evil]}), "id", "SUCCEEDED", 0.1, 10)
    trial = {"job": evil, "begin": "2026-01-01", "end": "2026-01-02", "value": 0.5, "cost": 0.1}
    tries = [Trial(0, {evil: evil}, **trial), Trial(1, {evil: evil}, **trial)]
    assert "mathjax_ignore" in result._repr_html_()
    pages = [
        result._repr_html_(),
        Table(table(tries), index=True)._repr_html_(),
        Table(compare({evil: tries}), index=True)._repr_html_(),
        *(
            frame._repr_html_()
            for frame in (
                class_table(card.report), metrics_table(card.report),
                baseline_table(card.report, card.manifest),
            )
        ),
    ]  # fmt: skip
    allowed = {"table", "thead", "tbody", "tr", "th", "td", "p", "small", "div", "style"}
    assert not set().union(*(Seen(page).tags for page in pages)) - allowed


def test_a_dollar_in_a_label_is_no_formula_in_a_figure():
    label = r"$\nothing$ and $x$"
    with plt.rc_context():
        plots.use_style()
        bars = plots.class_balance({label: 1}, title=label, unit=label)
        bars.canvas.draw()
        confusion = score_plots.confusion(np.eye(1, dtype=int), [label], title=label)
        confusion.canvas.draw()
        score_plots.probabilities(
            {label: 1.0}, axes=plt.subplots()[1], truth=label
        ).figure.canvas.draw()
    plt.close("all")


def test_a_finding_has_no_html_of_the_rows():
    answers = pd.DataFrame({"field": ["<script>"], "missing": [0.5]})
    (missing,) = [one for one in BINS if "missing" in one.title.lower()]
    assert "<script>" not in missing.finding(answers).lower()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_cell_makes_a_page_of_its_own(path):
    cells = [cell.source for cell in code_cells(read(path))]
    ways = (".style", "HTML(", "Markdown(", ".to_html", ".to_markdown", "escape=False")
    assert not [cell for cell in cells for way in ways if way in cell.replace("use_style", "")]
