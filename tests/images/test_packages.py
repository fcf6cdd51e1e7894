"""An image's environment has its list and what the job installs, and nothing more."""

import pytest

from tests.image_python import interpreter
from tools.image_venvs import IMAGES, differences, installed

PLANTED = "Metadata-Version: 2.1\nName: planted\nVersion: 1.0\n"


@pytest.mark.slow
@pytest.mark.parametrize("image", IMAGES)
def test_it_has_the_list_and_what_the_job_installs_and_nothing_more(image):
    path = interpreter(image)
    assert not differences(IMAGES[image].expected(), installed(path))


@pytest.mark.slow
@pytest.mark.parametrize("image", IMAGES)
def test_one_package_more_is_noticed(image, tmp_path):
    (tmp_path / "planted-1.0.dist-info").mkdir()
    (tmp_path / "planted-1.0.dist-info" / "METADATA").write_text(PLANTED)
    there = installed(interpreter(image), PYTHONPATH=str(tmp_path))
    assert differences(IMAGES[image].expected(), there) == [
        "planted: 1.0 is installed, none is expected"
    ]


def test_one_package_less_and_another_version_are_noticed():
    assert differences({"a": "1", "b": "1"}, {"b": "2", "pip": "26"}) == [
        "a: none is installed, 1 is expected",
        "b: 2 is installed, 1 is expected",
    ]
