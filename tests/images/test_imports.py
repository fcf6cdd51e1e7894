"""What a job's script imports, near or far, at its start or later, is in its image or installed.

The local AWS gives a job its image's packages too; here an import that a job seldom reaches shows.
"""

import ast
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from helpers.datasets import NAMES
from tools.image_venvs import IMAGES, ROOT, pins
from tools.pins import normal

JOBS = [
    *(("scripts_train/train.py", image) for image in ("gpu", "cpu", "smddp")),
    ("scripts_process/shard.py", "own"),
    ("scripts_process/evaluate.py", "own"),
    ("scripts_process/monitor.py", "own"),
    ("scripts_inference/inference.py", "own"),
    ("docker_process/model_server/server.py", "own"),
]
OURS = {"helpers", "model_server"}
NAMED = [f"helpers.datasets.{name}.dataset" for name in NAMES]
"""Modules that are imported by a name which is only known when a job runs."""
NOTEBOOKS = tuple(
    f"helpers.datasets.{name}.{part}"
    for name in NAMES
    for part in ("sample", "ingest", "fetch", "questions", "drawing")
)
"""Modules of ours that make the sample data, tables and plots of the notebooks, or fetch data."""
NEVER = {
    "smdistributed": "is in the images that have it, and is looked for first",
    "IPython": "shows things in notebooks",
    "sagemaker": "helpers.session: the SDK's session, in notebooks",
    "jsonschema": "helpers.sdk_defaults: the SDK's session, in notebooks",
    "pyathena": "helpers.session: Athena, in notebooks",
    "requests": "helpers.session: Kaggle, in a terminal",
    "local_aws": "helpers.config and helpers.session: on the user's own machine",
}
"""What a job's code has an import of and never reaches."""
NEVER_IN = {
    "own": {
        **dict.fromkeys(("torch", "torchaudio"), "runs a model that has no graph"),
        "pandas": "shows a comparison as a table in a notebook",
    }
}
"""What does not happen in an image."""


def source(name: str) -> Path | None:
    """Return the file of one of our modules."""
    paths = [folder / name.replace(".", "/") for folder in (ROOT, ROOT / "docker_process")]
    files = (file for path in paths for file in (path.with_suffix(".py"), path / "__init__.py"))
    return next((file for file in files if file.is_file()), None)


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def statements(node: ast.AST) -> list[ast.AST]:
    """Return all nodes below one, but for what only type checkers see."""
    below = [child for child in ast.iter_child_nodes(node) if not is_for_types(child)]
    return [*below, *(each for child in below for each in statements(child))]


def imported(text: str) -> set[str]:
    """Return the modules that a source imports anywhere."""
    names = set()
    for node in statements(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and "import_module" in ast.unparse(node.func):
            names |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    return names


def reached(script: str) -> dict[str, str]:
    """Return package -> our file that imports it, from a script through all of our modules."""
    found, seen, todo = {}, set(), [ROOT / script, *map(source, NAMED)]
    while todo:
        path = todo.pop()
        for name in imported(path.read_text()):
            if name.startswith(NOTEBOOKS):
                continue
            if (ours := source(name)) is not None:
                todo += [ours] if ours not in seen else []
                seen.add(ours)
            elif name.split(".")[0] not in OURS | sys.stdlib_module_names:
                found.setdefault(name.split(".")[0], str(path.relative_to(ROOT)))
    return found


@pytest.mark.parametrize("script, image", JOBS)
def test_a_jobs_image_or_its_requirements_have_all_that_it_imports(script, image):
    homes = packages_distributions()
    there = IMAGES[image].expected().keys()
    missing = {
        module: file
        for module, file in reached(script).items()
        if module not in NEVER | NEVER_IN.get(image, {})
        and not there & {normal(n) for n in [module, *homes.get(module, [])]}
    }
    assert not missing


def test_imports_are_found_wherever_they_stand():
    assert {"torch", "torchaudio", "onnxruntime", "wandb", "boto3", "soxr"} <= set(
        reached("scripts_train/train.py")
    )


def test_what_only_a_type_checker_sees_is_no_import():
    text = "if TYPE_CHECKING:\n    import a\nelse:\n    import b\ndef f():\n    import c.d"
    assert imported(text) == {"c.d"}


@pytest.mark.parametrize("package", ["soundfile", "soxr", "simplejpeg", "wandb"])
def test_the_training_image_alone_would_not_do(package):
    image = {line.partition("==")[0] for line in IMAGES["gpu"].listed}
    assert package not in image and package in reached("scripts_train/train.py")


def test_the_training_image_has_the_courses_torch():
    ours = {line for line in pins("requirements.txt") if line.startswith("torch")}
    assert ours and ours <= set(IMAGES["gpu"].listed)
