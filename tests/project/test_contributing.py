"""CONTRIBUTING's table of places names files and symbols that exist."""

import ast
import re

import pytest

from tests.places import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text().partition("## Where do I change")[2]
ROWS = re.findall(r"^\| ([^|]+) \| `([^`]+\.py)` \| `([^`]+)` \|$", TEXT, re.M)


def defined(source: str) -> set[str]:
    """Return the functions, classes and names that a module defines at its top."""
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def test_every_row_names_a_file_and_a_symbol():
    rows = [line for line in TEXT.splitlines() if line.startswith("|")]
    assert len(ROWS) == len(rows) - 2 >= 25


@pytest.mark.parametrize("subject, file, symbol", ROWS)
def test_a_place_is_there(subject, file, symbol):
    assert symbol in defined((ROOT / file).read_text()), subject


def test_a_name_is_defined_by_def_class_and_assignment_alone():
    source = "A: int = 1\nB = C = 2\nclass D:\n    E = 3\ndef f():\n    G = 4\nfrom h import i"
    assert defined(source) == {"A", "B", "C", "D", "f"}
