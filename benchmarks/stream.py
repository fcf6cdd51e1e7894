"""Measure the stream against other loaders: the same samples, the same decode, the same S3.

    python -m benchmarks.stream [--samples 2000] [--rounds 3] [--peers PYTHON …]

Peers live in environments of their own, because they pin other versions than the course:

    python -m venv peers && peers/bin/pip install -r requirements.txt litdata s3torchconnector \
        webdataset
    python -m venv mds && mds/bin/pip install mosaicml-streaming boto3 soundfile simplejpeg …

A loader that no given interpreter has is left out and named. `bound` decodes the same bytes from
memory in as many processes and hands nothing over. Rounds alternate, so that other load on the
machine slows all alike; medians are shown. CPU is the time of the loader's processes, without
start-up and without the server.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.stream_data import BUCKET, KEYS, MAKERS, client, make, serving, upload

NEEDS = {
    "ours": "torch",
    "pipe:aws s3 cp": "webdataset",
    "litdata": "litdata",
    "mosaicml-streaming": "streaming",
    "s3torchconnector": "s3torchconnector",
    "one GET a sample": "torch",
    "bound": "torch",
}
FORMATS = {"litdata": "litdata", "mosaicml-streaming": "mds"}


def has(python: str, package: str) -> bool:
    """Return whether an interpreter can import a package."""
    done = subprocess.run([python, "-c", f"import {package}"], capture_output=True)
    return done.returncode == 0


def find_interpreters(pythons: list[str]) -> dict[str, str]:
    """Return the first interpreter for each loader; loaders without one are left out."""
    interpreters = {}
    for loader, package in NEEDS.items():
        python = next((python for python in pythons if has(python, package)), None)
        if python:
            interpreters[loader] = python
        else:
            print(f"no interpreter has {package}: {loader} is left out", file=sys.stderr)
    return interpreters


def prepare(folder: Path, url: str, kind: str, count: int, pythons: dict[str, str]) -> None:
    """Make a kind's samples in all formats and upload them."""
    make(folder / kind, kind, count)
    for loader, name in FORMATS.items():
        if loader in pythons:
            command = [pythons[loader], "-m", "benchmarks.stream_formats", name, folder / kind]
            subprocess.run(command, check=True, capture_output=True)
    upload(url, folder / kind, kind)


def measure(loader: str, python: str, kind: str, url: str, workers: int, folder: Path) -> dict:
    """Run one loader over one epoch in a separate process; return its measurements."""
    with tempfile.TemporaryDirectory() as scratch:
        options = {"--kind": kind, "--url": url, "--folder": folder, "--scratch": scratch}
        words = [str(word) for pair in options.items() for word in pair]
        command = [python, "-m", "benchmarks.stream_loaders", loader, *words]
        environment = os.environ | {
            "AWS_ACCESS_KEY_ID": KEYS["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": KEYS["aws_secret_access_key"],
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "S3_ENDPOINT_URL": url,
        }
        done = subprocess.run(
            [*command, "--workers", str(workers)], env=environment, capture_output=True, text=True
        )
    if done.returncode:
        raise RuntimeError(f"{loader} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def compare(kind: str, url: str, workers: int, args: argparse.Namespace, folder: Path) -> dict:
    """Return each loader's medians over the rounds."""
    results: dict[str, list[dict]] = {loader: [] for loader in args.pythons}
    for _ in range(args.rounds):
        for loader, python in args.pythons.items():
            try:
                results[loader].append(measure(loader, python, kind, url, workers, folder))
            except RuntimeError as error:
                print(error, file=sys.stderr)
    for loader in [loader for loader, runs in results.items() if len(runs) < args.rounds]:
        print(f"{loader}: {len(results[loader])} of {args.rounds} rounds ended", file=sys.stderr)
        if not results[loader]:
            del results[loader]
    counts = {loader: runs[0]["labels"] for loader, runs in results.items()}
    for loader, labels in counts.items():
        if labels != counts["bound"]:
            print(f"{loader} did not give every sample once: {labels}", file=sys.stderr)
    return {
        loader: {
            key: statistics.median(run[key] for run in runs) for key in ("rate", "first", "cpu")
        }
        for loader, runs in results.items()
    }


def show(title: str, rows: dict[str, dict]) -> None:
    """Print one table."""
    print(f"\n{title}")
    print(f"{'':22}{'samples/s':>10}{'of bound':>10}{'CPU ms':>8}{'of bound':>10}{'first s':>9}")
    bound = rows["bound"]
    for loader, row in sorted(rows.items(), key=lambda item: -item[1]["rate"]):
        share, more = row["rate"] / bound["rate"], row["cpu"] / bound["cpu"]
        numbers = f"{row['rate']:10,.0f}{share:10.0%}{1e3 * row['cpu']:8.2f}{more:10.2f}"
        print(f"{loader:22}{numbers}{row['first']:9.2f}", flush=True)


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--samples", type=int, default=2000, help="photos; clips are a third")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kinds", nargs="+", default=list(MAKERS), choices=list(MAKERS))
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--lines", nargs="+", default=["loopback", "slow"])
    parser.add_argument("--only", nargs="+", default=list(NEEDS), choices=list(NEEDS))
    parser.add_argument("--peers", nargs="*", default=[], help="interpreters that have peers")
    args = parser.parse_args()
    interpreters = find_interpreters([sys.executable, *args.peers])
    args.pythons = {k: v for k, v in interpreters.items() if k in {*args.only, "bound"}}
    with tempfile.TemporaryDirectory() as scratch:
        folder, store = Path(scratch) / "data", Path(scratch) / "s3"
        with serving(store) as url:
            client(url).list_objects_v2(Bucket=BUCKET)
            for kind in args.kinds:
                count = args.samples if kind == "photos" else args.samples // 3
                prepare(folder, url, kind, count, args.pythons)
        for line in args.lines:
            with serving(store, slow=line == "slow") as url:
                for kind in args.kinds:
                    for workers in args.workers:
                        title = f"{kind}, {workers} worker{'s' * (workers > 1)}, {line}"
                        show(title, compare(kind, url, workers, args, folder))


if __name__ == "__main__":
    main()
