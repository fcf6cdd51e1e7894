"""`pip install` on an instance: what this machine has is linked, the rest is pip's own matter."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

from local_aws.images import installed
from local_aws.instances.container import make_venv
from tests.local_aws.images.made import view

NOWHERE = {
    "PIP_CONFIG_FILE": "/dev/null",
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_RETRIES": "0",
}
FOUND = installed.environment().found


@pytest.fixture
def instance(tmp_path):
    """Return a function that runs a shell command on an instance that has pip and idna."""
    venv = make_venv(tmp_path / "venv", view(tmp_path, "idna"))
    path = f"{venv}/bin:{venv}/image/bin:/usr/bin:/bin"
    env = {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    def run(command):
        done = subprocess.run(
            ["/bin/bash", "-c", command], cwd=tmp_path, env=env | NOWHERE,
            capture_output=True, text=True,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    run.site = next(venv.glob("lib/python*/site-packages"))
    run.folder = tmp_path
    return run


@pytest.mark.parametrize("pip", ["pip", "pip3", "python3 -m pip"])
def test_a_version_that_this_machine_has_is_linked_and_named(instance, pip):
    line = f"requests=={FOUND['requests'].version}"
    code, said = instance(f"{pip} install {line} && python3 -c 'import requests, urllib3'")
    assert code == 0 and "Not downloaded but linked" in said
    assert line.replace("==", " ") in said and f"urllib3 {FOUND['urllib3'].version}" in said
    assert f"Requirement already satisfied: {line}" in said


def test_a_requirements_file_may_name_others(instance):
    (instance.folder / "a.txt").write_text("# ours\n-r b.txt\nidna  # there already\n")
    (instance.folder / "b.txt").write_text(
        'six; python_version > "3"\nnumpy; python_version < "3"\n'
    )
    code, said = instance("pip install -q -r a.txt && python3 -c 'import six'")
    assert code == 0 and said.count(" linked ") == 1 and "numpy" not in said and "idna" not in said


@pytest.mark.parametrize("line", ["six==0.0.1", "no-such-package-anywhere", "six --upgrade"])
def test_what_this_machine_has_not_in_that_version_is_left_to_pip(instance, line):
    code, said = instance(f"pip install {line}")
    assert code != 0 and "linked" not in said and "ERROR: " in said


def test_where_all_is_there_pip_is_not_started(instance):
    code, said = instance("python3 -X importtime -m pip install idna six")
    assert code == 0 and "pip._vendor.packaging" in said and "pip._internal" not in said
    assert "Requirement already satisfied: six" in said


def test_pip_sees_a_need_that_is_there_in_another_version(instance):
    facts = instance.site / "mine-1.dist-info"
    facts.mkdir()
    text = "Metadata-Version: 2.1\nName: mine\nVersion: 1\nRequires-Dist: idna==0.0.1\n"
    (facts / "METADATA").write_text(text)
    code, said = instance("pip install mine")
    assert code != 0 and "No matching distribution found for idna==0.0.1" in said


def test_a_variable_may_ask_for_what_is_there_elsewhere(instance):
    code, said = instance("PIP_TARGET=elsewhere pip install idna")
    assert code != 0 and "No matching distribution found for idna" in said


def test_without_dependencies_none_is_linked(instance):
    code, said = instance("pip install --no-deps requests; python3 -c 'import requests'")
    assert "urllib3" not in said.splitlines()[0] and "ModuleNotFoundError" in said and code != 0


def test_pip_removes_the_links_and_nothing_that_they_lead_to(instance):
    code, said = instance("pip install -q six requests && pip uninstall -y six requests")
    assert code == 0 and "Successfully uninstalled six" in said
    assert not list(instance.site.glob("six*")) and not (instance.site / "requests").exists()
    there = Path(sysconfig.get_paths()["purelib"])
    assert (there / "six.py").is_file() and (there / "requests" / "__init__.py").is_file()


def test_a_package_of_the_jobs_own_replaces_a_linked_one(instance):
    mine = instance.folder / "mine"
    mine.mkdir()
    (mine / "setup.py").write_text("from setuptools import setup; setup(name='six', version='99')")
    (mine / "setup.cfg").write_text("[options]\npackages = requests\n")
    (mine / "requests").mkdir()
    (mine / "requests" / "__init__.py").write_text("mine = True")
    real = installed.SITE / "requests" / "__init__.py"
    before = real.read_bytes()
    command = "pip install -q six requests && pip install -q --no-build-isolation --no-deps ./mine"
    code, said = instance(f"{command} && python3 -c 'import requests; print(requests.mine)'")
    assert real.read_bytes() == before, said
    assert code == 0 and said.endswith("True\n"), said


def test_instances_that_install_at_once_do_not_meet(instance):
    install = "pip install -q requests || echo failed"
    assert "failed" not in instance(f"({install}) & ({install}) & ({install}); wait")[1]


def test_a_linked_packages_scripts_run(instance):
    assert instance("pip install -q numpy && numpy-config --version")[1].endswith(
        f"{FOUND['numpy'].version}\n"
    )
