"""The interface is whole: each data set has every member, and knows nothing of another one."""

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from helpers.datasets import NAMES, Dataset, load_dataset
from helpers.datasets.task import Task
from helpers.networks.model import MODELS
from helpers.training.options import Options
from tests.places import ROOT

FOLDER = ROOT / "helpers" / "datasets"


@pytest.mark.parametrize("name", NAMES)
def test_a_data_set_has_every_attribute_of_the_interface(name):
    dataset = load_dataset(name)
    values = {member: getattr(dataset, member) for member in Dataset.__annotations__}
    assert values["name"] == name and isinstance(values["task"], Task)
    assert values["content_types"] and values["stores"] and 0 < values["minimum_accuracy"] < 1


@pytest.mark.parametrize("name", NAMES)
def test_its_training_defaults_are_flags_of_training(name):
    defaults = load_dataset(name).training_defaults
    known = {option.name for option in fields(Options)} | {"model", "batch_size"}
    assert {"model", "batch_size"} <= defaults.keys() <= known and defaults["model"] in MODELS


def test_a_data_set_without_a_member_cannot_be_made():
    class Half(Dataset):
        """Has no records."""

    with pytest.raises(TypeError, match="abstract method.*records"):
        Half()


def imports(path: Path) -> set[str]:
    """Return the modules that a file imports anywhere."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("name", NAMES)
def test_a_data_set_imports_nothing_of_another(name):
    others = tuple(f"helpers.datasets.{other}" for other in NAMES if other != name)
    files = sorted((FOLDER / name).glob("*.py"))
    assert files and not [p.name for p in files for m in imports(p) if m.startswith(others)]


def test_what_data_sets_share_knows_none_of_them():
    files = list(FOLDER.glob("*.py"))
    named = tuple(f"helpers.datasets.{name}" for name in NAMES)
    assert files and not [p.name for p in files for m in imports(p) if m.startswith(named)]
