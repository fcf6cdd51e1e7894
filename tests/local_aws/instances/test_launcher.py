"""The launcher hands over what a zygote can run, and ends as the program did."""

import os
import signal
import subprocess
import sys

import pytest

from local_aws.instances import launcher

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the launcher is Linux's")


@pytest.mark.parametrize(
    "words, plain",
    [
        (["script.py"], True),
        (["-u", "script.py", "--lr", "1"], True),
        (["-m", "timeit"], True),
        (["-c", "pass"], True),
        (["-I", "script.py"], False),
        (["missing.py"], False),
        (["-u"], False),
        ([], False),
    ],
)
def test_scripts_modules_and_code_are_plain(tmp_path, monkeypatch, words, plain):
    (tmp_path / "script.py").touch()
    monkeypatch.chdir(tmp_path)
    assert launcher.is_plain(words) == plain


def test_open_files_are_those_that_can_be_passed_on():
    before = launcher.open_fds()
    read, write = os.pipe()
    assert {*launcher.open_fds()} - {*before} == {read, write}
    os.close(read)
    os.close(write)
    assert launcher.open_fds() == before


def test_without_a_zygote_nothing_is_handed_over(tmp_path):
    assert launcher.ask(["-c", "pass"], str(tmp_path)) is None


@pytest.mark.parametrize(
    "status, code", [(0, 0), (3 << 8, 3), (signal.SIGKILL, -9), (signal.SIGTERM, -15)]
)
def test_it_ends_with_the_programs_exit_code_or_signal(status, code):
    program = f"from local_aws.instances.launcher import end_as; end_as({int(status)})"
    assert subprocess.run([sys.executable, "-c", program]).returncode == code
