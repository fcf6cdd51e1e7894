"""Compare an endpoint's captured traffic with a baseline, by Model Monitor's container contract.

Here: python scripts_process/monitor.py --dataset birds --source capture --baseline baseline …
As a job: notebooks/09 runs this file with a ScriptProcessor, first with --shards, --raw and --model
for the baseline, then on captured traffic. The variables of the contract are the flags' defaults:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-inputs.html
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from helpers.datasets import load_dataset  # noqa: E402
from helpers.job_run import run, tell  # noqa: E402
from helpers.monitoring import results  # noqa: E402
from helpers.monitoring.baseline import draw_baseline  # noqa: E402
from helpers.monitoring.capture import read, read_labels  # noqa: E402
from helpers.monitoring.checks import Settings, check, expected  # noqa: E402
from helpers.monitoring.documents import metrics, read_statistics  # noqa: E402
from helpers.monitoring.observations import observe  # noqa: E402
from helpers.monitoring.spans import instant, moment, span  # noqa: E402
from helpers.monitoring.truth import accuracy  # noqa: E402
from helpers.predict import Predictor  # noqa: E402
from helpers.s3 import open_folder  # noqa: E402
from helpers.session import job_client  # noqa: E402

PROCESSING = "/opt/ml/processing"
METRICS = Path("/opt/ml/output/metrics/cloudwatch")
MOST_AT_ONCE = 500
"""Metrics of one request: PutMetricData takes 1,000."""


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--dataset", required=True, help="name of the data set, which measures the objects")
    source = os.environ.get("dataset_source", f"{PROCESSING}/endpointdata")
    add("--source", default=source, help="folder or s3:// URI of the captured traffic")
    output = os.environ.get("output_path", f"{PROCESSING}/resultdata")
    add("--output", type=Path, default=output, help="folder for the documents and the report")
    start, end = os.environ.get("start_time"), os.environ.get("end_time")
    add("--start", type=moment, default=start, help="its first instant, or -PT1H: before the end")
    add("--end", type=instant, default=end, help="first instant after it, ISO 8601")
    add("--late", type=int, default=0, help="seconds before the end that are left to the next job")
    base = os.environ.get("baseline_statistics", f"{PROCESSING}/baseline/statistics.json")
    add("--baseline", type=Path, default=base, help="statistics.json of the baseline")
    add("--labels", type=Path, default=f"{PROCESSING}/labels", help="folder of later labels")
    publish = os.environ.get("publish_cloudwatch_metrics", "Disabled")
    add("--metrics", default=publish, help="Enabled: write metrics as the contract has it")
    add("--namespace", help="send the metrics to CloudWatch too, under this name")
    endpoint = os.environ.get("sagemaker_endpoint_name", "")
    add("--endpoint", default=endpoint, help="name of the endpoint, for metrics")
    schedule = os.environ.get("sagemaker_monitoring_schedule_name", "by-hand")
    add("--schedule", default=schedule, help="name of the schedule, for metrics")
    add("--shards", help="make a baseline: folder or s3:// URI with manifest.json")
    add("--raw", help="make a baseline: folder or s3:// URI of the raw objects")
    add("--model", type=Path, help="make a baseline: folder of model.tar.gz")
    add("--most", type=int, default=2000, help="objects of a baseline, drawn (default 2000)")
    add("--window", type=int, default=60, help="objects of the window a baseline is checked for")
    add("--rate", type=float, default=Settings.rate, help="false alarms a report (default 0.05)")
    add("--rounds", type=int, default=Settings.rounds, help="windows drawn (default 2000)")
    add("--threads", type=int, default=4, help="parallel measuring (default 4)")
    add("--seed", type=int, default=0, help="seed of all draws (default 0)")
    add("--message", type=Path, default="/opt/ml/output/message", help="file for the exit message")
    return parser.parse_args(argv)


def main(args: argparse.Namespace) -> dict[str, float]:
    """Make a baseline, or compare traffic with one; return the metrics."""
    begin = time.perf_counter()
    settings = Settings(rate=args.rate, rounds=args.rounds, seed=args.seed)
    values = make_baseline(args, settings) if args.shards else watch(args, settings)
    return values | {"seconds": time.perf_counter() - begin}


def make_baseline(args: argparse.Namespace, settings: Settings) -> dict[str, float]:
    """Observe the manifest's samples; write statistics, and constraints for a window's size."""
    model = Predictor.load_packed(args.model)
    folders = (open_folder(each, lambda: job_client("s3")) for each in (args.shards, args.raw))
    baseline = draw_baseline(model, *folders, most=args.most, seed=args.seed, threads=args.threads)
    checks = expected(baseline, args.window, settings)
    results.write_baseline(args.output, baseline, checks, settings)
    print(f"{len(baseline)} objects, {len(baseline.unreadable)} unreadable, {len(checks)} checks")
    return {"objects": len(baseline), "checks": len(checks)}


def watch(args: argparse.Namespace, settings: Settings) -> dict[str, float]:
    """Compare the traffic of a span with the baseline; write documents, report and metrics."""
    baseline = read_statistics(json.loads(args.baseline.read_text("utf-8")))
    start, end = span(args.start, args.end, timedelta(seconds=args.late))
    traffic = read(open_folder(args.source, lambda: job_client("s3")), start, end)
    labels = read_labels(args.labels)
    window = observe(load_dataset(args.dataset), traffic, labels, threads=args.threads)
    checks = check(baseline, window, settings)
    instants = " to ".join(f"{each:%Y-%m-%d %H:%M:%S}" for each in (start, end) if each)
    title = f"{args.endpoint or args.dataset} {instants}"
    results.write_window(args.output, baseline, window, checks, settings, title=title)
    publish(args, metrics(checks, window, args.endpoint, args.schedule, end))
    fired = [each for each in checks if each.fired]
    print(f"{len(window)} objects, {len(fired)} of {len(checks)} checks fired")
    print(f"accuracy: {accuracy(window)}")
    for each in fired:
        print(f"{each.feature}: {each.description}")
    tell(args.message, results.exit_message(len(fired), len(window)))
    return {"objects": len(window), "violations": len(fired)}


def publish(args: argparse.Namespace, values: list[dict]) -> None:
    """Write metrics where the contract has them, and send them to CloudWatch where asked."""
    if args.metrics == "Enabled":
        results.write_metrics(METRICS, values)
    for first in range(0, len(values) if args.namespace else 0, MOST_AT_ONCE):
        job_client("cloudwatch").put_metric_data(
            Namespace=args.namespace, MetricData=values[first : first + MOST_AT_ONCE]
        )


if __name__ == "__main__":
    run(main, parse_args())
