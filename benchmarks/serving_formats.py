"""Measure the latency of the formats in which a trained network can be served, on a CPU.

    python -m benchmarks.serving_formats                       untrained networks of both data sets
    python -m benchmarks.serving_formats --model-dir model     the folder that train.py wrote
    python -m benchmarks.serving_formats --compile             torch.compile too (a C++ compiler)

Each format is loaded in a separate process with one thread, like an endpoint's worker. The input
is a stored sample (5 s of int16 sound, a uint8 photo), so the front end is timed with the network.
Loading means importing the library, reading the file and the first prediction.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil

from helpers.datasets import NAMES, load_dataset
from helpers.networks.artifact import load_artifact, load_card, save_artifact
from helpers.networks.onnx_graph import GRAPH, Graph, export_graph

SCRIPT, SAMPLE = "scripted.pt", "sample.npy"
FORMS = ("eager", "TorchScript", "torch.compile", "ONNX Runtime")
SHAPES = {"log-mel": ((160_000,), np.int16), "pixels": ((3, 64, 64), np.uint8)}
"""Shape and type of a stored sample, by the network's front end."""
LABELS = tuple("01234567")
"""Labels for a data set that takes its classes from its records."""


def noise(front_end: str, rows: int) -> np.ndarray:
    """Return stored samples of noise: the latency does not depend on the values."""
    shape, kind = SHAPES[front_end]
    limits = np.iinfo(kind)
    rng = np.random.default_rng(0)
    return rng.integers(limits.min // 4, limits.max, (rows, *shape)).astype(kind)


def untrained(dataset: str, folder: Path) -> Path:
    """Write the data set's default network as train.py does."""
    from helpers.networks.model import build_model

    chosen = load_dataset(dataset)
    labels = list(chosen.labels or LABELS)
    model = build_model(chosen.training_defaults["model"], len(labels))
    card = {"dataset": dataset, "labels": labels, "model": model.settings, "store": ""}
    save_artifact(folder, model.state_dict(), card)
    return folder


def prepare(folder: Path) -> str:
    """Write the forms that are files, and a sample, beside the weights; return the data set."""
    import torch

    from helpers.networks.model import MODELS

    model, card = load_artifact(folder)
    made = noise(MODELS[card["model"]["name"]]["frontend"], 2)
    np.save(folder / SAMPLE, made[:1])
    samples = torch.from_numpy(made)
    if not (folder / GRAPH).is_file():
        export_graph(model, samples, folder / GRAPH)
    with torch.inference_mode():
        torch.jit.trace(model, (samples[:1],)).save(str(folder / SCRIPT))
    return card["dataset"]


def load(form: str, folder: Path) -> Callable[[np.ndarray], np.ndarray]:
    """Return one form of the network, ready to answer on one thread."""
    if form == "ONNX Runtime":
        return Graph(folder / GRAPH, threads=1)
    import torch

    torch.set_num_threads(1)
    if form == "TorchScript":
        model = torch.jit.load(str(folder / SCRIPT))
    else:
        model, _ = load_artifact(folder)
        model = torch.compile(model) if form == "torch.compile" else model

    @torch.inference_mode()
    def answer(samples: np.ndarray) -> np.ndarray:
        return model(torch.from_numpy(samples)).softmax(1).numpy()

    return answer


def measure(form: str, folder: Path, calls: int) -> dict[str, float]:
    """Load one form, ask it, and return seconds and milliseconds."""
    one = np.load(folder / SAMPLE)
    begin = time.perf_counter()
    network = load(form, folder)
    network(one)
    loaded = time.perf_counter() - begin
    times = []
    for _ in range(calls + calls // 10):
        begin = time.perf_counter()
        network(one)
        times.append(1000 * (time.perf_counter() - begin))
    p50, p99 = np.percentile(times[calls // 10 :], [50, 99])
    memory = psutil.Process().memory_info().rss / 1e6
    return {"load_s": loaded, "p50_ms": p50, "p99_ms": p99, "memory_mb": memory}


def table(folder: Path, args: argparse.Namespace) -> None:
    """Print each form's numbers, measured in alternating rounds; the median round counts."""
    dataset = prepare(folder)
    forms = [form for form in FORMS if form != "torch.compile" or args.compile]
    runs: dict[str, list[dict]] = {form: [] for form in forms}
    for _ in range(args.rounds):
        for form in forms:
            flags = ["--form", form, "--model-dir", str(folder), "--calls", str(args.calls)]
            command = [sys.executable, "-m", "benchmarks.serving_formats", *flags]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            runs[form].append(json.loads(done.stdout.splitlines()[-1]))
    model = load_card(folder)["model"]["name"]
    print(f"{dataset}, {model}, one sample, one thread, {args.calls} calls, {args.rounds} rounds")
    print(f"{'':<14} {'p50 ms':>8} {'p99 ms':>8} {'load s':>8} {'MB':>6}")
    for form, rows in runs.items():
        p50, p99, loaded, memory = (
            np.median([row[name] for row in rows])
            for name in ("p50_ms", "p99_ms", "load_s", "memory_mb")
        )
        print(f"{form:<14} {p50:8.2f} {p99:8.2f} {loaded:8.2f} {memory:6.0f}")


def parse_args() -> argparse.Namespace:
    """Read the flags."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flag = parser.add_argument
    flag("--model-dir", type=Path, help="folder of train.py; default: untrained networks")
    flag("--calls", type=int, default=200, help="number of timed calls")
    flag("--rounds", type=int, default=3, help="processes for each form")
    flag("--compile", action="store_true", help="measure torch.compile too")
    flag("--form", choices=FORMS, help="used by the processes")
    return parser.parse_args()


def main(args: argparse.Namespace) -> None:
    """Print a table for each model."""
    if args.form:
        print(json.dumps(measure(args.form, args.model_dir, args.calls)))
        return
    with tempfile.TemporaryDirectory() as folder:
        folders = [untrained(name, Path(folder) / name) for name in NAMES]
        for model in [args.model_dir] if args.model_dir else folders:
            table(model, args)


if __name__ == "__main__":
    main(parse_args())
