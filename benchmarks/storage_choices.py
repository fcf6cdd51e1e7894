"""Train the same model on the same samples, in each store, and compare the accuracy.

    python -m benchmarks.storage_choices birds bins [--stores ogg jpg] [--seeds 3]

Makes the sample data set, shards it once for each store with scripts_process/shard.py, and trains
with scripts_train/train.py and the data set's own settings, once for each seed. The split is the
same each time. Writes benchmarks/storage_choices.csv, which notebook 04 shows. The accuracy is of
the test split; smaller differences than its spread over the seeds mean nothing. Seconds are of all
cores together, the mean of the seeds; measure on an idle machine.
"""

import argparse
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from helpers.datasets import NAMES, load_dataset
from helpers.manifest import load_manifest
from helpers.storage import LocalFolder

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "benchmarks" / "storage_choices.csv"


def cpu_seconds() -> float:
    """Return the seconds that all children spent so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(script: str, *arguments: object) -> tuple[float, str]:
    """Run a job script; return its seconds of CPU and its output.

    Raises:
        RuntimeError: it failed; the message has its output.
    """
    begin = cpu_seconds()
    command = [sys.executable, str(ROOT / script), *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{script} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return cpu_seconds() - begin, done.stdout


def train(shards: Path, scratch: Path, seed: int, epochs: int | None) -> tuple[float, float]:
    """Return the seconds of one training and its test accuracy."""
    places = {f"--{name}": scratch / name for name in ("model-dir", "output-dir", "checkpoint-dir")}
    where = [part for pair in places.items() for part in pair]
    where += ["--epochs", epochs] if epochs else []
    seconds, printed = run(
        "scripts_train/train.py", "--data", shards, "--seed", seed, "--graph", "no", *where
    )
    return seconds, float(re.findall(r"test_accuracy=([\d.]+)", printed)[-1])


def rows(name: str, stores: list[str], seeds: int, epochs: int | None) -> list[dict]:
    """Return a row for each of the stores of one data set."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        load_dataset(name).make_sample(scratch / "raw")
        for store in stores:
            shards = scratch / store
            places = ("--raw", scratch / "raw", "--output", shards)
            spent, _ = run("scripts_process/shard.py", "--dataset", name, "--store", store, *places)
            manifest = load_manifest(LocalFolder(shards))
            count = sum(split.samples for split in manifest.splits.values())
            total = sum(split.bytes for split in manifest.splits.values())
            runs = [
                train(shards, scratch / f"{store}-{seed}", seed, epochs) for seed in range(seeds)
            ]
            accuracy = [right for _, right in runs]
            rows.append(
                {
                    "dataset": name,
                    "store": store,
                    "samples": count,
                    "test samples": manifest.splits["test"].samples,
                    "kB in shards": round(total / count / 1e3, 1),
                    "sharding CPU s": round(spent, 1),
                    "training CPU s": round(sum(s for s, _ in runs) / seeds, 1),
                    "accuracy": round(sum(accuracy) / seeds, 3),
                    "lowest": round(min(accuracy), 3),
                    "highest": round(max(accuracy), 3),
                    "seeds": seeds,
                }
            )
            print(rows[-1], flush=True)
    return rows


def main() -> None:
    """Measure, print the table and keep it; other stores' rows stay."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", nargs="+", choices=NAMES)
    stores = [store for name in NAMES for store in load_dataset(name).stores]
    parser.add_argument("--stores", nargs="+", choices=stores, help="default: all of a data set")
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each store (default 3)")
    parser.add_argument("--epochs", type=int, help="default: the data set's own")
    args = parser.parse_args()
    kept = pd.read_csv(TABLE).to_dict("records") if TABLE.exists() else []
    table_rows = {(row["dataset"], row["store"]): row for row in kept}
    for name in args.dataset:
        wanted = [store for store in load_dataset(name).stores if store in (args.stores or stores)]
        for row in rows(name, wanted, args.seeds, args.epochs):
            table_rows[name, row["store"]] = row
    table = pd.DataFrame(table_rows.values())
    table.to_csv(TABLE, index=False)
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
