"""Our own image: its pins are the course's, and it holds all that jobs and endpoints import."""

import ast
import re
import sys
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement

from helpers.datasets import NAMES
from tests.places import ROOT
from tools.pins import normal

MODULES = {"PIL": "pillow", "silero_vad": "silero-vad"}


def pins(path: Path) -> dict[str, str]:
    lines = [line.split("#")[0].strip() for line in path.read_text().splitlines()]
    found = (re.fullmatch(r"([\w.-]+)(?:\[\w+\])?==(\S+)", line) for line in lines)
    return {normal(match[1]): match[2] for match in found if match}


def image_pins() -> dict[str, str]:
    return pins(ROOT / "docker_process" / "requirements.txt")


def brought_along(names: set[str]) -> set[str]:
    """Return packages and what they need, without torch: silero-vad's model runs without."""
    todo, needed = [Requirement(name) for name in names], set()
    while todo:
        if (name := normal(todo.pop().name)) not in {"torch", *needed}:
            needed.add(name)
            lines = map(Requirement, requires(name) or ())
            todo += [n for n in lines if n.marker is None or n.marker.evaluate({"extra": ""})]
    return needed


def imports(name: str, seen: set[str]) -> set[str]:
    """Return the packages that one of our modules imports at its top, through others of ours."""
    path = ROOT / f"{name.replace('.', '/')}.py"
    path = path if path.exists() else ROOT / name.replace(".", "/") / "__init__.py"
    if name in seen or not path.exists():
        return set()
    seen.add(name)
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    ours = {module for module in found if module.split(".")[0] == "helpers"}
    return {m.split(".")[0] for m in found - ours}.union(*(imports(m, seen) for m in ours))


def test_the_images_pins_are_the_courses():
    course = pins(ROOT / "requirements.txt") | pins(ROOT / "constraints.txt")
    assert image_pins() and image_pins().items() <= course.items()


def test_the_image_pins_all_that_its_packages_bring_along_and_nothing_else():
    course = set(image_pins()) & set(pins(ROOT / "requirements.txt"))
    assert brought_along(course) == set(image_pins())


def test_nothing_that_the_image_does_not_list_is_installed_with_it():
    steps = (ROOT / "docker_process" / "Dockerfile").read_text()
    assert steps.count("pip install") == steps.count("pip install --no-deps ") == 1
    assert not {"torch", "torchaudio"} & set(image_pins())


def test_the_image_holds_what_the_jobs_import():
    needed = set()
    for script in ("shard", "evaluate"):
        needed |= imports(f"scripts_process.{script}", set())
    for name in NAMES:
        needed |= imports(f"helpers.datasets.{name}.dataset", set())
    needed -= set(sys.stdlib_module_names)
    assert "numpy" in needed and "soxr" in needed
    image = image_pins()
    assert {MODULES.get(name, name) for name in needed} <= set(image)


def test_the_image_has_the_courses_python():
    base = (ROOT / "docker_process" / "Dockerfile").read_text()
    assert "\nFROM python:3.11-slim\n" in base
