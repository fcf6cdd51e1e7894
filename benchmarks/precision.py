"""Measure the test accuracy of training in fp32, fp16 and bf16, beside the minimum accuracy.

    python -m benchmarks.precision shards/birds shards/bins [--seeds 3] [--at-once 1]

Runs scripts_train/train.py with the data set's own defaults. It wants a CUDA device: a T4 has no
bf16, so fp16 is the precision of the course there, and the minimum was set in bf16 on a processor.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from helpers.datasets import load_dataset
from helpers.manifest import load_manifest
from helpers.storage import LocalFolder

SCRIPT = Path(__file__).resolve().parents[1] / "scripts_train/train.py"
PRECISIONS = ("fp32", "fp16", "bf16")


class Run(NamedTuple):
    """One training."""

    shards: Path
    precision: str
    seed: int


def accuracy(run: Run) -> float:
    """Train and return the accuracy on the test split.

    Raises:
        RuntimeError: the training failed; its last line is the reason.
    """
    with tempfile.TemporaryDirectory() as folder:
        outputs = [f"--{name}={folder}/{name}" for name in ("model-dir", "output-dir")]
        flags = [f"--data={run.shards}", f"--precision={run.precision}", f"--seed={run.seed}"]
        command = [sys.executable, str(SCRIPT), *flags, *outputs, "--graph=no"]
        done = subprocess.run(command, capture_output=True, text=True)
    if not (match := re.search(r"\btest_accuracy=([\d.]+)", done.stdout)):
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise RuntimeError(f"{run} ended with {done.returncode}: {' '.join(last)}")
    return float(match[1])


def parse_args() -> argparse.Namespace:
    """Read the flags."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flag = parser.add_argument
    flag("shards", type=Path, nargs="+", help="folder with a manifest.json and its shards")
    flag("--seeds", type=int, default=3, help="trainings of each precision")
    flag("--at-once", type=int, default=1, help="trainings side by side")
    return parser.parse_args()


def main(args: argparse.Namespace) -> None:
    """Print the table."""
    runs = [
        Run(shards, precision, seed)
        for shards in args.shards
        for precision in PRECISIONS
        for seed in range(args.seeds)
    ]
    with ThreadPoolExecutor(args.at_once) as pool:
        accuracies = dict(zip(runs, pool.map(accuracy, runs), strict=True))
    print("data set  precision  test accuracy, mean (lowest to highest)  minimum")
    for shards in args.shards:
        dataset = load_dataset(load_manifest(LocalFolder(shards)).dataset)
        for precision in PRECISIONS:
            row = [accuracies[run] for run in runs if run[:2] == (shards, precision)]
            spread = f"{statistics.mean(row):.3f} ({min(row):.3f} to {max(row):.3f})"
            print(
                f"{dataset.name:<8}  {precision:<9}  {spread:<38}  {dataset.minimum_accuracy:.2f}"
            )


if __name__ == "__main__":
    main(parse_args())
