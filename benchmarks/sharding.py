"""Measure the sharding job against reading one object at a time, over the same S3.

    python -m benchmarks.sharding [--samples 1000 4000] [--instances 1 2 4] [--lines loopback]

Photos are checked and stored as they are. `one at a time` is the original project's loop: GET,
check, append, next. Instances share this machine's cores: more of them show that the work divides,
and pay off where S3 makes the reader wait. Peak memory is that of the job's processes together.
"""

import argparse
import io
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from benchmarks.stream_data import BUCKET, client, photo, serving
from helpers.datasets.bins.dataset import Bins
from helpers.media.images import check
from helpers.s3 import S3Prefix, upload_folder
from helpers.samples import Record, Remark, Sample
from helpers.sharding.instance import finish, make_shards, plan_folder, wait_for
from helpers.streaming.tar import TarWriter


class Photos(Bins):
    """Raw photos `media/<id>.jpg`, each with its own record."""

    name = "photos"
    labels = None

    def records(self, keys, read) -> tuple[list[Record], list[Remark]]:
        """Return a record for each key."""
        stems = sorted(Path(key).stem for key in keys)
        return [Record(s, f"media/{s}.jpg", s[-1], (s,)) for s in stems], []

    def samples(self, record: Record, data: bytes, store: str) -> list[Sample]:
        """Check one photo."""
        check(data)
        return [Sample(record.id, data, "jpg", {"label": record.label, "source": record.media})]


def instance(url: str, output: str, rank: int, instances: int, threads: int) -> None:
    """Run one instance of the job."""
    raw, out = (S3Prefix(client(url), f"s3://{BUCKET}/{name}") for name in ("raw", output))
    plan = plan_folder(Photos(), raw, store="jpg", records_per_shard=250)
    part = plan.part(rank, instances)
    how = {"sizes": plan.sizes, "threads": threads, "processes": 1}
    made = make_shards(part, Photos(), "jpg", raw, out, **how)
    notes = {shard.name: note for shard, note in made}
    if rank == 0:
        finish(plan, out, wait_for(plan, out, notes, limit=600))


def one_at_a_time(url: str) -> None:
    """Read, check and append one object after the other, a shard of 250 at a time."""
    s3, raw = client(url), S3Prefix(client(url), f"s3://{BUCKET}/raw")
    keys = [entry.key for entry in raw.list()]
    for at in range(0, len(keys), 250):
        out = io.BytesIO()
        writer = TarWriter(out)
        for key in keys[at : at + 250]:
            data = s3.get_object(Bucket=BUCKET, Key=f"raw/{key}")["Body"].read()
            check(data)
            writer.add(Path(key).name, data)
        writer.close()
        s3.put_object(Bucket=BUCKET, Key=f"single/{at}.tar", Body=out.getvalue())


def run(command: list[list[str]]) -> tuple[float, float]:
    """Run processes at once; return seconds and peak MB of them and their children."""
    processes = [psutil.Popen([sys.executable, "-m", "benchmarks.sharding", *c]) for c in command]
    begin, peak, over = time.perf_counter(), 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.1):
            tree = [p for top in processes for p in (top, *_children(top))]
            peak = max(peak, sum(_private(process) for process in tree) / 1e6)

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        codes = [process.wait() for process in processes]
        over.set()
        watching.result()
    if any(codes):
        raise RuntimeError(f"an instance failed: {codes}")
    return time.perf_counter() - begin, peak


def _children(process: psutil.Process) -> list[psutil.Process]:
    """Return the processes below one, none if it is over."""
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _private(process: psutil.Process) -> int:
    """Return the bytes that a process has for itself, 0 if it is over."""
    try:
        return process.memory_full_info().uss
    except psutil.Error:
        return 0


def main() -> None:
    """Print the table, or be one instance of a run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--samples", nargs="+", type=int, default=[1000, 4000])
    parser.add_argument("--instances", nargs="+", type=int, default=[1, 2, 4])
    parser.add_argument("--lines", nargs="+", default=["loopback", "slow"])
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--as-instance", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("--as-single", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.as_instance:
        url, output, rank, instances = args.as_instance
        return instance(url, output, int(rank), int(instances), args.threads)
    if args.as_single:
        return one_at_a_time(args.as_single)
    print(f"{'photos':>8}  {'line':9}{'reader':18}{'seconds':>9}{'photos/s':>10}{'peak MB':>9}")
    for count in args.samples:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "raw" / "media"
            folder.mkdir(parents=True)
            bases = [photo(n) for n in range(50)]
            for n in range(count):
                (folder / f"p{n:07d}.jpg").write_bytes(bases[n % 50] + n.to_bytes(4, "big"))
            measure(args, Path(scratch), count)


def measure(args: argparse.Namespace, scratch: Path, count: int) -> None:
    """Print the rows of one number of photos."""
    with serving(scratch / "s3") as url:
        upload_folder(client(url), scratch / "raw", f"s3://{BUCKET}/raw")
    for line in args.lines:
        with serving(scratch / "s3", slow=line == "slow") as url:
            row(count, line, "one at a time", run([["--as-single", url]]))
            for n in args.instances:
                output = f"{line}-{n}"
                commands = [
                    [
                        "--as-instance",
                        url,
                        output,
                        str(rank),
                        str(n),
                        "--threads",
                        str(args.threads),
                    ]
                    for rank in range(n)
                ]
                row(count, line, f"job, {n} instance{'s' * (n > 1)}", run(commands))


def row(count: int, line: str, reader: str, result: tuple[float, float]) -> None:
    """Print one row."""
    seconds, peak = result
    numbers = f"{seconds:9.1f}{count / seconds:10.0f}{peak:9.0f}"
    print(f"{count:8,}  {line:9}{reader:18}{numbers}", flush=True)


if __name__ == "__main__":
    main()
