"""An instance's programs resolve no outside name, pip installs packages, its output is outward."""

import subprocess
import sys

import pytest

from local_aws.context import Context
from local_aws.instances.container import HIDDEN, NO_NAMES, Container, make_venv
from tests.local_aws.images.made import view
from tools.closed_network import starter
from tools.course_run import ROOT

LOOK_UP = "import socket; print(socket.getaddrinfo('example.com', 80))"


@pytest.fixture(scope="module")
def sightings(tmp_path_factory):
    """Return a function that runs an instance's program; it returns the output and lookups."""
    if starter() is None:
        pytest.skip("this system lets us make no network")
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


@pytest.mark.parametrize("own", [{}, {"AWS_SECRET_ACCESS_KEY": "a-role's-own-secret"}])
def test_what_a_job_prints_of_its_environment_has_no_secret_and_no_path_of_this_machine(
    tmp_path, own
):
    container = Container(tmp_path / "algo-1", "algo-1")
    context = Context(tmp_path, "http://127.0.0.1:1", "KEY", "the-owner's-secret-key")
    environment = container.environment(context, tmp_path / "venv", {"HERE": "/opt/ml/code", **own})
    printed = container.outward(f"{environment} {environment['AWS_SECRET_ACCESS_KEY']}")
    assert environment["AWS_SECRET_ACCESS_KEY"] not in printed and printed.endswith(HIDDEN)
    assert "'HERE': '/opt/ml/code'" in printed and "'AWS_ACCESS_KEY_ID': 'KEY'" in printed


def test_a_key_that_is_a_word_hides_no_other(tmp_path):
    container = Container(tmp_path / "algo-1", "algo-1")
    context = Context(tmp_path, "http://127.0.0.1:1", "KEY", "secret")
    container.environment(context, tmp_path / "venv", {"AWS_SECRET_ACCESS_KEY": "test"})
    assert container.outward("a test") == "a test"
