"""Starts, finds and stops the one local AWS of a state folder; knows processes, and no engine."""

import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from local_aws.context import Context
from local_aws.settings import Settings
from local_aws.state.disk import FULL_MESSAGE, is_full
from local_aws.state.files import write_atomic
from local_aws.state.json_lines import process_output

if TYPE_CHECKING:
    from collections.abc import Iterator

START_SECONDS = 60
STOP_SECONDS = 30
LOCK = "server.lock"
DISK_FULL = 28
"""Exit code of a server that can't start on a full disk, where its log may have no room either."""
PORT_BUSY = 98
"""Exit code of a server whose port another program listens on."""

_launched: list[subprocess.Popen] = []
"""The servers that this process started: they outlive it, so it waits for one only to stop it."""


def load_keys(state: Path) -> tuple[str, str]:
    """Return the access key and the secret of a state folder; draw them the first time."""
    path = state / "keys.json"
    if not path.exists():
        made = {"access": f"LOCAL{secrets.token_hex(8).upper()}", "secret": secrets.token_hex(20)}
        write_atomic(path, json.dumps(made).encode(), mode=0o600)
    keys = json.loads(path.read_text())
    return keys["access"], keys["secret"]


def _health(url: str) -> dict[str, Any] | None:
    # The server is on this machine: a proxy of the environment must not be used.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/_local/health", timeout=5) as answer:
            return json.load(answer)
    except (OSError, ValueError, urllib.error.URLError):
        return None


def find_running(state: Path) -> Context | None:
    """Return the running server of a state folder; None where none answers."""
    try:
        record = json.loads((state / "server.json").read_text())
    except (FileNotFoundError, ValueError):
        return None
    health = _health(record["url"])
    # The server of another state folder may have taken the port meanwhile.
    if not health or Path(health.get("state", "")).resolve() != state.resolve():
        return None
    return Context(state, record["url"], *load_keys(state))


def make_state(state: Path) -> None:
    """Make a state folder that its owner alone can open: keys, logs and objects lie there."""
    is_ours = (state / LOCK).exists()
    if not state.exists() or is_ours:  # no other folder's permissions are changed
        state.mkdir(parents=True, exist_ok=True)
        state.chmod(0o700)


class PortBusy(RuntimeError):
    """Another program listens on the port; the message says what to do."""

    def __init__(self, port: int):
        super().__init__(f"The local AWS did not start: port {port} is busy, choose another one")
        self.port = port


@contextmanager
def _only_one(state: Path) -> "Iterator[None]":
    """Hold the lock that lets one process at a time start or stop a server."""
    make_state(state)
    with (state / "start.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure_running(settings: Settings) -> Context:
    """Return the running server of a state folder; start it if none answers.

    Raises:
        PortBusy: another program listens on the port.
        RuntimeError: it did not start; the message ends with the last line of the server's log.
    """
    try:
        with _only_one(settings.state):
            server = find_running(settings.state) or _start(settings)
    except OSError as error:
        if not is_full(error):
            raise
        raise _not_started(FULL_MESSAGE) from error
    if settings.policies and not (_health(server.url) or {}).get("enforced"):
        raise RuntimeError("The local AWS runs, and enforces no policies: stop it first")
    return server


def _not_started(why: str) -> RuntimeError:
    return RuntimeError(f"The local AWS did not start: {why}")


def _start(settings: Settings) -> Context:
    log = settings.state / "server.log"
    old_size = log.stat().st_size if log.exists() else 0
    # Wait for a server that runs but is slow to answer: a second one would damage the state.
    process = None if owner(settings.state) else _launch(settings, log)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server := find_running(settings.state):
            return server
        if not process and not owner(settings.state):
            process = _launch(settings, log)  # the other one was about to end
        if process and process.poll() is not None:
            break
        time.sleep(0.05)
    if not process:
        pid = owner(settings.state)
        raise RuntimeError(f"The local AWS (process {pid}) does not answer: end that process")
    process.kill()
    code = process.wait()
    if code == DISK_FULL:
        raise _not_started(FULL_MESSAGE)
    if code == PORT_BUSY:
        raise PortBusy(settings.port)
    words = log.read_bytes()[old_size:].decode(errors="replace").strip().splitlines()
    raise _not_started(words[-1] if words else f"see {log.name}")


def _launch(settings: Settings, log: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", __package__, "serve"]
    command += ["--state", str(settings.state), "--port", str(settings.port)]
    if settings.policies:
        command += ["--enforce", *map(str, settings.policies)]
    root = Path(find_spec(__package__).origin).resolve().parents[1]
    with process_output(log) as out:
        process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True,
        )  # fmt: skip
    _launched[:] = [process, *(old for old in _launched if old.poll() is None)]
    return process


def stop(state: Path) -> bool:
    """Stop the server of a state folder and all that it runs; return whether one ran.

    Raises:
        RuntimeError: it did not end in time.
    """
    if not state.exists():
        return False
    with _only_one(state):
        if not (pid := owner(state)):
            return False
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while owner(state):
            if time.monotonic() > deadline:
                message = f"The local AWS (process {pid}) did not stop in {STOP_SECONDS} s"
                raise RuntimeError(message)
            time.sleep(0.05)
    for process in _launched:
        if process.pid == pid:
            process.wait()
    return True


# Called in the server's process.


class StateBusy(RuntimeError):
    """Another server has the state folder; the message names its process."""


def claim(state: Path) -> IO[bytes]:
    """Make this process the owner of a state folder for as long as the file stays open.

    Raises:
        StateBusy: another server has it; two servers would damage it.
    """
    descriptor = os.open(state / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    file = os.fdopen(descriptor, "r+b", buffering=0)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # One write of fixed length: readers see a whole number, and a full disk has room for it.
        file.write(b"%10d" % os.getpid())
    except BlockingIOError:
        file.close()
        message = f"{state} is in use by another local AWS (process {owner(state)})"
        raise StateBusy(message) from None
    except BaseException:
        file.close()
        raise
    return file


def owner(state: Path) -> int | None:
    """Return the process that has a state folder; none where the server ended, or was killed."""
    while True:
        try:
            with (state / LOCK).open() as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return None
        except FileNotFoundError:
            return None
        except BlockingIOError:
            if text := (state / LOCK).read_text():
                return int(text)
            time.sleep(0.001)  # the owner is about to write its process id


def announce(state: Path, url: str) -> None:
    """Write a server's address into the state folder, for `find_running`."""
    write_atomic(state / "server.json", json.dumps({"url": url, "pid": os.getpid()}).encode())
