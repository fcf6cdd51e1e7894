"""Score a trained model on the test split, every sample once, with confidence intervals.

Here: python scripts_process/evaluate.py --model model --shards shards/birds --output evaluation
As a job: notebooks/07 runs this file with a ScriptProcessor; the archive of a training job, the
manifest and the test shards are its inputs. It predicts with the code that the endpoint runs, and
writes evaluation.json, predictions.jsonl and statistics.json (for the model registry). Given a live
model, it compares the two on the same samples, in comparison.json.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from helpers.evaluation.paired_comparison import compare_pairs  # noqa: E402
from helpers.evaluation.predictions import Predictions, predict_split  # noqa: E402
from helpers.evaluation.report import (  # noqa: E402
    COMPARISON,
    NAME,
    PREDICTIONS,
    STATISTICS,
    confusion_of,
    make_report,
    quality_statistics,
)
from helpers.job_run import run  # noqa: E402
from helpers.manifest import BadManifest, Manifest, ShardInfo, load_manifest  # noqa: E402
from helpers.networks.artifact import ARCHIVE  # noqa: E402
from helpers.predict import Predictor  # noqa: E402
from helpers.s3 import open_folder  # noqa: E402
from helpers.session import job_client  # noqa: E402
from helpers.storage import Folder  # noqa: E402

INPUT, OUTPUT = "/opt/ml/processing/input", "/opt/ml/processing/output"


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--model", type=Path, default=f"{INPUT}/model", help=f"folder of {ARCHIVE}, or unpacked")
    add("--live", type=Path, help="the same of the live model, which answers the same samples")
    add("--shards", default=f"{INPUT}/shards", help="folder or s3:// URI with manifest.json")
    add("--output", type=Path, default=OUTPUT, help="folder for the results")
    add("--split", default="test", help="the split to score (default test)")
    rounds = "rounds of the bootstrap (default 1000: 4 minutes for 10,000 samples of 200 species)"
    add("--rounds", type=int, default=1000, help=rounds)
    add("--seed", type=int, default=0, help="seed of the bootstrap (default 0)")
    add("--threads", type=int, default=4, help="parallel decoding (default 4)")
    add("--other-split", action="store_true", help="score a model trained on another manifest")
    add("--message", default="/opt/ml/output/message", help="file for the reason of a failure")
    return parser.parse_args(argv)


def main(args: argparse.Namespace) -> dict[str, float]:
    """Predict, score and write; return the metrics."""
    begin = time.perf_counter()
    shards = open_folder(args.shards, lambda: job_client("s3"))
    manifest = load_manifest(shards)
    predictor = Predictor.load_packed(args.model)
    same = check_split(predictor.card, manifest, args.other_split)
    predictions = predict_split(
        predictor, shards, manifest, args.split, threads=args.threads, on_shard=tell
    )
    seconds = time.perf_counter() - begin
    print(predictions, f"{len(predictions) / seconds:.0f} samples a second", flush=True)
    report = make_report(predictions, manifest.dataset, rounds=args.rounds, seed=args.seed)
    subject = {"split": args.split, "manifest": digest(manifest), "trained_on_this_split": same}
    write(args.output, predictions, report := {**report, **subject})
    check(args.output, report)
    if args.live:
        compare(args, shards, manifest, predictions, report)
    values = {name: each["value"] for name, each in report["metrics"].items()}
    return {**values, "calibration_error": report["calibration"]["error"], "seconds": seconds}


def compare(args, shards: Folder, manifest: Manifest, ours: Predictions, report: dict) -> None:
    """Compare the model with the live one, which was trained on none of these samples either."""
    live = Predictor.load_packed(args.live)
    check_split(live.card, manifest, allowed=True)
    theirs = predict_split(live, shards, manifest, args.split, threads=args.threads, on_shard=tell)
    result = compare_pairs(ours, theirs, manifest.dataset, rounds=args.rounds, seed=args.seed)
    print(result, flush=True)
    document = result.document(report, manifest.dataset)
    (args.output / COMPARISON).write_text(json.dumps(document, indent=1))


def digest(manifest: Manifest) -> str:
    """Return a manifest's SHA-256, which train.py writes into the model's card too."""
    return sha256(manifest.to_json().encode()).hexdigest()


def check_split(card: dict, manifest: Manifest, allowed: bool) -> bool:
    """Return whether the model was trained on this manifest; refuse other labels or splits.

    Raises:
        BadManifest: the labels differ, or the split does: it may have trained on these samples.
    """
    if card["labels"] != manifest.labels:
        raise BadManifest("The model has other labels than the manifest: run notebooks/05 again")
    same = card.get("manifest", {}).get("sha256") == digest(manifest)
    if not same and not allowed:
        raise BadManifest(
            "The model was trained on another split, so its training may have had samples of this "
            "test: run notebooks/05 again, or pass --other-split"
        )
    return same


def tell(shard: ShardInfo) -> None:
    """Print a line for a scored shard."""
    print(f"{shard.name}: {shard.samples} samples", flush=True)


def write(folder: Path, predictions: Predictions, report: dict) -> None:
    """Write predictions, report and statistics into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PREDICTIONS).write_text("\n".join(predictions.lines()) + "\n", "utf-8")
    (folder / NAME).write_text(json.dumps(report, indent=1))
    (folder / STATISTICS).write_text(json.dumps(quality_statistics(report), indent=1))


def check(folder: Path, report: dict) -> None:
    """Read the predictions back and compare their confusion with the report's."""
    again = Predictions.from_lines((folder / PREDICTIONS).read_text("utf-8"))
    if confusion_of(again).tolist() != report["confusion"]:
        raise RuntimeError("The predictions that were written are not those that were scored")


if __name__ == "__main__":
    run(main, parse_args())
