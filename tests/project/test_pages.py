"""The pages of each data set are the same notebooks, with the outputs of its own run."""

import re

import nbformat
import pytest

from helpers.datasets import NAMES
from tests.places import ROOT
from tools.notebooks import folder_of, paths

LINK = re.compile(r"\]\(([^)\s]+)\)")
PAIRS = [
    pytest.param(path, folder_of(dataset) / path.name, id=f"{dataset}/{path.stem}")
    for dataset in NAMES[1:]
    for path in paths()
]


def cells(path):
    """Return each cell without what a run adds."""
    notebook = nbformat.read(path, 4)
    return [
        {k: v for k, v in cell.items() if k not in ("outputs", "execution_count")}
        for cell in notebook.cells
    ]


def about(path):
    """Return a page's format and metadata, without those of the run."""
    notebook = nbformat.read(path, 4)
    fields = {k: v for k, v in notebook.metadata.items() if k != "course"}
    fields["course"] = sorted(notebook.metadata.get("course", {}))
    return fields, notebook.nbformat, notebook.nbformat_minor


@pytest.mark.parametrize("notebook, page", PAIRS)
def test_a_page_has_the_cells_of_its_notebook_in_order(notebook, page):
    assert cells(page) == cells(notebook), (
        "`python -m tools.notebooks prose` copies prose, `make render` code"
    )
    assert about(page) == about(notebook)


@pytest.mark.parametrize("notebook, page", PAIRS)
def test_a_page_has_outputs_of_its_own(notebook, page):
    first, second = (nbformat.read(path, 4).metadata.course for path in (notebook, page))
    assert first.made != second.made and first.outputs != second.outputs


@pytest.mark.parametrize("dataset", NAMES)
def test_a_data_set_has_a_page_for_every_notebook_and_no_other(dataset):
    assert [path.name for path in paths(dataset)] == [path.name for path in paths()]
    assert sorted(folder_of(dataset).glob("*.ipynb")) == paths(dataset)


@pytest.mark.parametrize("dataset", NAMES)
def test_a_link_leads_to_a_notebook_beside_it(dataset):
    """So it holds in every folder of pages, on GitHub and in Jupyter alike."""
    there = {path.name for path in paths(dataset)}
    for path in paths(dataset):
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type == "markdown":
                links = {link for link in LINK.findall(cell.source) if "://" not in link}
                assert links <= there, "name other files by their path in code marks"


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_a_file_that_a_notebook_names_by_its_path_is_there(path):
    tops = {each.name for each in ROOT.iterdir() if each.is_dir()}
    texts = [c.source for c in nbformat.read(path, 4).cells if c.cell_type == "markdown"]
    spans = re.findall(r"`([\w./-]+\.\w+)`", "\n".join(texts))
    named = [span for span in spans if span.partition("/")[0] in tops]
    assert not [span for span in named if not (ROOT / span).exists()]
