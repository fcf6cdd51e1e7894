"""How processes that outlive their test are found."""

import subprocess
import sys
import time

import psutil

from tools.processes import belongs, leftovers


def test_nothing_is_left_where_nothing_was_started(tmp_path):
    assert leftovers(tmp_path, wait_s=0) == []


def test_a_child_that_still_runs_is_found(tmp_path):
    with subprocess.Popen(["sleep", "30"]) as child:
        assert leftovers(tmp_path, wait_s=0) == [f"{child.pid}: sleep 30"]
        child.kill()


def test_a_detached_process_is_found_by_its_folder(tmp_path):
    code = "import subprocess; print(subprocess.Popen(['sleep', '30'], stdout=-3, stderr=-3).pid)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=20
    )
    pid = int(done.stdout)
    try:
        assert leftovers(tmp_path, wait_s=0) == [f"{pid}: sleep 30"]
    finally:
        subprocess.run(["kill", str(pid)], check=True)


def test_another_folder_whose_name_begins_alike_is_not_meant(tmp_path):
    (tmp_path / "gw10").mkdir()
    with subprocess.Popen(["tail", "-f", "/dev/null"], cwd=tmp_path / "gw10") as other:
        assert belongs(psutil.Process(other.pid), str(tmp_path / "gw10"))
        assert not belongs(psutil.Process(other.pid), str(tmp_path / "gw1"))
        other.kill()


def test_one_that_ends_in_time_is_not_reported(tmp_path):
    with subprocess.Popen(["sleep", "0.3"]):
        assert leftovers(tmp_path) == []


def test_pythons_own_helpers_are_not_waited_for(tmp_path):
    words = [sys.executable, "-c", "input()  # multiprocessing.resource_tracker"]
    with subprocess.Popen(words, stdin=subprocess.PIPE) as helper:
        began = time.monotonic()
        assert leftovers(tmp_path, wait_s=60) == []
        assert time.monotonic() - began < 60
        helper.kill()
