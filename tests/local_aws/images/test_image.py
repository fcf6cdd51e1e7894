"""An image is its folder: Python, package list, entry point; how it differs from this machine."""

import pytest

from local_aws.images import installed
from local_aws.images.image import parsed, read
from tests.local_aws.images.made import image


def test_a_folder_says_what_its_image_is(tmp_path):
    made = image(tmp_path, "six==1.0 # old", "", "# idna", entry_point=["python3"], serve="toolkit")
    assert [str(line) for line in made.packages] == ["six==1.0"]
    assert (made.python, made.entry_point, made.serve) == ("3.11", ("python3",), "toolkit")


def test_a_folder_without_one_is_none(tmp_path):
    with pytest.raises(FileNotFoundError):
        read(tmp_path)


@pytest.mark.parametrize("line", ["-r more.txt", "./here", "https://example.com/a.whl"])
def test_a_list_holds_names_and_versions_alone(line):
    with pytest.raises(ValueError):
        parsed(line)


def test_what_a_list_leaves_out_comes_along_unless_it_is_complete(tmp_path):
    assert image(tmp_path, "requests", complete=True).distributions().keys() == {"requests"}
    names = image(tmp_path, "requests").distributions().keys()
    assert {"requests", "urllib3", "idna", "pip"} <= names and "boto3" not in names


def test_differences_are_named(tmp_path):
    here = installed.environment().found["six"].version
    lines = ("six==0.1", "no-such-package==1.0", "idna")
    assert image(tmp_path, *lines, python="3.12").differences == [
        "Python 3.12, here 3.11",
        f"six==0.1, here {here}",
        "no-such-package==1.0, here none",
    ]
