"""The form of the notebooks and of their committed outputs; nbmake runs them (../conftest.py)."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from helpers.datasets import NAMES
from tools.notebooks import code_cells, outputs_digest, paths, sources_digest
from tools.readme import opening

NOTEBOOKS = paths()
PAGES = [path for dataset in NAMES for path in paths(dataset)]
"""All that are rendered; test_pages.py holds that their cells are those of `NOTEBOOKS`."""
FORBIDDEN = {
    "%store": "state passes through S3 and AWS alone",
    r"[!%]\s*(?:python -m )?(?:pip|conda)\b": "packages are pinned in requirements.txt",
    "%%writefile": "code lives in files",
    r"time\.sleep": "waiters and wait() poll",
    r"\bif\b[^\n]*\blocal\b": "the same cells run on both clouds",
    r"\.cloud\b": "no cell asks which cloud it is on",
    "COURSE_CLOUD": "no cell asks which cloud it is on",
    r"os\.environ|getenv": "helpers/config.py alone reads the environment",
    r"\bboto3\b": "helpers/session.py alone makes clients",
}
NUMBER = re.compile(
    r"\d|\b(?:nothing|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
)

SENTENCE = re.compile(r"\w+(?:\W+\w+){2,}[.?!:]")
LEAST_WORDS = 6
"""A shorter lead-in tells nothing that the cell below does not."""


def name(path: Path) -> str:
    return path.stem


def page(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, 4)


def bullets(text: str, lead: str) -> list[str]:
    """Return the bullets that follow the line which starts with `lead`."""
    lines = iter(text.splitlines())
    assert any(line.startswith(lead) for line in lines), f"no line starts with {lead!r}"
    found = []
    for line in lines:
        if line.startswith(("- ", "* ")):
            found.append(line)
        elif line.strip() and not (found and line.startswith("  ")):
            break
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_it_opens_with_a_promise(path):
    says = opening(path)
    assert says.get("Title", "")[:2] == path.stem[:2], "# NN Title"
    assert "Problem" in says, "one bold sentence of the problem, in a paragraph of its own"
    missing = {"Needs", "Uses", "Takes", "Costs"} - says.keys()
    assert not missing, "the first cell ends with `Needs … Uses … Takes … On AWS|Costs …`"
    promise = bullets(read(path).cells[0].source, "In this notebook we will")
    assert len(promise) == 3


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_it_closes_with_the_promise_kept(path):
    last = read(path).cells[-1]
    assert last.cell_type == "markdown"
    kept = bullets(last.source, "We have")
    assert len(kept) == 3
    assert any(NUMBER.search(text) for text in kept), "the same bullets, now with numbers"


@pytest.mark.parametrize("path, following", list(pairwise(NOTEBOOKS)), ids=name)
def test_it_links_to_the_next(path, following):
    assert f"]({following.name})" in read(path).cells[-1].source


def sections(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Return for each section with code, by its heading, the prose before its first code cell."""
    found, heading, prose = {}, None, ""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if heading:
                found[heading] = prose
            heading = None
            continue
        before, *parts = re.split(r"^#{1,3} (.+)$", cell.source, flags=re.M)
        prose += before
        for title, text in zip(parts[::2], parts[1::2], strict=True):
            heading, prose = title, text
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_every_section_says_why_before_its_first_code_cell(path):
    bare = [title for title, prose in sections(read(path)).items() if not SENTENCE.search(prose)]
    assert not bare, "a sentence of reason; not every cell needs one"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_no_lead_in_says_nothing(path):
    """'How it went:' is worse than no word: a cell needs none."""
    texts = [c.source for c in read(path).cells if c.cell_type == "markdown"]
    assert not [text for text in texts if len(text.split()) < LEAST_WORDS]


def private_names(source: str) -> list[str]:
    """Return the private attributes that a cell reaches into."""
    code = "\n".join(line for line in source.splitlines() if line.lstrip()[:1] not in ("%", "!"))
    names = [node.attr for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Attribute)]
    return [each for each in names if each.startswith("_") and not each.endswith("__")]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_no_cell_reaches_into_a_librarys_private_parts(path):
    assert not [found for c in code_cells(read(path)) for found in private_names(c.source)]


@pytest.mark.parametrize(
    "source, found",
    [("a._b.c", ["_b"]), ("%time a._b", []), ("_ = a.b; a.__doc__", [])],
)
def test_a_private_attribute_is_found(source, found):
    assert private_names(source) == found


def test_a_section_without_a_reason_is_found():
    new = nbformat.v4
    cells = [
        new.new_markdown_cell("# 99 Title\n\nA sentence."),
        new.new_code_cell("1"),
        new.new_markdown_cell("An output.\n\n## Bare"),
        new.new_code_cell("2"),
        new.new_code_cell("3"),
        new.new_markdown_cell("## Reasoned"),
        new.new_markdown_cell("Because of this."),
        new.new_code_cell("4"),
    ]
    found = sections(new.new_notebook(cells=cells))
    assert list(found) == ["99 Title", "Bare", "Reasoned"]
    assert not SENTENCE.search(found["Bare"]) and SENTENCE.search(found["Reasoned"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_no_code_cell_is_long_or_empty(path):
    cells = [c for c in read(path).cells if c.cell_type == "code"]
    assert not [c.source for c in cells if not 1 <= len(c.source.strip().splitlines()) <= 25]
    assert len(code_cells(read(path))) == len(cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_it_opens_with_the_same_two_lines(path):
    lines = [line for line in code_cells(read(path))[0].source.splitlines() if line.strip()]
    assert lines[:2] == ["from helpers.config import load_config", "config = load_config()"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_no_cell_goes_round_the_course(path, pattern):
    found = [c.source for c in code_cells(read(path)) if re.search(pattern, c.source)]
    assert not found, FORBIDDEN[pattern]


@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if p.stem[:2] != "00"], ids=name)
def test_only_the_first_notebook_speaks_of_the_switch(path):
    assert not [c for c in read(path).cells if "COURSE_CLOUD" in c.source]


@pytest.mark.parametrize("path", PAGES, ids=page)
def test_its_outputs_are_of_one_clean_run(path):
    cells = code_cells(read(path))
    assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1)), "`make render`"
    kinds = [output.output_type for cell in cells for output in cell.outputs]
    assert kinds, "no outputs: run `make render`"
    assert "error" not in kinds


@pytest.mark.parametrize("path", PAGES, ids=page)
def test_its_outputs_are_of_the_present_code(path):
    notebook = read(path)
    about = notebook.metadata.get("course", {})
    assert about.get("sources") == sources_digest(notebook), "code changed: run `make render`"
    assert about.get("outputs") == outputs_digest(notebook), "outputs changed: run `make render`"


@pytest.mark.parametrize("dataset", NAMES)
def test_all_outputs_of_a_data_set_are_of_one_run_of_its_course(dataset):
    pages = paths(dataset)
    runs = {path.name: read(path).metadata.get("course", {}).get("rendered") for path in pages}
    assert len(set(runs.values())) == 1, runs
