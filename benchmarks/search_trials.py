"""Measure the trial of notebook 06 at every combination of some hyperparameters.

    python -m benchmarks.search_trials birds bins [--seeds 1] [--processes 2]

Makes the sample data set, shards it with scripts_process/shard.py, and trains with the parts of
scripts_train/train.py: two epochs of a network of width 16 on one thread, once for each seed.
Writes benchmarks/search_trials.csv, over which notebook 06 replays searches. The objective is the
recall on the validation split after the last epoch, as the mean over the classes.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from itertools import product
from pathlib import Path

import pandas as pd
import torch

from helpers.datasets import NAMES, load_dataset
from helpers.manifest import Manifest, load_manifest
from helpers.storage import LocalFolder
from helpers.stream import ShardLoader, make_loader
from helpers.streaming.decode_cache import DecodeCache
from helpers.training.attempts import Attempts
from helpers.training.defaults import complete
from helpers.training.distributed import Ranks
from scripts_train import train

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "benchmarks" / "search_trials.csv"
GRID = {
    "lr": (0.001, 0.0023, 0.0055, 0.013, 0.03),
    "batch-size": (12, 24, 48),
    "weight-decay": (0.0003, 0.03),
}
"""Values within the ranges of notebook 06."""
SHORT = ("--epochs", "2", "--width", "16")


@cache
def opened(shards: str) -> tuple[Manifest, DecodeCache]:
    """Return the manifest, and one decoder for all trials of this process."""
    manifest = load_manifest(LocalFolder(shards))
    return manifest, DecodeCache(load_dataset(manifest.dataset).decode, limit=2_000_000_000)


def loader(args: argparse.Namespace, split: str) -> ShardLoader:
    """Return the batches of a split, as in a trial on one instance."""
    manifest, decode = opened(args.data)
    how = {"batch_size": args.batch_size, "seed": args.seed, "shuffle": split == "train"}
    return make_loader(manifest, split, args.data, decode=decode, **how)


def measure(shards: str, trial: Sequence[float]) -> float:
    """Return the objective of one trial: the grid's hyperparameters, and a seed."""
    torch.set_num_threads(1)
    pairs = zip((*GRID, "seed"), trial, strict=True)
    flags = [text for name, value in pairs for text in (f"--{name}", str(value))]
    manifest, _ = opened(shards)
    with tempfile.TemporaryDirectory() as folder:
        places = ("--data", shards, "--checkpoint-dir", f"{folder}/none")
        args = complete(train.parse_args([*places, *SHORT, *flags]), manifest.dataset)
        trainer = train.make_trainer(args, manifest, Ranks(), Attempts())
        batches, validation = loader(args, "train"), loader(args, "validation")
        while not trainer.finished():
            numbers = trainer.train_epoch(batches)
            counts = manifest.split("validation").counts
            row = trainer.end_epoch(numbers, trainer.evaluate(validation, counts))
    return row["validation_macro_recall"]


def rows(name: str, seeds: int, processes: int) -> Iterator[dict]:
    """Yield a row for each trial of a data set."""
    with tempfile.TemporaryDirectory() as folder:
        raw, shards = Path(folder, "raw"), Path(folder, "shards")
        load_dataset(name).make_sample(raw)
        command = ["scripts_process/shard.py", "--dataset", name, "--raw", raw, "--output", shards]
        subprocess.run([sys.executable, *map(str, command)], cwd=ROOT, check=True)
        trials = list(product(*GRID.values(), range(seeds)))
        with ProcessPoolExecutor(processes) as pool:
            values = pool.map(partial(measure, str(shards)), trials)
            for trial, value in zip(trials, values, strict=True):
                row = {"dataset": name, **dict(zip((*GRID, "seed"), trial, strict=True))}
                yield row | {"objective": round(value, 4)}
                print(*trial, f"{value:.4f}", flush=True)


def main() -> None:
    """Measure, and write the table; the rows of other data sets stay."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", nargs="+", choices=NAMES)
    parser.add_argument("--seeds", type=int, default=1, help="trainings of each (default 1)")
    parser.add_argument("--processes", type=int, default=2, help="side by side (default 2)")
    args = parser.parse_args()
    for name in args.dataset:
        measured = pd.DataFrame(rows(name, args.seeds, args.processes))
        kept = pd.read_csv(TABLE) if TABLE.exists() else measured.iloc[:0]
        kept = kept[kept["dataset"] != name]
        pd.concat([kept, measured]).to_csv(TABLE, index=False)


if __name__ == "__main__":
    main()
