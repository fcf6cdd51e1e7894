"""A supervised command ends as it would, when it is asked to, and with all that it started."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from local_aws.instances import supervise

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="orphans are found on Linux")
SLEEP = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
TERM = "import signal; signal.signal(signal.SIGTERM, lambda *_: os._exit(7))"


@pytest.fixture
def start():
    """Return a function that starts a supervised program and waits for its first line."""
    running = []

    def start(code: str) -> tuple[subprocess.Popen, int]:
        words = [sys.executable, supervise.__file__, sys.executable, "-c", code]
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        running.append(process)
        return process, int(process.stdout.readline())

    yield start
    for process in running:
        with process:
            process.kill()


def is_gone(pid: int) -> bool:
    """Say whether a process has ended; it gets a moment."""
    for _ in range(200):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("end, code", [("os._exit(3)", 3), ("os.kill(os.getpid(), 9)", 128 + 9)])
def test_its_exit_code_is_the_commands(start, end, code):
    process, _ = start(f"import os; print(0, flush=True); {end}")
    assert process.wait(20) == code


def test_the_line_term_asks_the_command_to_end(start):
    process, pid = start(SLEEP.replace("print", f"{TERM}; print", 1))
    process.stdin.write("TERM\n")
    process.stdin.flush()
    assert process.wait(20) == 7 and is_gone(pid)


def test_a_server_that_lets_go_ends_the_command(start):
    process, pid = start(SLEEP)
    process.stdin.close()
    assert process.wait(20) == 128 + 9 and is_gone(pid)


def test_a_supervisor_that_is_killed_takes_the_command_along(start):
    process, pid = start(SLEEP)
    process.kill()
    process.wait(20)
    assert is_gone(pid)


def test_what_left_the_commands_session_ends_with_it(start):
    away = "subprocess.Popen(['sleep', '60'], start_new_session=True)"
    process, orphan = start(f"import subprocess; print({away}.pid, flush=True)")
    assert process.wait(20) == 0 and is_gone(orphan)


def test_children_are_ones_own():
    with subprocess.Popen(["sleep", "60"]) as child:
        assert child.pid in supervise.children() and os.getpid() not in supervise.children()
        child.kill()
    assert child.pid not in supervise.children()


STRAY = "import os, time; os.setsid(); {cut}; time.sleep(60)"
CUT = "os.dup2(os.open(os.devnull, os.O_RDWR), 1); os.dup2(1, 2)"


@pytest.mark.parametrize("cut", ["pass", CUT], ids=["it holds the output", "it has HOME alone"])
def test_nothing_is_left_of_a_command_that_kills_its_supervisor(tmp_path, cut):
    stray = f"subprocess.Popen([sys.executable, '-c', {STRAY.format(cut=cut)!r}])"
    code = f"import os, subprocess, sys, time; print(({stray}).pid, flush=True); time.sleep(0.5)"
    words = [sys.executable, supervise.__file__, sys.executable, "-c"]
    words.append(f"{code}; os.kill(os.getppid(), 9); time.sleep(60)")
    environment = {**os.environ, "HOME": str(tmp_path)}
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        pid = int(process.stdout.readline())
        assert process.wait(20) == -9
        assert psutil.pid_exists(pid)
        supervise.end_strays(str(tmp_path), os.fstat(process.stdout.fileno()).st_ino)
        assert is_gone(pid)
