"""What a job installs pins all that it brings along: no job gets a package of another day."""

from importlib.metadata import requires, version

import pytest
from packaging.requirements import Requirement

from tools.image_venvs import IMAGES
from tools.pins import normal

NOT_RUN = {("own", "torch"): "silero-vad needs it for a model that is not run; see its file"}
"""What pip would bring along into an image that is installed with --no-deps."""


def loose(installs: list[str], there: dict[str, str], python: str) -> list[str]:
    """Return what pip would have to choose a version of by itself, with who needs it.

    Args:
        installs: lines of a requirements file; this environment tells their needs.
        there: {name: version} of the image and of these lines.
    """
    lines, where = [], {"python_version": python, "python_full_version": f"{python}.9", "extra": ""}
    for package in map(Requirement, installs):
        for need in map(Requirement, requires(package.name) or ()):
            if need.marker and not need.marker.evaluate(where):
                continue
            has = there.get(normal(need.name))
            if has is None or not need.specifier.contains(has, prereleases=True):
                lines.append(f"{package.name} needs {need}, and there is {has}")
    return sorted(lines)


@pytest.mark.parametrize("image", IMAGES)
def test_what_a_job_installs_pins_all_that_it_brings_along(image):
    made = IMAGES[image]
    lines = loose(made.installs, made.expected(), made.python)
    left_out = [line for line in lines if (image, line.split()[2].split(">")[0]) in NOT_RUN]
    assert lines == left_out and made.whole == bool(left_out)


@pytest.mark.parametrize("image", IMAGES)
def test_its_pins_are_of_the_versions_whose_needs_are_known_here(image):
    pins = [line.split("==") for line in IMAGES[image].installs]
    assert not {name: pin for name, pin in pins if version(name).split("+")[0] != pin}


def test_a_pin_less_is_noticed():
    there = IMAGES["gpu"].expected()
    del there["xxhash"]
    missing = ["wandb needs xxhash>=3.0.0, and there is None"]
    assert loose(["wandb==0.31.0"], there, "3.12") == missing
