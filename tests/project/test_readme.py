"""That the README lists what there is; its lists are written by `make readme`."""

import subprocess

import pytest

from tests.places import ROOT
from tools import notebooks, readme

TEXT = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("block", readme.BLOCKS)
def test_the_readmes_lists_are_up_to_date(block):
    listed = TEXT.split(f"<!-- begin {block} -->")[1].split(f"<!-- end {block} -->")[0]
    assert listed.strip() == readme.BLOCKS[block](), "run `make readme`"


def test_every_notebook_is_in_the_readme():
    missing = [path.name for path in notebooks.paths() if f"(notebooks/{path.name})" not in TEXT]
    assert not missing


def test_every_make_target_is_listed_by_make_and_in_the_readme():
    phony = next(x for x in (ROOT / "Makefile").read_text().splitlines() if x[:6] == ".PHONY")
    listed = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for target in phony.split()[1:]:
        assert f"make {target} " in listed
        assert f"make {target} " in TEXT


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
