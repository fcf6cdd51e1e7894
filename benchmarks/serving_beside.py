"""Measure how an endpoint answers a clip while it has an hour of FLAC and a long MP3 at hand.

    python -m benchmarks.serving_beside        an untrained network of the birds, half a minute

The FLAC is longer than an endpoint takes, and refused by its header; the MP3 of twenty minutes is
answered. Each is sent again and again by a client of its own, on two cores at most.
"""

import io
import os
import re
import socket
import statistics
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import soundfile

from benchmarks.serving import exchange, make_model, running

RATE = 44_100
CLIPS = 200
WARM_SECONDS = 8.0
"""In which a long request makes the server start its spare process."""


def encoded(wave: np.ndarray, container: str, rate: int) -> bytes:
    """Return a wave as a file."""
    out = io.BytesIO()
    soundfile.write(out, wave, rate, format=container)
    return out.getvalue()


def message(body: bytes, kind: str) -> bytes:
    """Return an invocation as it goes over the wire."""
    head = f"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def asked(port: int, sent: bytes) -> tuple[int, float]:
    """Return the status of an answer and the ms that it took."""
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=90) as connection:
        status = exchange(connection, sent)
    return status, 1000 * (time.perf_counter() - began)


def peak_mb(process: psutil.Process) -> float:
    """Return the most memory that a process has had."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024 / 1e6


def main() -> None:
    """Print the times of a clip alone and beside, and the memory of each process."""
    rng = np.random.default_rng(0)
    noise = 0.1 * rng.standard_normal(2 * 32_000).astype(np.float32)
    minutes = 0.1 * rng.standard_normal((20 * 60 * RATE, 2), np.float32)
    clip = message(encoded(noise, "FLAC", 32_000), "audio/flac")
    long = {
        "an hour of FLAC": message(encoded(np.zeros(3600 * 8000), "FLAC", 8000), "audio/flac"),
        "20 minutes of MP3": message(encoded(minutes, "MP3", RATE), "audio/mpeg"),
    }
    del minutes
    with tempfile.TemporaryDirectory() as folder:
        make_model("birds", Path(folder))
        with running("serve", Path(folder), len(os.sched_getaffinity(0))) as (port, server):
            answers: dict[str, list[tuple[int, float]]] = {name: [] for name in long}
            measure(port, clip, long, answers)
            for name, replies in answers.items():
                statuses, times = zip(*replies, strict=True)
                print(
                    f"{name}: {len(times)} answers { ({*statuses}) }, {max(times):.0f} ms at most"
                )
            peaks = [peak_mb(one) for one in server.children(recursive=True)]
            print("most memory of each process, MB:", *(f"{peak:.0f}" for peak in sorted(peaks)))


def measure(port: int, clip: bytes, long: dict[str, bytes], answers: dict[str, list]) -> None:
    """Ask for clips alone and beside, and print the medians."""
    clips = [asked(port, clip)[1] for _ in range(CLIPS)]
    done = threading.Event()

    def ask_on(name: str) -> None:
        while not done.is_set():
            answers[name].append(asked(port, long[name]))

    threads = [threading.Thread(target=ask_on, args=(name,)) for name in long]
    for thread in threads:
        thread.start()
    time.sleep(WARM_SECONDS)
    beside = [asked(port, clip)[1] for _ in range(CLIPS)]
    done.set()
    for thread in threads:
        thread.join()
    usual, busy = statistics.median(clips), statistics.median(beside)
    print(f"a clip of 2 s: {usual:.1f} ms alone, {busy:.1f} ms beside, {busy / usual:.2f} times")


if __name__ == "__main__":
    main()
