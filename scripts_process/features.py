"""Bring the metadata of raw records into the Feature Store: of those that are new or have changed.

As a job: a step of the pipeline of notebooks/10. A record's event time is the time at which its
object was written: a record that is sent twice is one, and what somebody has deleted since then
stays deleted.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path, PurePosixPath

sys.path.append(str(Path(__file__).resolve().parents[1]))

from helpers.datasets import NAMES  # noqa: E402
from helpers.datasets.curation import load_curation  # noqa: E402
from helpers.feature_records import REPORT, RUNTIME, get_records, put_records  # noqa: E402
from helpers.features import Features, features_of, moment  # noqa: E402
from helpers.job_run import run  # noqa: E402
from helpers.s3 import open_folder  # noqa: E402
from helpers.samples import Remark, Unreadable, causes  # noqa: E402
from helpers.session import job_client  # noqa: E402
from helpers.sharding import snapshot  # noqa: E402
from helpers.sharding.cleaners import in_order  # noqa: E402
from helpers.storage import Entry  # noqa: E402

METADATA = "metadata/"
"""Folder of the raw data with a JSON object for each record."""


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--dataset", required=True, choices=NAMES, help="name of the data set")
    add("--raw", required=True, help="folder or s3:// URI of the raw data set")
    add("--group", required=True, help="name of the feature group; it has to exist")
    add("--within", help="folder or s3:// URI of explore.py's results: what came later is left out")
    add("--output", type=Path, default="/opt/ml/processing/output", help=f"folder for {REPORT}")
    add("--most-aside", type=float, default=0.2, help="share of records that may be set aside")
    add("--threads", type=int, default=16, help="parallel requests (default 16)")
    add("--message", default="/opt/ml/output/message", help="file for the reason of a failure")
    return parser.parse_args(argv)


def main(args: argparse.Namespace) -> dict[str, float]:
    """Write the records that the store lacks or has of an earlier time; return the metrics."""
    curation = load_curation(args.dataset)
    features, runtime = features_of(curation.columns), job_client(RUNTIME)
    raw = open_folder(args.raw, lambda: job_client("s3"))
    seen = args.within and snapshot.read(open_folder(args.within, lambda: job_client("s3")))
    listed = snapshot.within(raw.list(METADATA), seen)
    objects = {_id(each): each for each in listed if each.key.endswith(".json")}
    new = unknown(objects, get_records(runtime, args.group, objects), features)
    print(f"The store lacks {len(new)} of {len(objects)} records as they are now", flush=True)

    def read(entry: Entry) -> list[dict[str, str]] | Remark:
        try:
            row = curation.read(_id(entry), raw.read(entry.key, entry.size))
            return features.record({**row, features.time: moment(entry.modified)})
        except (Unreadable, ValueError) as error:
            return Remark(entry.key, str(error))

    with ThreadPoolExecutor(args.threads) as pool:
        made = [*in_order(pool, read, new, ahead=4 * args.threads)]
    aside = [each for each in made if isinstance(each, Remark)]
    args.output.mkdir(parents=True, exist_ok=True)
    report = {"records": len(made) - len(aside), "set_aside": [asdict(each) for each in aside]}
    (args.output / REPORT).write_text(json.dumps(report, indent=1), "utf-8")
    print(f"{len(aside)} are set aside: {REPORT} lists them")
    if len(aside) > args.most_aside * len(objects):
        most = "; ".join(f"{times} x {reason}" for reason, times in causes(aside)[:3])
        raise ValueError(f"{len(aside)} of {len(objects)} records are unusable: {most}")
    records = [each for each in made if not isinstance(each, Remark)]
    again = put_records(runtime, args.group, records, args.threads)
    return {"records": len(records), "set_aside": len(aside), "sent_again": len(again)}


def unknown(
    objects: dict[str, Entry], known: dict[str, dict[str, str]], features: Features
) -> list[Entry]:
    """Return the objects that were written after their record, or have none."""
    return [
        entry
        for id, entry in objects.items()
        if known.get(id, {}).get(features.time, "") < moment(entry.modified)
    ]


def _id(entry: Entry) -> str:
    return PurePosixPath(entry.key).stem


if __name__ == "__main__":
    run(main, parse_args())
