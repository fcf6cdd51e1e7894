"""How processes that outlive their test are found."""

import subprocess
import sys

from tools.processes import leftovers


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


def test_one_that_ends_in_time_is_not_reported(tmp_path):
    with subprocess.Popen(["sleep", "0.3"]):
        assert leftovers(tmp_path) == []
