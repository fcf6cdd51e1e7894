"""Measure the latency of a small request through an endpoint's server, ours and AWS's toolkit's.

    python -m benchmarks.serving          untrained networks of both data sets

Ours is the image's `serve` (docker_process/), the other one the worker by which the local AWS runs
AWS's old images: the toolkit behind Python's own HTTP server. Each has one worker and one thread.
A client asks one request after the other, each on a new connection, as a load balancer may;
the servers take turns, and the median round counts. `alone` is the same prediction without HTTP.
"""

import argparse
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import simplejpeg

from benchmarks.serving_formats import noise, prepare, untrained
from helpers.config import ROOT
from helpers.datasets import NAMES
from helpers.job_code import ship
from helpers.media import audio
from helpers.networks.artifact import load_card, save_card
from helpers.predict import Predictor

WORKER = ROOT / "local_aws/services/sagemaker/hosting/worker.py"
KINDS = {"birds": "audio/flac", "bins": "image/jpeg"}
SERVERS = ("serve", "toolkit")


def request(dataset: str) -> bytes:
    """Return a raw object of noise, a clip of 5 s or a photo of 64 pixels."""
    if dataset == "birds":
        return audio.encode(noise("log-mel", 1)[0].astype(np.float32) / 65536, "flac")
    return simplejpeg.encode_jpeg(np.ascontiguousarray(noise("pixels", 1)[0].transpose(1, 2, 0)))


def make_model(dataset: str, base: Path) -> Path:
    """Write what a model's archive holds below a folder that stands for /opt/ml."""
    model = untrained(dataset, base / "model")
    prepare(model)
    card = load_card(model) | {"store": {"birds": "flac", "bins": "jpg"}[dataset]}
    save_card(model, card | ({"size": 64} if dataset == "bins" else {}))
    shutil.copytree(ship("scripts_inference/inference.py"), model / "code")
    return model


@contextmanager
def running(server: str, base: Path):
    """Start a server; yield its port once it is healthy."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "SAGEMAKER_BASE_DIR": str(base), "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_BIND_TO_PORT": str(port), "UVICORN_HOST": "127.0.0.1",
        "SAGEMAKER_MODEL_SERVER_WORKERS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    words = {
        "serve": [str(ROOT / "docker_process" / "serve")],
        "toolkit": [str(WORKER), "--model-dir", str(base / "model"), "--port", str(port)],
    }[server]
    process = subprocess.Popen(
        [sys.executable, *words], env=os.environ | settings, cwd=base,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not is_healthy(port):
            if process.poll() is not None:
                raise RuntimeError(f"{server} ended with {process.returncode}")
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def is_healthy(port: int) -> bool:
    """Tell whether /ping says 200."""
    try:
        return send(port, "GET", "/ping") == 200
    except OSError:
        return False


def send(port: int, method: str, path: str, body: bytes = b"", kind: str = "") -> int:
    """Send one request and read its answer; return the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, {"Content-Type": kind} if kind else {})
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return reply.status


def timed(call: Callable[[], object], calls: int) -> tuple[float, float]:
    """Return the median and the 99th percentile of some calls, in ms."""
    times = []
    for _ in range(calls + calls // 10):
        began = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - began))
    p50, p99 = np.percentile(times[calls // 10 :], [50, 99])
    return float(p50), float(p99)


def ask(port: int, body: bytes, kind: str) -> None:
    """Ask once, and see that it was answered."""
    if (status := send(port, "POST", "/invocations", body, kind)) != 200:
        raise RuntimeError(f"the server answered {status}")


def table(dataset: str, base: Path, calls: int, rounds: int) -> None:
    """Print the times of one data set."""
    model, body, kind = make_model(dataset, base), request(dataset), KINDS[dataset]
    predictor = Predictor.load(model, threads=1)
    rows: dict[str, list] = {name: [] for name in ("alone", *SERVERS)}
    with running("serve", base) as ours, running("toolkit", base) as toolkit:
        ports = {"serve": ours, "toolkit": toolkit}
        for _ in range(rounds):
            rows["alone"].append(timed(lambda: predictor.predict(body), calls))
            for name, port in ports.items():
                rows[name].append(timed(lambda port=port: ask(port, body, kind), calls))
    print(f"{dataset}, {len(body):,} bytes, {calls} requests, {rounds} rounds")
    print(f"{'':<10} {'p50 ms':>8} {'p99 ms':>8}")
    for name, times in rows.items():
        p50, p99 = np.median(times, axis=0)
        print(f"{name:<10} {p50:8.2f} {p99:8.2f}", flush=True)


def main() -> None:
    """Print a table for each data set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=200, help="that are timed")
    parser.add_argument("--rounds", type=int, default=5, help="for each server, by turns")
    args = parser.parse_args()
    for name in NAMES:
        with tempfile.TemporaryDirectory() as folder:
            table(name, Path(folder), args.calls, args.rounds)


if __name__ == "__main__":
    main()
