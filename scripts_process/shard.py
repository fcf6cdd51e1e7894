"""Clean a raw data set and write it as WebDataset shards with a leak-free split and a manifest.

Here: python scripts_process/shard.py --dataset birds --raw raw/birds --output shards/birds
As a job: notebooks/04 runs this file on any number of instances with a ScriptProcessor. They look
for copies together; then each makes every n-th shard of the same plan, and the first waits for all
and writes the manifest. Run a killed job again with the same arguments, and it continues.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from helpers.datasets import NAMES, Dataset, load_dataset  # noqa: E402
from helpers.feature_records import RUNTIME, get_records  # noqa: E402
from helpers.job_run import run  # noqa: E402
from helpers.manifest import NAME, Manifest, load_manifest  # noqa: E402
from helpers.s3 import open_folder  # noqa: E402
from helpers.session import job_client  # noqa: E402
from helpers.sharding import snapshot  # noqa: E402
from helpers.sharding.instance import (  # noqa: E402
    Keep,
    check_dropped,
    check_shard,
    finish,
    finished,
    make_shards,
    plan_folder,
    wait_for,
)
from helpers.sharding.stored import stored  # noqa: E402
from helpers.sharding.survey import survey  # noqa: E402
from helpers.storage import Folder  # noqa: E402


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--dataset", required=True, help=f"{', '.join(NAMES)}, or a module with a DATASET")
    add("--raw", required=True, help="folder or s3:// URI of the raw data set")
    add("--source", default="", help="name of the raw data, which the manifest keeps")
    add("--output", required=True, help="folder or s3:// URI that gets the shards")
    add("--store", help="storage format of samples; default: the data set's first store")
    add("--keep", help="folder or s3:// URI of earlier shards, whose groups keep their splits")
    add("--group", help="feature group: a record that it lacks, or has no more, is set aside")
    add("--within", help="folder or s3:// URI of explore.py's results: what came later is left out")
    add("--seed", type=int, default=0, help="seed of the split and the order (default 0)")
    add("--records-per-shard", type=int, default=256, help="raw objects a shard (default 256)")
    add("--shard-mb", type=float, default=64, help="megabytes of raw objects a shard (default 64)")
    add("--threads", type=int, default=16, help="parallel reads (default 16)")
    add("--processes", type=int, help="parallel cleaning processes; default: the CPU count")
    add("--max-dropped", type=float, default=0.2, help="fail above this share unreadable")
    add("--wait", type=float, default=1800, help="fail after so many seconds without a new shard")
    add("--resources", default="/opt/ml/config/resourceconfig.json", help="list of the instances")
    add("--message", default="/opt/ml/output/message", help="file for the reason of a failure")
    return parser.parse_args(argv)


def instance(path: str) -> tuple[int, int]:
    """Return this instance's rank and the number of instances; (0, 1) outside a job."""
    if not Path(path).exists():
        return 0, 1
    resources = json.loads(Path(path).read_text())
    hosts = sorted(resources["hosts"])
    return hosts.index(resources["current_host"]), len(hosts)


def main(args: argparse.Namespace, dataset: Dataset | None = None) -> dict[str, float]:
    """Make this instance's shards; return the job's metrics."""
    begin = time.perf_counter()
    dataset = dataset or load_dataset(args.dataset)
    places = (args.raw, args.output, args.keep or args.output)
    raw, out, earlier = (open_folder(folder, lambda: job_client("s3")) for folder in places)
    rank, instances = instance(args.resources)
    share = {"rank": rank, "instances": instances, "limit": args.wait}
    share |= {"threads": args.threads, "processes": args.processes, "earlier": earlier}
    plan = plan_folder(
        dataset,
        raw,
        keep=keeper(args),
        seen=args.within and snapshot.read(open_folder(args.within, lambda: job_client("s3"))),
        relate=partial(survey, dataset, raw, out, **share),
        source=args.source,
        store=args.store or dataset.stores[0],
        seed=args.seed,
        records_per_shard=args.records_per_shard,
        shard_bytes=int(args.shard_mb * 1e6),
        kept=load_manifest(earlier).split_of_groups if args.keep else {},
    )
    notes = finished(plan, out)
    todo = [shard for shard in plan.part(rank, instances) if shard.name not in notes]
    if todo or (rank == 0 and len(notes) < len(plan.shards)):
        # Beside shards of another plan it would be wrong; the new one is written after `todo`.
        out.delete(NAME)
    print(f"Instance {rank + 1} of {instances}: {len(todo)} of {len(plan.shards)} shards to make,")
    print(f"  {len(notes)} are done, {len(plan.set_aside)} objects were set aside", flush=True)
    made = make(todo, plan, dataset, raw, out, args)
    check_dropped(made.values(), plan.size, args.max_dropped)
    metrics = {"shards": len(made), "samples": sum(note["samples"] for note in made.values())}
    metrics |= {"dropped": sum(len(note["dropped"]) for note in made.values())}
    if rank == 0:
        manifest = conclude(plan, out, notes | made, args)
        print(manifest)
        metrics |= {"total_samples": sum(split.samples for split in manifest.splits.values())}
        metrics |= {"total_dropped": manifest.account.unused}
    rate = metrics["samples"] / (seconds := time.perf_counter() - begin)
    return metrics | {"seconds": seconds, "samples_per_second": rate}


def keeper(args) -> Keep | None:
    """Return the function that sets aside what the feature group lacks; None without a group."""
    if not args.group:
        return None
    known = partial(get_records, job_client(RUNTIME), args.group)
    return partial(stored, known=known, most=args.max_dropped)


def make(todo: list, plan, dataset: Dataset, raw: Folder, out: Folder, args) -> dict[str, dict]:
    """Make the missing shards and print a line for each; return their sidecars."""
    made = {}
    how = {"sizes": plan.sizes, "threads": args.threads, "processes": args.processes}
    for shard, note in make_shards(todo, dataset, plan.store, raw, out, **how):
        made[shard.name] = note
        dropped = f", {len(note['dropped'])} dropped" if note["dropped"] else ""
        size = note["bytes"] / 1e6
        print(f"{shard.tar}: {note['samples']} samples, {size:.1f} MB{dropped}", flush=True)
        if note["samples"] and sum(n["samples"] > 0 for n in made.values()) == 1:
            check_shard(out, shard, note, dataset)
    return made


def conclude(plan, out: Folder, notes: dict[str, dict], args) -> Manifest:
    """Wait for the other instances, check the share of drops, and write the manifest."""
    notes = wait_for(plan, out, notes, limit=args.wait)
    check_dropped(notes.values(), plan.size, args.max_dropped)
    return finish(plan, out, notes)


if __name__ == "__main__":
    run(main, parse_args())
