"""One server for each state folder: started once, found again, stopped with all processes."""

import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from local_aws import lifecycle
from local_aws.server import SDK_DEFAULTS, LocalAws
from local_aws.settings import Settings
from local_aws.state.disk import is_full
from tests.local_aws.full_disks import no_file_longer_than
from tools.course_run import free_port

START = """
import sys
from pathlib import Path
from local_aws.settings import Settings
from local_aws.lifecycle import ensure_running
print(ensure_running(Settings(Path(sys.argv[1]), int(sys.argv[2]))).url)
"""


@pytest.fixture
def settings(tmp_path):
    """Return a state folder and a port of a server that is stopped after the test."""
    settings = Settings(tmp_path / "state", free_port())
    yield settings
    lifecycle.stop(settings.state)


@pytest.mark.slow
def test_it_is_started_found_stopped_and_started_again_with_the_same_keys(settings):
    first = lifecycle.ensure_running(settings)
    assert lifecycle.ensure_running(settings) == first == lifecycle.find_running(settings.state)
    pid = lifecycle.owner(settings.state)
    assert lifecycle.stop(settings.state) and not lifecycle.stop(settings.state)
    assert lifecycle.find_running(settings.state) is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert lifecycle.ensure_running(settings) == first


@pytest.mark.slow
def test_a_server_that_enforces_no_policies_is_not_taken_for_one_that_does(settings, tmp_path):
    policy = tmp_path / "policy.json"
    policy.write_text('{"Statement": []}')
    enforced = replace(settings, policies=(policy,))
    lifecycle.ensure_running(settings)
    with pytest.raises(RuntimeError, match="enforces no policies: stop it first"):
        lifecycle.ensure_running(enforced)
    lifecycle.stop(settings.state)
    server = lifecycle.ensure_running(enforced)
    assert lifecycle.ensure_running(settings) == server


