"""The README, CONTRIBUTING and docs/ list what there is, and their links lead somewhere."""

import re
import subprocess
from pathlib import Path

import pytest

from helpers.datasets import NAMES
from tests.places import ROOT
from tools import notebooks, readme

TEXT = (ROOT / "README.md").read_text()
PAGES = [path for path in readme.tracked() if path.suffix == ".md"]
CODE = re.compile(r"^```.*?^```", re.M | re.S)


@pytest.mark.parametrize("block", readme.BLOCKS)
def test_the_generated_lists_are_up_to_date(block):
    page, make = readme.BLOCKS[block]
    text = (ROOT / page).read_text()
    listed = text.split(f"<!-- begin {block} -->")[1].split(f"<!-- end {block} -->")[0]
    assert listed.strip() == make(), "run `make readme`"


def test_the_readme_is_short():
    assert len(TEXT.splitlines()) <= 150


def anchors(path: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", path.read_text()), re.M)
    return {re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-") for words in headings}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_within_the_project_leads_somewhere(page):
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", CODE.sub("", (ROOT / page).read_text())):
        place, _, anchor = link.partition("#")
        # GitHub's own pages of the repository lie two levels above a file of its root.
        if re.match(r"https?:", link) or link.startswith("../../actions/"):
            continue
        path = (ROOT / page.parent / place) if place else ROOT / page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            dead.append(link)
    assert not dead


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_file_that_a_page_names_is_there(page):
    tops = {path.parts[0] for path in readme.tracked() if len(path.parts) > 1}
    spans = re.findall(r"`([\w./-]+)`", CODE.sub("", (ROOT / page).read_text()))
    named = [span for span in spans if span.partition("/")[0] in tops and "/" in span]
    assert not [span for span in named if not (ROOT / span).exists()]


def test_every_page_of_docs_is_linked_from_the_readme():
    missing = [page for page in PAGES if page.parts[0] == "docs" and f"({page})" not in TEXT]
    assert not missing


def test_every_notebook_has_a_subject_and_no_subject_is_left_over():
    assert {path.stem[:2] for path in notebooks.paths()} == readme.TOPICS.keys()


def test_every_page_of_every_data_set_is_in_the_readme():
    pages = [path.relative_to(ROOT) for name in NAMES for path in notebooks.paths(name)]
    assert not [page for page in pages if f"({page})" not in TEXT]


def test_every_make_target_is_listed_by_make_and_in_contributing():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    phony = next(x for x in (ROOT / "Makefile").read_text().splitlines() if x[:6] == ".PHONY")
    listed = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for target in phony.split()[1:]:
        assert f"make {target} " in listed
        assert f"make {target} " in text


def test_every_file_in_the_tree_says_what_it_is():
    silent = [name for name, comment in readme.tree_rows(readme.tracked()) if not comment]
    assert not silent, "a first docstring line, a title, or a line in tools/readme.py"


def test_an_opening_cell_is_read_field_by_field(tmp_path):
    text = (
        "# 04 Shards\n\n**Small files are\nslow.**\n\nIn this notebook we will\n- a\n- b\n- c\n\n"
        "Needs: [01 Data](01_data.ipynb). Uses S3 and Athena. Takes a minute.\n"
        "On AWS about 5 minutes on 2 × ml.m5.large, $0.02."
    )
    path = tmp_path / "04_shards.ipynb"
    cell = readme.nbformat.v4.new_markdown_cell(text)
    readme.nbformat.write(readme.nbformat.v4.new_notebook(cells=[cell]), path)
    assert readme.opening(path) == {
        "Title": "04 Shards",
        "Problem": "Small files are slow.",
        "Needs": "[01 Data](01_data.ipynb)",
        "Uses": "S3 and Athena",
        "Takes": "a minute",
        "Costs": "about 5 minutes on 2 × ml.m5.large, $0.02",
    }


@pytest.mark.parametrize(
    "needs, numbers",
    [
        ("[01 Data](01_data.ipynb)", "01"),
        ("[04 Shards](04_shards.ipynb) and [05 Train](05_train.ipynb)", "04, 05"),
        ("nothing before it", "–"),
    ],
)
def test_the_table_names_the_notebooks_that_are_needed_by_number(needs, numbers):
    assert readme.numbers(needs) == numbers


@pytest.mark.parametrize(
    "costs, clause",
    [("nothing: a role is free", "nothing"), ("$0.60; pools (see [00](00.ipynb))", "$0.60")],
)
def test_the_table_has_the_first_clause_on_costs(costs, clause):
    assert readme.short(costs) == clause


def test_a_list_without_its_marks_is_refused():
    with pytest.raises(ValueError, match="needs the marks <!-- begin tree -->"):
        readme.written_anew("# The files", "docs/files.md")
