"""A program that the zygote forks behaves, for its parent and itself, as one run by python3."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from local_aws.instances import warm_python
from local_aws.instances.container import make_venv
from local_aws.instances.warm_python import WarmPython
from tests.local_aws.images.made import view

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the zygote is Linux's")
SLEEP = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """Return a function that runs the kept Python, with its zygote as an attribute."""
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warm_python, "LIBRARIES", ("decimal", "six", "no_such_library"))
        venv = make_venv(folder / "venv", view(folder, "six"))
        environment = {"PATH": f"{venv}/bin:/usr/bin:/bin", "PYTHONUNBUFFERED": "1", "A": "a"}
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        zygote = WarmPython(venv, environment)
        assert zygote.ready()

    def python(*words, env=(), start=subprocess.run, **more):
        options = {"env": {**environment, **dict(env)}, "cwd": folder, "text": True, **more}
        if start is subprocess.run:
            options["capture_output"] = True
        return start([venv / "bin/python3", *words], **options)

    python.zygote, python.folder, python.venv = zygote, folder, venv
    yield python
    zygote.close()


def started(python):
    """Return a sleeping program, and its process id."""
    process = python("-c", SLEEP, start=subprocess.Popen, stdout=subprocess.PIPE)
    pid = int(process.stdout.readline())
    process.stdout.close()
    assert pid != process.pid
    return process, pid


def is_there(pid):
    """Say whether a process exists; wait a moment for one that was just killed."""
    for _ in range(100):
        if not os.path.exists(f"/proc/{pid}"):
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize(
    "code, printed",
    [
        ("import sys; print('decimal' in sys.modules)", "True\n"),
        ("import sys; print(sys.argv)", "['-c', 'word']\n"),
        ("import sys; print(sys.path[0] == '', sys.prefix != sys.base_prefix)", "True True\n"),
        ("import sys; print(sys.executable.split('/')[-1])", "python3\n"),
        ("import os; print(os.environ['A'], os.environ['B'])", "a b\n"),
        ("import os; print(os.getcwd().split('/')[-1])", "kept0\n"),
        ("import os; print(len(os.listdir('/proc/self/fd')))", "4\n"),
        ("import sys; print(sys.stdin.read())", "said\n"),
        (
            "import gc, os\nfiles = [os.open('.', 0) for _ in range(20)]\ngc.collect()\n"
            "print(sum(os.path.exists(f'/proc/self/fd/{fd}') for fd in files))",
            "20\n",
        ),
        ("import sys; sys.stdout.write('no end')", "no end"),
        ("f = open('late', 'w'); f.write('x')\nimport os; print(os.path.getsize('late'))", "0\n"),
        ("import atexit; atexit.register(print, 'last'); print('first')", "first\nlast\n"),
        ("import threading as t; t.Timer(0.1, print, ['waited for']).start()", "waited for\n"),
        ("import subprocess as s, sys; s.run([sys.executable, '-c', 'print(1)'])", "1\n"),
        (
            "import multiprocessing as m\np = m.get_context('spawn').Pool(1)\n"
            "print(p.map(abs, [-1]))\np.close(); p.join()",
            "[1]\n",
        ),
    ],
)
def test_a_program_sees_and_says_what_it_would(python, code, printed):
    ran = python("-c", code, "word", env={"B": "b"}, input="said")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, printed, "")


def test_what_was_not_closed_is_written_at_the_end(python):
    python("-c", "f = open('late', 'w'); f.write('x')")
    assert (python.folder / "late").read_text() == "x"


@pytest.mark.parametrize(
    "code, end",
    [
        ("raise SystemExit(3)", 3),
        ("import os; os._exit(7)", 7),
        ("import sys; sys.exit('why')", 1),
        ("1 / 0", 1),
        ("import os; os.kill(os.getpid(), 9)", -9),
        ("import os; os.abort()", -signal.SIGABRT),
    ],
)
def test_it_ends_as_it_would(python, code, end):
    assert python("-c", code).returncode == end


def test_a_traceback_begins_with_the_programs_own_lines(python):
    (python.folder / "script.py").write_text("print(__name__)\n1 / 0\n")
    ran = python("script.py")
    assert ran.stdout == "__main__\n"
    assert ran.stderr.splitlines()[1].endswith('script.py", line 2, in <module>')


def test_modules_and_console_scripts_run_too(python):
    assert "usage" in python("-m", "timeit", "-h").stdout
    script = python.folder / "tool"
    script.write_text(f"#!{python.venv}/bin/python3\nimport sys; print(sys.argv[1:])\n")
    script.chmod(0o755)
    assert subprocess.check_output([script, "a"], text=True) == "['a']\n"


@pytest.mark.parametrize("words, env", [(["-I", "-c"], {}), (["-c"], {"PYTHONHASHSEED": "1"})])
def test_what_needs_an_interpreter_of_its_own_gets_one(python, words, env):
    ran = python(*words, "import sys; print('decimal' in sys.modules, sys.prefix)", env=env)
    assert ran.stdout == f"False {python.venv}\n"


def test_programs_do_not_draw_the_same_numbers(python):
    draw = ["-c", "import random; print(random.random())"]
    assert python(*draw).stdout != python(*draw).stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_signal_to_the_one_ends_the_other(python, number):
    process, pid = started(python)
    process.send_signal(number)
    # Python turns SIGINT into an error; where nobody catches it, it ends by the signal after all.
    assert process.wait() in ((130, -number) if number == signal.SIGINT else (-number,))
    assert not is_there(pid)


def test_a_killed_program_is_reported_to_its_parent(python):
    process, pid = started(python)
    os.kill(pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def test_a_sweep_ends_all_that_still_runs(python):
    process, pid = started(python)
    away = "['sleep', '60'], start_new_session=True, stdout=s.DEVNULL, stderr=s.DEVNULL"
    orphan = int(python("-c", f"import subprocess as s; print(s.Popen({away}).pid)").stdout)
    assert python.zygote.sweep()
    assert process.wait() == -signal.SIGKILL
    assert not is_there(pid) and not is_there(orphan)


def test_a_zygote_whose_server_is_gone_ends_with_all_its_programs(python, monkeypatch):
    monkeypatch.setattr(warm_python, "LIBRARIES", ())
    other = WarmPython(
        make_venv(python.folder / "other", view(python.folder)), {"PATH": "/usr/bin:/bin"}
    )
    assert other.ready()
    words = [python.folder / "other/bin/python3", "-c", SLEEP]
    with subprocess.Popen(words, stdout=subprocess.PIPE, env={"PATH": "/bin"}) as process:
        pid = int(process.stdout.readline())
        other.close()  # closes standard input, as when the server is killed
        assert process.wait() == -signal.SIGKILL
    assert not is_there(pid) and not other.is_alive()


@pytest.mark.parametrize("name, served", [("six.py", False), ("a.pth", False), ("mine.py", True)])
def test_what_was_installed_since_is_what_a_program_imports(python, name, served):
    site = next(python.venv.glob("lib/python*/site-packages"))
    (site / name).touch()
    code = "import sys; print('decimal' in sys.modules)"
    assert python("-c", code).stdout == f"{served}\n"
    module = "six" if name == "a.pth" else name.removesuffix(".py")
    folder = python.venv / "image" / "site-packages" if name == "a.pth" else site
    assert python("-c", f"import {module}; print({module}.__file__)").stdout.startswith(f"{folder}")
    (site / name).unlink()
    assert python("-c", code).stdout == "True\n"


@pytest.mark.parametrize("words", [b"[1, 2]", b"{}", b'{"env": 7}', b"no JSON", b"\xff"])
def test_a_zygote_survives_whoever_else_speaks_to_it(python, words):
    folder = os.open(python.venv, os.O_PATH)
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(f"/proc/self/fd/{folder}/zygote")
        line.sendall(len(words).to_bytes(8, "big") + words)
        line.recv(100)
    os.close(folder)
    assert python("-c", "print('there')").stdout == "there\n" and python.zygote.is_alive()
