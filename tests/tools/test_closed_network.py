"""The network that leads nowhere: what a command tries there is counted, and fails it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

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


FRAGMENTS = """
import socket
s = socket.socket(socket.AF_INET{six}, socket.SOCK_DGRAM)
s.sendto(bytes({size}), ('{address}', 9999))
"""


@pytest.mark.parametrize(
    "six, size, address", [("", 1473, "93.184.216.34"), ("6", 3000, "2001:db8::1")]
)
def test_a_datagram_in_pieces_is_seen_once_and_so_is_what_follows(six, size, address):
    done = closed(
        sys.executable, "-c", FRAGMENTS.format(six=six, size=size, address=address) + LOOK_UP
    )
    assert f"datagram to {address if not six else f'[{address}]'}:9999, 1 times" in done.stderr
    assert "look-up of example.com" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/etc/nsswitch.conf").exists(), reason="this system has no such file")
def test_no_service_of_the_machine_is_asked_for_names_instead():
    done = closed("grep", "^hosts:", "/etc/nsswitch.conf")
    assert done.stdout == "hosts: files dns\n"


def test_who_goes_through_a_proxy_is_seen(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    code = "import urllib.request as u\ntry: u.urlopen('http://example.com')\nexcept OSError: pass"
    assert "look-up of example.com" in closed(sys.executable, "-c", code).stderr


@pytest.mark.parametrize(
    "packet, seen",
    [
        (bytes([0x45] + [0] * 8 + [1] + [0] * 6 + [9] * 4 + [8] + [0] * 7), "ping to 9.9.9.9"),
        (bytes([0x60] + [0] * 5 + [58] + [0] * 33 + [128] + [0] * 7), "ping to [::]"),
        (bytes([0x45] + [0] * 8 + [17] + [0] * 6 + [9] * 4 + [1]), "packet to 9.9.9.9"),
    ],
)
def test_pings_and_packets_cut_short_are_seen_too(packet, seen):
    assert sightings(packet)[0] == seen


def test_loopback_works_and_is_no_outside():
    done = closed(sys.executable, "-c", LOOPBACK)
    assert (done.returncode, done.stderr) == (0, "0 look-ups and connections to the outside\n")


def test_a_child_that_outlives_its_parent_is_watched_too():
    late = f"import time; time.sleep(0.3)\n{LOOK_UP}"
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {late!r}]).wait()"
    assert "look-up of example.com" in closed(sys.executable, "-c", code).stderr


def test_the_exit_code_is_the_commands():
    assert closed(sys.executable, "-c", "raise SystemExit(7)").returncode == 7


CLEANS_UP = """
import signal, time
# Who started the tests in the background may have had interrupts ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    print("on", flush=True)
    time.sleep(60)
except KeyboardInterrupt: time.sleep(1); print("cleaned up")
"""


def test_what_the_keyboard_interrupts_cleans_up_after_itself():
    words = [sys.executable, "-m", "tools.closed_network", sys.executable, "-c", CLEANS_UP]
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout.readline() == "on\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.read() == "cleaned up\n"


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
