"""A view has what its image has, as far as it is installed, and nothing else."""

import subprocess

import pytest

from local_aws.instances.container import make_venv
from tests.local_aws.images.made import view


@pytest.fixture
def run(tmp_path):
    """Return a function that runs code in an image of some packages, and what it says."""

    def run(code, *packages, **about):
        venv = make_venv(tmp_path / "venv", view(tmp_path, *packages, **about))
        path = f"{venv}/bin:{venv}/image/bin:/usr/bin:/bin"
        done = subprocess.run(
            [venv / "bin/python3", "-c", code],
            env={"PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}, cwd=tmp_path,
            capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout + done.stderr

    return run


def test_a_package_is_there_with_all_that_it_needs(run):
    assert run("import requests, urllib3, idna; print('yes')", "requests") == "yes\n"


@pytest.mark.parametrize("module", ["numpy", "boto3", "helpers", "local_aws", "moto"])
def test_what_the_image_lacks_is_not_importable(run, module):
    assert f"ModuleNotFoundError: No module named '{module}'" in run(f"import {module}", "requests")


def test_of_a_complete_list_nothing_comes_along(run):
    said = run("import requests", "requests", complete=True)
    assert "ModuleNotFoundError" in said and "requests" not in said.splitlines()[-1]


def test_packages_that_share_a_folder_are_told_apart(run):
    code = "import google.protobuf, importlib.util as u; print(u.find_spec('google.auth'))"
    assert run(code, "protobuf") == "None\n"


def test_an_image_knows_its_packages_versions(run):
    code = "import importlib.metadata as m; print(sorted(d.name for d in m.distributions()))"
    assert run(code, "six", complete=True) == "['six']\n"


def test_native_libraries_are_found(run):
    assert run("import numpy; print(numpy.linalg.inv(numpy.eye(1))[0, 0])", "numpy") == "1.0\n"


def test_modules_come_with_what_was_compiled_of_them(run):
    assert run("import os, six; print(os.path.exists(six.__cached__))", "six") == "True\n"


@pytest.mark.parametrize("packages, end", [(["numpy"], 0), ([], 127)])
def test_a_packages_scripts_are_on_the_path(run, packages, end):
    command = "numpy-config --version >/dev/null 2>&1"
    code = f"import subprocess as s; print(s.call({command!r}, shell=True))"
    assert run(code, *packages) == f"{end}\n"


def test_a_view_is_made_once(tmp_path):
    first = view(tmp_path, "six")
    before = {path: path.lstat().st_mtime_ns for path in first.rglob("*")}
    assert view(tmp_path, "six") == first != view(tmp_path, "idna")
    assert {path: path.lstat().st_mtime_ns for path in first.rglob("*")} == before
