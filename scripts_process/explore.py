"""Look at the records that are new since a manifest was written, before a model learns from them.

Here: python scripts_process/explore.py --dataset birds --raw raw/birds --shards shards/birds
As a job: the step Explore of the pipeline of notebooks/10. It writes report.html for a person and
checks.json for the pipeline. A check that fails is a result: the job itself succeeds.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from helpers import exploration  # noqa: E402
from helpers.datasets import NAMES, load_dataset  # noqa: E402
from helpers.job_run import run  # noqa: E402
from helpers.manifest import load_manifest  # noqa: E402
from helpers.networks.artifact import ARCHIVE  # noqa: E402
from helpers.predict import Predictor  # noqa: E402
from helpers.s3 import open_folder  # noqa: E402
from helpers.session import job_client  # noqa: E402
from helpers.sharding import snapshot  # noqa: E402
from helpers.sharding.cleaners import in_order  # noqa: E402

INPUT, OUTPUT = "/opt/ml/processing/input", "/opt/ml/processing/output"
CHECKS, REPORT = "checks.json", "report.html"


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--dataset", required=True, help=f"{', '.join(NAMES)}, or a module with a DATASET")
    add("--raw", required=True, help="folder or s3:// URI of the raw data set")
    add("--shards", required=True, help="folder or s3:// URI with the live version's manifest.json")
    add("--model", type=Path, default=f"{INPUT}/model", help=f"folder of {ARCHIVE}, or unpacked")
    add("--output", type=Path, default=OUTPUT, help="folder for report.html and checks.json")
    add("--threads", type=int, default=16, help="parallel reads (default 16)")
    add("--message", default="/opt/ml/output/message", help="file for the reason of a failure")
    return parser.parse_args(argv)


def main(args: argparse.Namespace) -> dict[str, float]:
    """Look, check and write; return the metrics."""
    dataset = load_dataset(args.dataset)
    raw, shards = (open_folder(at, lambda: job_client("s3")) for at in (args.raw, args.shards))
    manifest, predictor = load_manifest(shards), Predictor.load_packed(args.model)
    objects = list(raw.list())
    records, set_aside = dataset.records([entry.key for entry in objects], raw.read)
    new = exploration.new_records(records, objects, manifest)
    copies = exploration.copies(new, objects, manifest)
    print(f"{len(new)} of {len(records)} records are new, {len(copies)} of them copies")
    print(f"{len(set_aside)} objects give no record: checks.json lists them", flush=True)
    with ThreadPoolExecutor(args.threads) as pool:
        bodies = in_order(pool, raw.read, (each.media for each in new), ahead=4 * args.threads)
        seen = [
            exploration.look(
                dataset, record, data, record.media in copies,
                lambda data: predictor.predict(data)["label"],
            )
            for record, data in zip(new, bodies, strict=True)
        ]  # fmt: skip
    accuracy = predictor.card.get("metrics", {}).get("test", {}).get("accuracy")
    checks = exploration.check_batch(seen, manifest.labels, accuracy)
    aside = [{"source": each.source, "reason": each.reason} for each in set_aside]
    result = {**exploration.document(checks), "set_aside": aside}
    args.output.mkdir(parents=True, exist_ok=True)
    (args.output / CHECKS).write_text(json.dumps(result, indent=1), "utf-8")
    (args.output / snapshot.NAME).write_text(snapshot.take(objects), "utf-8")
    title = f"{dataset.title}: {len(new)} new records"
    (args.output / REPORT).write_text(exploration.page(title, seen, checks), "utf-8")
    print(result["reason"])
    return {"records": len(new), "passed": float(result["passed"])}


if __name__ == "__main__":
    run(main, parse_args())
