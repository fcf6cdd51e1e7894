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
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.local_aws.context import Context
from helpers.local_aws.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpers.config import LocalSettings

START_SECONDS = 60
STOP_SECONDS = 30


def load_keys(state: Path) -> tuple[str, str]:
    """Return the access key and secret of a state folder, made by chance the first time."""
    path = state / "keys.json"
    if not path.exists():
        state.mkdir(parents=True, exist_ok=True)
        made = {"access": f"LOCAL{secrets.token_hex(8).upper()}", "secret": secrets.token_hex(20)}
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(made, file)
    keys = json.loads(path.read_text())
    return keys["access"], keys["secret"]


def _health(url: str) -> dict[str, Any] | None:
    # No proxy, whatever the environment says: the server is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/_local/health", timeout=5) as answer:
            return json.load(answer)
    except (OSError, ValueError, urllib.error.URLError):
        return None


def find_running(state: Path) -> Context | None:
    """Return the server of a state folder if it answers."""
    try:
        about = json.loads((state / "server.json").read_text())
    except (FileNotFoundError, ValueError):
        return None
    health = _health(about["url"])
    if not health or health.get("state") != str(state):
        return None
    return Context(state, about["url"], *load_keys(state))


@contextmanager
def _only_one(state: Path) -> "Iterator[None]":
    """Hold the lock that lets one process at a time start or stop a server."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "start.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure_running(settings: "LocalSettings") -> Context:
    """Return the running server of a state folder; start it if none answers.

    Raises:
        RuntimeError: it did not start; the message has the server's own last words.
    """
    with _only_one(settings.state):
        return find_running(settings.state) or _start(settings)


def _start(settings: "LocalSettings") -> Context:
    log = settings.state / "server.log"
    command = [sys.executable, "-m", "helpers.local_aws", "serve"]
    command += ["--state", str(settings.state), "--port", str(settings.port)]
    root = Path(__file__).resolve().parents[2]
    with log.open("a") as out:
        place = log.stat().st_size
        process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True,
        )  # fmt: skip
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server := find_running(settings.state):
            return server
        if process.poll() is not None:
            break
        time.sleep(0.05)
    words = log.read_bytes()[place:].decode(errors="replace").strip().splitlines()
    raise RuntimeError(f"The local AWS did not start: {words[-1] if words else f'see {log.name}'}")


def stop(state: Path) -> bool:
    """Stop the server of a state folder and all that it runs; return whether one ran.

    Raises:
        RuntimeError: it did not end in time.
    """
    with _only_one(state):
        if not (server := find_running(state)):
            return False
        pid = _health(server.url)["pid"]
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if not find_running(state) and not _alive(pid):
                return True
            time.sleep(0.05)
        raise RuntimeError(f"The local AWS (process {pid}) did not stop in {STOP_SECONDS} s")


def _alive(pid: int) -> bool:
    try:
        # A child of this very process stays a zombie until it is waited for.
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def announce(state: Path, url: str) -> None:
    """Write down where a server listens, for `find_running`."""
    write_atomic(state / "server.json", json.dumps({"url": url, "pid": os.getpid()}).encode())
