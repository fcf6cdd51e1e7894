"""An instance's programs resolve no outside name, but pip installs packages."""

import subprocess
import sys

import pytest

from local_aws.instances.container import NO_NAMES, make_venv
from tests.local_aws.images.made import view
from tools.closed_network import starter
from tools.course_run import ROOT

pytestmark = pytest.mark.skipif(starter() is None, reason="this system lets us make no network")
LOOK_UP = "import socket; print(socket.getaddrinfo('example.com', 80))"


@pytest.fixture(scope="module")
def sightings(tmp_path_factory):
    """Return a function that runs an instance's program; it returns the output and lookups."""
    folder = tmp_path_factory.mktemp("instance")
    python = make_venv(folder / "venv", view(folder)) / "bin" / "python3"

    def run(*words):
        command = [sys.executable, "-m", "tools.closed_network", str(python), *words]
        environment = {"PATH": "/usr/bin:/bin:/usr/sbin", **NO_NAMES}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
        )
        return done.stdout, [line for line in done.stderr.splitlines() if "left the" in line]

    return run


def test_a_name_outside_is_not_looked_up(sightings):
    assert sightings("-c", LOOK_UP) == ("", [])


def test_this_machines_names_are_found(sightings):
    output, seen = sightings("-c", LOOK_UP.replace("example.com", "localhost"))
    assert "127.0.0.1" in output and seen == []


def test_nobody_asks_for_the_name_of_an_address(sightings):
    code = "import socket; socket.getnameinfo(('::ffff:127.0.0.1', 80), socket.NI_NAMEREQD)"
    assert sightings("-c", code) == ("", [])


def test_pip_asks_for_its_index(sightings):
    words = ("download", "--retries=0", "--timeout=1", "--no-deps", "no-such-package-anywhere")
    _, seen = sightings("-m", "pip", *words)
    assert any("look-up of" in line for line in seen)
