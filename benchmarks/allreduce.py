"""Measure all-reduce between network namespaces whose links have a stated rate.

    python -m benchmarks.allreduce [--mbit 15 30 60] [--ranks 2 4] [--mb 2 8]

Wants root, `ip` and `tc` (Debian: iproute2). Each rank is a process with a network namespace of its
own; a bridge joins them, and a token bucket limits what each one sends. Writes
benchmarks/allreduce.csv, which notebook 11 fits: seconds of the slowest rank, for one
all-reduce of 32-bit numbers by Gloo, in the fastest round: what the others take longer is other
programs' time. The links are slow so that they, and not this machine's cores, decide.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

TABLE = Path(__file__).resolve().parent / "allreduce.csv"
COLUMNS = ["mbit", "ranks", "megabytes", "seconds", "median", "slowest", "rounds"]
HUB = "course-hub"
BURST = "32kb"
"""Bytes that a link sends at once: far below the smallest all-reduce."""


def ip(*words: object, space: str = "") -> None:
    """Run the `ip` command, in a network namespace if one is named."""
    where = ["-n", space] if space else []
    subprocess.run(["ip", *where, *map(str, words)], check=True)


@contextmanager
def links(ranks: int, mbit: int) -> Iterator[list[str]]:
    """Yield the names of namespaces that a bridge joins, each sending at a rate (Mbit/s)."""
    spaces = [f"course-{rank}" for rank in range(ranks)]
    made = []
    try:
        for space in [HUB, *spaces]:
            ip("netns", "add", space)
            made.append(space)
            ip("link", "set", "lo", "up", space=space)
        ip("link", "add", "bridge", "type", "bridge", space=HUB)
        ip("link", "set", "bridge", "up", space=HUB)
        for rank, space in enumerate(spaces):
            port = f"port{rank}"
            peer = ("peer", "name", port, "netns", HUB)
            ip("link", "add", "net0", "netns", space, "type", "veth", *peer)
            ip("link", "set", port, "master", "bridge", "up", space=HUB)
            ip("addr", "add", f"10.77.0.{rank + 1}/24", "dev", "net0", space=space)
            ip("link", "set", "net0", "up", space=space)
            limit = f"tbf rate {mbit}mbit burst {BURST} latency 50ms".split()
            shaped = ["tc", "qdisc", "add", "dev", "net0", "root", *limit]
            subprocess.run(["ip", "netns", "exec", space, *shaped], check=True)
        yield spaces
    finally:
        for space in made:
            ip("netns", "del", space)


def measure(mbit: int, ranks: int, megabytes: list[int], rounds: int) -> Iterator[dict]:
    """Yield a row for each size of one bandwidth and number of ranks."""
    with links(ranks, mbit) as spaces, tempfile.TemporaryDirectory() as folder:
        sizes = [part for size in megabytes for part in ("--mb", str(size))]
        mine = [sys.executable, "-m", "benchmarks.allreduce", "--meeting", f"{folder}/meeting"]
        mine += [*sizes, "--rounds", str(rounds), "--ranks", str(ranks)]
        # One thread a rank: they share this machine's cores.
        environment = os.environ | {"GLOO_SOCKET_IFNAME": "net0", "OMP_NUM_THREADS": "1"}
        workers = [
            subprocess.Popen(
                ["ip", "netns", "exec", space, *mine, "--rank", str(rank)],
                env=environment, stdout=subprocess.PIPE, text=True,
            )
            for rank, space in enumerate(spaces)
        ]  # fmt: skip
        outputs = [worker.communicate()[0].split() for worker in workers]
        if any(worker.returncode for worker in workers):
            raise RuntimeError("A rank failed: its error is above")
    for index, size in enumerate(megabytes):
        each = [list(map(float, output[index].split(","))) for output in outputs]
        times = [max(row) for row in zip(*each, strict=True)]
        found = [round(value, 5) for value in (min(times), median(times), max(times))]
        yield dict(zip(COLUMNS, [mbit, ranks, size, *found, rounds], strict=True))


def work(meeting: str, rank: int, ranks: int, megabytes: list[int], rounds: int) -> None:
    """Print for each size the seconds of this rank's all-reduces."""
    import torch
    import torch.distributed as dist

    torch.set_num_threads(1)
    dist.init_process_group("gloo", f"file://{meeting}", rank=rank, world_size=ranks)
    for size in megabytes:
        values, times = torch.ones(size * 250_000), []
        for _ in range(rounds + 1):
            dist.barrier()
            start = time.perf_counter()
            dist.all_reduce(values)
            times.append(time.perf_counter() - start)
            values.fill_(1.0)
        print(",".join(map(str, times[1:])), flush=True)  # the first one opens connections
    dist.barrier()
    dist.destroy_process_group()


def main() -> None:
    """Measure all combinations and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mbit", type=int, nargs="+", default=[15, 30, 60])
    parser.add_argument("--ranks", type=int, nargs="+", default=[2, 4])
    parser.add_argument("--mb", type=int, nargs="+", action="extend")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--meeting", help=argparse.SUPPRESS)
    parser.add_argument("--rank", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    megabytes = args.mb or [2, 8]
    if args.meeting:
        work(args.meeting, args.rank, args.ranks[0], megabytes, args.rounds)
        return
    with TABLE.open("w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        for mbit in args.mbit:
            for ranks in args.ranks:
                for row in measure(mbit, ranks, megabytes, args.rounds):
                    print(row, flush=True)
                    table.writerow(row)


if __name__ == "__main__":
    main()
