"""Our own image: its pins are the course's, and it holds all that jobs and endpoints import."""

import ast
import re
import sys
from pathlib import Path

from helpers.datasets import NAMES
from tests.places import ROOT

MODULES = {"PIL": "pillow", "silero_vad": "silero-vad"}


def pins(path: Path) -> dict[str, str]:
    lines = [line.split("#")[0].strip() for line in path.read_text().splitlines()]
    found = (re.fullmatch(r"([\w.-]+)(?:\[\w+\])?==(\S+)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}


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
    course = pins(ROOT / "requirements.txt")
    image = pins(ROOT / "docker_process" / "requirements.txt")
    assert image and image.items() <= course.items()


def test_the_image_holds_what_the_jobs_import():
    needed = set()
    for script in ("shard", "evaluate"):
        needed |= imports(f"scripts_process.{script}", set())
    for name in NAMES:
        needed |= imports(f"helpers.datasets.{name}.dataset", set())
    needed -= set(sys.stdlib_module_names)
    assert "numpy" in needed and "soxr" in needed
    image = pins(ROOT / "docker_process" / "requirements.txt")
    assert {MODULES.get(name, name) for name in needed} <= set(image)


def test_the_image_has_the_courses_python():
    base = (ROOT / "docker_process" / "Dockerfile").read_text()
    assert "\nFROM python:3.11-slim\n" in base
