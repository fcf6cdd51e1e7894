"""The network that leads nowhere: what a command tries there is counted, and fails it."""

import subprocess
import sys

import pytest

from tools.closed_network import name_in, sightings, starter
from tools.course_run import ROOT

pytestmark = pytest.mark.skipif(starter() is None, reason="this system lets us make no network")

LOOK_UP = "import socket\ntry: socket.getaddrinfo('example.com', 80)\nexcept OSError: pass"
CONNECT = """
import socket
s = socket.socket(socket.{family}, socket.{kind})
s.settimeout(0.2)
try: s.connect(('{address}', 443)); s.send(b'x')
except OSError: pass
"""
LOOPBACK = """
import socket
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname()).close()
socket.getfqdn("127.0.0.1"), socket.getaddrinfo("localhost", 80)
"""


def closed(*command):
    """Run a command in a closed network."""
    words = [sys.executable, "-m", "tools.closed_network", *command]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "code, seen",
    [
        (LOOK_UP, "look-up of example.com"),
        (CONNECT.format(family="AF_INET", kind="SOCK_STREAM", address="93.184.216.34"),
         "connection to 93.184.216.34:443"),
        (CONNECT.format(family="AF_INET6", kind="SOCK_STREAM", address="2001:db8::1"),
         "connection to [2001:db8::1]:443"),
        (CONNECT.format(family="AF_INET", kind="SOCK_DGRAM", address="93.184.216.34"),
         "datagram to 93.184.216.34:443"),
    ],
)  # fmt: skip
def test_what_wants_to_leave_is_named_and_fails_the_command(code, seen):
    done = closed(sys.executable, "-c", code)
    assert done.returncode == 1
    assert f"left the machine: {seen}" in done.stderr


def test_loopback_works_and_is_no_outside():
    done = closed(sys.executable, "-c", LOOPBACK)
    assert (done.returncode, done.stderr) == (0, "0 look-ups and connections to the outside\n")


def test_a_child_that_outlives_its_parent_is_watched_too():
    late = f"import time; time.sleep(0.3)\n{LOOK_UP}"
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {late!r}]).wait()"
    assert "look-up of example.com" in closed(sys.executable, "-c", code).stderr


def test_the_exit_code_is_the_commands():
    assert closed(sys.executable, "-c", "raise SystemExit(7)").returncode == 7


def test_the_machines_own_network_is_never_closed():
    import tools.closed_network as module

    words = [sys.executable, "-m", module.__name__, module.INSIDE, module.network(), "true"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "own network" in done.stderr) == (2, True)


def test_the_kernels_own_packets_are_no_sightings():
    neighbor = bytes([0x60]) + bytes(5) + bytes([58]) + bytes(33) + bytes(24)
    assert sightings(neighbor) is None


def test_a_cut_query_has_no_name():
    assert name_in(bytes(12)) == "" and name_in(bytes(12) + b"\x07exa") == "exa"
