"""The environment is read as pip wrote it: names, versions, files, needs and scripts."""

import importlib.metadata

import pytest
from packaging.requirements import Requirement

from local_aws.images.installed import SITE, Environment, environment, needs


def test_each_package_has_its_version_and_files_that_exist():
    found = environment().found["requests"]
    assert found.version == importlib.metadata.version("requests")
    assert "requests/__init__.py" in found.files
    assert all((SITE / file).exists() for file in found.files if not file.endswith(".pyc"))


def test_scripts_are_known_by_what_they_call():
    assert ("torchrun", "torch.distributed.run:main") in environment().found["torch"].scripts


@pytest.mark.parametrize("extras, names", [(set(), ["a"]), ({"fast"}, ["a", "b"])])
def test_only_the_needs_that_hold_here_count(extras, names):
    lines = ("a", 'b; extra == "fast"', 'c; python_version < "3"')
    assert [line.name for line in needs(lines, extras)] == names


def test_what_is_needed_comes_along_and_what_is_missing_does_not():
    lines = [Requirement("requests"), Requirement("no-such-package")]
    assert {"requests", "idna"} <= environment().with_needs(lines).keys()
    assert "no-such-package" not in environment().with_needs(lines)


def test_the_environment_is_read_once_until_something_is_installed():
    assert environment() is environment()


def test_an_empty_folder_has_nothing(tmp_path):
    assert Environment(tmp_path).found == {}
