"""Measure an endpoint under load: the image's `serve`, AWS's toolkit, and the bound of both.

    python -m benchmarks.serving                     untrained networks of both data sets, 4 minutes
    python -m benchmarks.serving --dataset birds --load 0

`serve` (docker_process/) has a process for each core. The toolkit is AWS's sagemaker-inference in
the worker by which the local AWS runs AWS's old images: one process, whose graph uses all cores.
Both run the same archive and get the same request, a clip or photo of the sample data; they take
turns. The bound is the prediction alone, in a loop in memory: decoding, cleaning, graph. A client
asks one request after the other on its connection. Then `serve` alone bears 16 clients for a
minute, and its memory is watched. Where other programs use the cores too, the processor time of
a request is what can be compared.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from benchmarks.serving_formats import prepare, untrained
from helpers.config import ROOT
from helpers.datasets import NAMES, load_dataset
from helpers.job_code import ship
from helpers.networks.artifact import load_card, save_card
from helpers.predict import Predictor

WORKER = ROOT / "local_aws/services/sagemaker/hosting/worker.py"
SAMPLES = {"birds": ("*.ogg", {"recordings": 40}), "bins": ("*.jpg", {"images": 40})}
"""Data set to the names of its raw media, and the size of a sample that has a usual one."""
USUAL_BYTES = {"birds": 62_000, "bins": 42_000}
"""A clip of 7 s, a photo of the real set's size."""
CLIENTS = (1, 4, 16)


def request(dataset: str, folder: Path) -> bytes:
    """Return a raw object of the sample data, of the usual size."""
    pattern, sizes = SAMPLES[dataset]
    load_dataset(dataset).make_sample(folder, **sizes)
    bodies = [path.read_bytes() for path in sorted(folder.rglob(pattern))]
    return min(bodies, key=lambda body: abs(len(body) - USUAL_BYTES[dataset]))


def make_model(dataset: str, base: Path) -> Path:
    """Write what a model's archive holds below a folder that stands for /opt/ml."""
    model = untrained(dataset, base / "model")
    prepare(model)
    card = load_card(model) | {"store": load_dataset(dataset).stores[0]}
    save_card(model, card | ({"size": 64} if dataset == "bins" else {}))
    shutil.copytree(ship("scripts_inference/inference.py"), model / "code")
    return model


@contextmanager
def running(server: str, base: Path, cores: int) -> Iterator[tuple[int, psutil.Process]]:
    """Start a server; yield its port and process once it is healthy."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "SAGEMAKER_BASE_DIR": str(base), "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_BIND_TO_PORT": str(port), "UVICORN_HOST": "127.0.0.1",
    }  # fmt: skip
    words = {
        "serve": [str(ROOT / "docker_process" / "serve")],
        "toolkit": [str(WORKER), "--model-dir", str(base / "model"), "--port", str(port)],
    }[server]
    threads = {"serve": {}, "toolkit": {"OMP_NUM_THREADS": str(cores)}}[server]
    process = subprocess.Popen(
        [sys.executable, *words], env=os.environ | settings | threads, cwd=base,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not is_healthy(port):
            if process.poll() is not None:
                raise RuntimeError(f"{server} ended with {process.returncode}")
            time.sleep(0.05)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def is_healthy(port: int) -> bool:
    """Tell whether /ping says 200."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            return exchange(connection, b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n") == 200
    except OSError:
        return False


def exchange(connection: socket.socket, message: bytes) -> int:
    """Send one request and read its answer; return the status."""
    connection.sendall(message)
    answer = b""
    while b"\r\n\r\n" not in answer:
        if not (piece := connection.recv(65536)):
            raise ConnectionError("the server hung up")
        answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    left = int(fields[b"content-length"]) - len(body)
    while left > 0:
        left -= len(connection.recv(65536))
    return int(head.split()[1])


@dataclass
class Turn:
    """What was measured in some seconds."""

    times: list[float]
    """Of each request, in ms."""
    errors: int
    seconds: float
    cpu: float
    """Seconds of processor time: of all the server's processes, or of the loop."""


