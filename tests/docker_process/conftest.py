"""The server's package as the image's `serve` finds it, and servers of models."""

import pytest

from tests.made_server import MadeServer
from tests.places import ROOT

SCRIPT = """
import json, os, time

def model_fn(model_dir):
    return open(os.path.join(model_dir, "weights")).read()

def input_fn(body, content_type):
    return body

def predict_fn(data, model):
    if data == b"die":
        os._exit(1)
    if data == b"leave a child and die":
        if os.fork():
            os._exit(1)
        time.sleep(20)
        os._exit(0)
    if data.startswith(b"sleep"):
        time.sleep(float(data[5:]))
    return {"model": model, "kind": type(data).__name__, "bytes": len(data), "pid": os.getpid()}

def output_fn(prediction, accept):
    return json.dumps(prediction), "application/json"
"""


@pytest.fixture(autouse=True)
def package(monkeypatch):
    """Put the image's package on the path."""
    monkeypatch.syspath_prepend(ROOT / "docker_process")


@pytest.fixture
def base(tmp_path):
    """Return a folder that stands for /opt/ml, with a model."""
    code = tmp_path / "model" / "code"
    code.mkdir(parents=True)
    (code / "inference.py").write_text(SCRIPT)
    (tmp_path / "model" / "weights").write_text("w")
    return tmp_path


@pytest.fixture
def start(base):
    """Return a function that starts a server of that model."""
    servers = []

    def start(**variables):
        servers.append(MadeServer(base, **variables))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
