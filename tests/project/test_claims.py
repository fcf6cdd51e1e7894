"""Each sentence of a notebook that states a figure or a comparison has what shows it."""

import re
from functools import cache

import nbformat
import pytest

from helpers.datasets import NAMES
from tests.places import ROOT
from tools import claims, notebooks

TEXT = claims.PAGE.read_text()
LISTED = claims.listed(TEXT)
NUMBERS = [path.stem[:2] for path in notebooks.paths()]
STATES_NOTHING = "no result"
WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
MINUTES = {"a": 1, "under a": 1} | {word: n for n, word in enumerate(WORDS.split(), 1)}
TAKES = re.compile(
    r"Takes (seconds|under a|about a|(?:up to )?\w+)(?: to (\w+))?(?: minutes?)?[.,]"
)


@cache
def cell_texts(number: str) -> list[dict[str, str]]:
    """Return for each data set's page {id of a cell: its source and outputs}."""
    pages = [path for name in NAMES for path in notebooks.paths(name) if path.name[:2] == number]
    return [{cell.id: text_of(cell) for cell in nbformat.read(page, 4).cells} for page in pages]


def text_of(cell: nbformat.NotebookNode) -> str:
    """Return a cell's source and its outputs as text."""
    parts = [cell.source]
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        parts += [output.get("text", ""), data.get("text/plain", ""), data.get("text/markdown", "")]
    return "\n".join(parts)


def fault(number: str, claim: str, evidence: str) -> str | None:
    """Return why a sentence's evidence shows nothing, or None."""
    if evidence == STATES_NOTHING:
        return "it has a figure: name what shows it" if re.search(r"\d", claim) else None
    if re.fullmatch(r"<https://\S+>", evidence):
        return None
    if cell := re.fullmatch(r"`([\w-]+)`: `(.+)`", evidence):
        pattern = re.compile(cell[2], re.M)
        shown = [pattern.search(page.get(cell[1], "")) for page in cell_texts(number)]
        return None if all(shown) else "its cell does not show it for every data set"
    if named := re.fullmatch(r"`([\w/.-]+)(?:::(\w+))?`", evidence):
        path, test = ROOT / named[1], named[2] or ""
        is_there = path.is_file() and f"def {test}(" * bool(test) in path.read_text()
        return None if is_there else "there is no such file or test"
    return "write a cell and a pattern, a test, a file or an address"


def test_the_page_has_the_sentences_of_the_notebooks():
    assert claims.written_anew(TEXT) == TEXT, "`python -m tools.claims`, then fill in each `?`"


@pytest.mark.parametrize("number", NUMBERS)
def test_every_claim_is_shown(number):
    rows = {claim: shown for (place, claim), shown in LISTED.items() if place == number}
    faults = {claim: why for claim, shown in rows.items() if (why := fault(number, claim, shown))}
    assert not faults


@pytest.mark.parametrize(
    "claim, evidence, problem",
    [
        ("Half of them", "?", "write a cell"),
        ("Ten more", "no result", None),
        ("Of these 12 %", "no result", "it has a figure"),
        ("Two splits", "`04-22`: `'train and test': 0`", None),
        ("Two splits", "`04-22`: `'train and test': 1`", "its cell does not show it"),
        ("Two splits", "`04-99`: `.*.`", "its cell does not show it"),
        ("Two splits", "`tests/project/test_claims.py::test_every_claim_is_shown`", None),
        ("Two splits", "`tests/project/test_claims.py::test_none`", "there is no such"),
        ("Two splits", "`docs/none.md`", "there is no such"),
        ("Two splits", "<https://docs.aws.amazon.com/a.html>", None),
    ],
)
def test_evidence_that_shows_nothing_is_named(claim, evidence, problem):
    assert (fault("04", claim, evidence) or "")[: len(problem or "")] == (problem or "")
    assert bool(problem) == bool(fault("04", claim, evidence))


@pytest.mark.parametrize(
    "source, found",
    [
        ("# Ten titles\n\nIt is 3 % faster. It is.", ["It is 3 % faster."]),
        ("It takes `12` of them.\nNo `more` of S3.", []),
        ("- two *bold* bullets\n- and another", ["two bold bullets"]),
        ("In this notebook we will\n\n- see two\n\nTakes two minutes.", ["Takes two minutes."]),
        ("[05 Train](05_train.ipynb) is next.\n\nNext: 2 more.", []),
        ("Better [than AWS](https://a.example/1) says.", ["Better than AWS says."]),
        ("```\n3 more\n```", []),
    ],
)
def test_a_sentence_with_a_figure_or_a_comparison_is_a_claim(source, found):
    assert [each for each in claims.sentences(source) if claims.CLAIM.search(each)] == found


def test_evidence_is_kept_with_its_sentence_and_a_new_one_has_none():
    text = "# A\n\nWords.\n\n## 12\n\n| claim | shown by |\n|---|---|\n| Costs nothing. | `x` |\n"
    rows = claims.listed(claims.written_anew(text))
    assert rows["12", "Costs nothing."] == "`x`"
    assert {shown for (_, claim), shown in rows.items() if claim != "Costs nothing."} == {"?"}


def bounds(opening: str) -> tuple[float, float]:
    """Return the seconds that an opening allows: a quarter to both sides of a range of minutes."""
    least, most = TAKES.search(opening).groups()
    if most:
        return 45 * MINUTES[least], 75 * MINUTES[most]
    if least == "seconds":
        return 0, 30
    return 0, (90 if least == "about a" else 60 * MINUTES[least.removeprefix("up to ")])


@pytest.mark.parametrize("number", NUMBERS)
def test_a_notebook_takes_as_long_as_it_says(number):
    for path in (path for name in NAMES for path in notebooks.paths(name)):
        if path.name[:2] == number:
            page = nbformat.read(path, 4)
            low, high = bounds(page.cells[0].source)
            assert low <= page.metadata.course.seconds <= high, path