def load(port: int, server: psutil.Process, message: bytes, clients: int, seconds: float) -> Turn:
    """Let clients ask for some seconds."""
    times, errors, used, began = [], [], cpu(server), time.perf_counter()

    def ask() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=90) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while (start := time.perf_counter()) < began + seconds:
                if exchange(connection, message) != 200:
                    errors.append(start)
                times.append(1000 * (time.perf_counter() - start))

    def ask_on() -> None:
        while time.perf_counter() < began + seconds:
            try:
                ask()
            except OSError as error:
                errors.append(error)

    threads = [threading.Thread(target=ask_on) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Turn(times, len(errors), time.perf_counter() - began, cpu(server) - used)


def alone(predictor: Predictor, body: bytes, seconds: float) -> Turn:
    """Predict in a loop."""
    times, used, began = [], time.process_time(), time.perf_counter()
    while (start := time.perf_counter()) < began + seconds:
        predictor.predict(body)
        times.append(1000 * (time.perf_counter() - start))
    return Turn(times, 0, time.perf_counter() - began, time.process_time() - used)


def cpu(server: psutil.Process) -> float:
    """Return the seconds of processor time of a server and of all its processes."""
    return sum(sum(one.cpu_times()[:2]) for one in [server, *server.children(recursive=True)])


def megabytes(server: psutil.Process) -> float:
    """Return the memory of a server and of all its processes."""
    family = [server, *server.children(recursive=True)]
    return sum(one.memory_full_info().uss for one in family) / 1e6


def report(name: str, turns: list[Turn]) -> None:
    """Print a row: requests a second, p50, p99, processor time of a request, errors."""
    times = [ms for turn in turns for ms in turn.times]
    p50, p99 = np.percentile(times, [50, 99])
    rate = len(times) / sum(turn.seconds for turn in turns)
    used = 1000 * sum(turn.cpu for turn in turns) / len(times)
    errors = sum(turn.errors for turn in turns)
    print(f"{name:<20} {rate:8.1f} {p50:8.2f} {p99:8.2f} {used:8.2f} {errors:6}", flush=True)


def measure(dataset: str, base: Path, args: argparse.Namespace) -> None:
    """Print the table of one data set."""
    cores = len(os.sched_getaffinity(0))
    body, kind = request(dataset, base / "raw"), load_dataset(dataset).content_types[0]
    predictor = Predictor.load(make_model(dataset, base), threads=1)
    head = f"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
    message = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    print(f"{dataset}, {len(body):,} bytes, {cores} cores, {args.rounds} x {args.seconds} s each")
    columns = ("a second", "p50 ms", "p99 ms", "CPU ms")
    print(f"{'':<20} {' '.join(f'{column:>8}' for column in columns)} errors")
    with running("serve", base, cores) as ours, running("toolkit", base, cores) as toolkit:
        servers = {"serve": ours, "toolkit": toolkit}
        rows: dict[str, list[Turn]] = {"bound": []}
        for _ in range(args.rounds):
            rows["bound"].append(alone(predictor, body, args.seconds))
            for clients in CLIENTS:
                for name, server in servers.items():
                    turn = load(*server, message, clients, args.seconds)
                    rows.setdefault(f"{name}, {clients} at once", []).append(turn)
        for name, turns in sorted(rows.items()):
            report(name, turns)
        if args.load:
            sizes = [megabytes(ours[1])]
            for half in ("first", "second"):
                report(f"load, {half} half", [load(*ours, message, 16, args.load / 2)])
                sizes.append(megabytes(ours[1]))
            print("memory before, between and after, MB:", *(f"{size:.0f}" for size in sizes))


def main() -> None:
    """Print a table for each data set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flag = parser.add_argument
    flag("--dataset", choices=NAMES, action="append", help="default: all")
    flag("--seconds", type=float, default=2.5, help="of one server's turn")
    flag("--rounds", type=int, default=2, help="turns of each server")
    flag("--load", type=float, default=60, help="seconds of the load at the end; 0 for none")
    args = parser.parse_args()
    for name in args.dataset or NAMES:
        with tempfile.TemporaryDirectory() as folder:
            measure(name, Path(folder), args)


if __name__ == "__main__":
    main()
