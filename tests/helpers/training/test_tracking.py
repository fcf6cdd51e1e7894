import base64
import json
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from helpers.training.tracking import Tracker
from helpers.training.wandb_file import curves
from tests.torchrun import environment

RUN = """
import numpy as np, sys
from pathlib import Path
from helpers.training.tracking import Tracker
tracker = Tracker("offline", Path(sys.argv[1]), {"lr": 0.003, "data": Path("shards")})
for epoch in (1, 2):
    tracker.log({"epoch": epoch, "train_loss": 1 / epoch})
tracker.finish({"accuracy": 0.75, "recall": {"a": 1.0}}, np.array([[2, 1], [0, 1]]), ["a", "b"])
"""


def test_off_does_not_even_import_it(tmp_path):
    code = "import sys; from pathlib import Path; from helpers.training.tracking import Tracker\n"
    code += "Tracker('off', Path('x'), {}).log({}); print('wandb' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == "False", run.stderr
    assert not list(tmp_path.iterdir())


def test_an_unknown_mode_is_refused(tmp_path):
    with pytest.raises(ValueError, match="--wandb is 'on', not off, offline, online"):
        Tracker("on", tmp_path, {})


class Listener:
    """A server that notes who connects; everything that would go outside is sent here."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.visits = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self.socket.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"


@pytest.mark.slow
def test_offline_writes_files_and_connects_to_nobody(tmp_path):
    listener = Listener()
    names = ("WANDB_BASE_URL", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    env = environment() | dict.fromkeys(names, listener.url) | {"WANDB_API_KEY": "k" * 40}
    command = [sys.executable, "-c", RUN, str(tmp_path)]
    run = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True)
    listener.socket.close()
    assert run.returncode == 0, run.stderr
    assert listener.visits == 0
    (written,) = (tmp_path / "wandb").glob("offline-run-*/*.wandb")
    assert curves(written.read_bytes())["train_loss"].tolist() == [1.0, 0.5]
    assert tables(tmp_path) == [["a", "a", 2], ["a", "b", 1], ["b", "a", 0], ["b", "b", 1]]


def tables(folder: Path) -> list:
    """Return the rows of the one table that was logged."""
    (path,) = folder.glob("wandb/offline-run-*/files/media/table/*.json")
    return json.loads(path.read_text())["data"]


KEY = "s" * 40
ONLINE = """
import sys
from pathlib import Path
from helpers.training.tracking import Tracker
key = lambda name: sys.argv[2] if name == "birds/wandb" else None
settings = {"wandb_secret": "birds/wandb"}
tracker = Tracker("online", Path(sys.argv[1]), settings, read_key=key)
print(tracker.attempts.warnings)
"""


class Wandb(BaseHTTPRequestHandler):
    """A server that notes who signs in, and lets nobody."""

    seen: list[tuple[str, bytes]] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append((self.headers.get("Authorization", ""), body))
        self.send_response(401)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.mark.slow
def test_online_signs_in_with_the_secrets_key_which_is_written_nowhere(tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Wandb)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    env = environment() | {"WANDB_BASE_URL": url, "HOME": str(tmp_path), "WANDB_INIT_TIMEOUT": "5"}
    command = [sys.executable, "-c", ONLINE, str(tmp_path), KEY]
    run = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True)
    server.shutdown()
    server.server_close()
    assert run.returncode == 0, run.stderr  # the run goes on without its record
    basic = f"Basic {base64.b64encode(f'api:{KEY}'.encode()).decode()}"
    assert basic in [header for header, _ in Wandb.seen]
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert written and not [text for text in written if KEY.encode() in text]
    assert KEY not in run.stdout + run.stderr
    assert not [body for _, body in Wandb.seen if KEY.encode() in body]


def test_a_secret_that_can_not_be_read_is_a_warning_and_no_end(tmp_path):
    def refused(_):
        raise PermissionError("AccessDenied")

    tracker = Tracker("online", tmp_path, {"wandb_secret": "birds/wandb"}, read_key=refused)
    tracker.log({"epoch": 1})
    assert tracker.attempts.warnings == {"wandb": "PermissionError: AccessDenied"}