@pytest.mark.slow
def test_two_notebooks_at_once_start_one_server(settings):
    command = [sys.executable, "-c", START, str(settings.state), str(settings.port)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    urls = {process.communicate()[0].strip() for process in both}
    assert urls == {f"http://127.0.0.1:{settings.port}"}
    assert all(process.returncode == 0 for process in both)
    pid = lifecycle.owner(settings.state)
    assert json.loads((settings.state / "server.json").read_text())["pid"] == pid
    assert (settings.state / "server.log").read_text() == ""


@pytest.mark.slow
def test_a_killed_server_is_replaced(settings):
    lifecycle.ensure_running(settings)
    pid = lifecycle.owner(settings.state)
    os.kill(pid, signal.SIGKILL)
    while lifecycle.owner(settings.state):
        time.sleep(0.01)
    assert lifecycle.find_running(settings.state) is None and not lifecycle.stop(settings.state)
    lifecycle.ensure_running(settings)
    assert lifecycle.owner(settings.state) not in (None, pid)


@pytest.mark.slow
def test_a_busy_port_says_which_setting_to_change(settings):
    with socket.create_server(("127.0.0.1", settings.port)):
        with pytest.raises(RuntimeError, match=f"port {settings.port} is busy"):
            lifecycle.ensure_running(settings)
    assert lifecycle.owner(settings.state) is None


def test_a_server_that_does_not_answer_is_named_and_no_second_is_started(settings, monkeypatch):
    settings.state.mkdir()
    monkeypatch.setattr(lifecycle, "START_SECONDS", 0.2)
    claim = lifecycle.claim(settings.state)
    with pytest.raises(RuntimeError, match=f"process {os.getpid()}.*does not answer"):
        lifecycle.ensure_running(settings)
    claim.close()


def test_a_server_that_is_slow_to_answer_is_waited_for(settings):
    settings.state.mkdir()
    with LocalAws(settings.state) as aws:
        file = settings.state / "server.json"
        content = file.read_bytes()
        file.unlink()
        threading.Timer(0.3, file.write_bytes, [content]).start()
        assert lifecycle.ensure_running(settings).url == aws.context.url


def test_a_state_folder_has_one_server(tmp_path):
    with LocalAws(tmp_path):
        with pytest.raises(lifecycle.StateBusy, match=f"process {os.getpid()}"):
            LocalAws(tmp_path)
    with LocalAws(tmp_path):
        assert lifecycle.owner(tmp_path) == os.getpid()


def test_another_courses_server_is_not_taken_for_ours(tmp_path):
    with LocalAws(tmp_path / "theirs") as aws:
        (tmp_path / "ours").mkdir()
        lifecycle.announce(tmp_path / "ours", aws.context.url)
        assert lifecycle.find_running(tmp_path / "ours") is None
        assert lifecycle.find_running(tmp_path / "theirs").url == aws.context.url


def test_one_state_folder_spelled_two_ways_is_one(tmp_path):
    with LocalAws(tmp_path / "state") as aws:
        (tmp_path / "link").symlink_to(tmp_path / "state")
        assert lifecycle.find_running(tmp_path / "link").url == aws.context.url


def test_what_never_ran_is_not_stopped_and_makes_no_folder(tmp_path):
    assert not lifecycle.stop(tmp_path / "none") and not (tmp_path / "none").exists()


def test_keys_are_a_folders_own_kept_and_private(tmp_path):
    keys = lifecycle.load_keys(tmp_path / "a")
    assert keys == lifecycle.load_keys(tmp_path / "a") != lifecycle.load_keys(tmp_path / "b")
    assert stat.S_IMODE((tmp_path / "a" / "keys.json").stat().st_mode) == 0o600


def test_a_proxy_in_the_environment_does_not_hide_the_server(tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with LocalAws(tmp_path) as aws:
        assert lifecycle.find_running(tmp_path).url == aws.context.url


@pytest.mark.slow
def test_the_server_stays_when_the_one_who_started_it_ends(settings):
    command = [sys.executable, "-c", START, str(settings.state), str(settings.port)]
    subprocess.run(command, check=True, capture_output=True)
    time.sleep(0.2)
    assert lifecycle.find_running(settings.state)


def test_a_claim_that_has_no_room_leaves_the_folder_to_the_next(tmp_path):
    with no_file_longer_than(0), pytest.raises(OSError):
        lifecycle.claim(tmp_path)
    assert lifecycle.owner(tmp_path) is None
    with lifecycle.claim(tmp_path):
        assert lifecycle.owner(tmp_path) == os.getpid()


@pytest.mark.parametrize("room", [0, 40])
def test_a_start_that_has_no_room_leaves_the_state_as_it_was(tmp_path, room):
    with LocalAws(tmp_path) as aws:
        aws.store.create_bucket("birds")
        keys = lifecycle.load_keys(tmp_path)
    with no_file_longer_than(room), pytest.raises((OSError, sqlite3.OperationalError)) as refused:
        LocalAws(tmp_path)
    assert is_full(refused.value)
    assert lifecycle.owner(tmp_path) is None
    with LocalAws(tmp_path) as aws:
        assert aws.store.buckets() == ["birds"] and lifecycle.load_keys(tmp_path) == keys
        assert (tmp_path / "sagemaker-config.yaml").read_text() == SDK_DEFAULTS


def test_a_start_needs_room_for_its_own_files_alone(tmp_path):
    """A full disk can still be looked at, and what fills it be deleted."""
    with LocalAws(tmp_path) as aws:
        aws.store.create_bucket("birds")
    with no_file_longer_than(200), LocalAws(tmp_path) as aws:
        assert aws.store.buckets() == ["birds"]


def test_a_start_that_has_no_room_for_its_lock_says_that_the_disk_is_full(settings):
    with no_file_longer_than(0):
        with pytest.raises(RuntimeError, match="did not start: The disk .* is full"):
            lifecycle.ensure_running(settings)


def test_nobody_else_can_open_a_state_folder_and_no_other_folder_is_closed(tmp_path):
    own, other, old = tmp_path / "own", tmp_path / "other", tmp_path / "old"
    for folder in (other, old):
        folder.mkdir(mode=0o755)
    (old / lifecycle.LOCK).touch()
    for folder in (own, other, old):
        lifecycle.make_state(folder)
    modes = [stat.S_IMODE(folder.stat().st_mode) for folder in (own, other, old)]
    assert modes == [0o700, 0o755, 0o700]
