"""Measure how long an upload takes to reach a rule's target: p50 and p99, on a local AWS.

    python -m benchmarks.events                      300 uploads, one after the other, then 300 by 8

The target is a log group, whose lines have the time of their arrival; the upload's time is when S3
has answered it. So what is measured is notice, rule, permission and delivery: until a workflow or a
pipeline would be asked to start. The same is measured with 100 rules that do not match.
"""

import argparse
import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import numpy as np

from local_aws.server import LocalAws

BUCKET, GROUP = "raw", "/aws/events/measured"
ARN = f"arn:aws:logs:us-east-1:000000000000:log-group:{GROUP}"
PATTERN = {"source": ["aws.s3"], "detail": {"object": {"key": [{"prefix": "raw/"}]}}}
OTHER = {"source": ["aws.s3"], "detail": {"object": {"key": [{"suffix": ".csv"}]}}}
PATIENCE = 300


def clients(aws: LocalAws) -> dict:
    """Return clients of the services that take part."""
    keys = {
        "aws_access_key_id": aws.context.access_key,
        "aws_secret_access_key": aws.context.secret_key,
    }
    return {
        name: boto3.client(
            name, endpoint_url=aws.context.url, region_name="us-east-1", **keys
        )
        for name in ("s3", "events", "logs")
    }  # fmt: skip


def prepare(services: dict) -> None:
    """Make the bucket that tells, the rule, and the log group that allows it."""
    s3, events, logs = services["s3"], services["events"], services["logs"]
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    logs.create_log_group(logGroupName=GROUP)
    line = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}}
    line |= {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": f"{ARN}:*"}
    logs.put_resource_policy(policyName="events", policyDocument=json.dumps({"Statement": [line]}))
    events.put_rule(Name="measured", EventPattern=json.dumps(PATTERN))
    events.put_targets(Rule="measured", Targets=[{"Id": "1", "Arn": ARN}])


def measure(services: dict, name: str, uploads: int, at_once: int) -> np.ndarray:
    """Return the milliseconds from the answer of each upload to its arrival at the target."""

    def upload(number: int) -> tuple[str, float]:
        key = f"raw/{name}/{number}"
        services["s3"].put_object(Bucket=BUCKET, Key=key, Body=b"1")
        return key, time.time() * 1000

    with ThreadPoolExecutor(at_once) as pool:
        sent = dict(pool.map(upload, range(uploads)))
    end = time.monotonic() + PATIENCE
    while len(arrived := arrivals(services["logs"], f"raw/{name}/")) < uploads:
        if time.monotonic() > end:
            raise RuntimeError(f"{uploads - len(arrived)} uploads have not arrived")
        time.sleep(0.2)
    return np.array([arrived[key] - sent[key] for key in sent])


def arrivals(logs, prefix: str) -> dict[str, float]:
    """Return the time at which each object's event arrived, in milliseconds since 1970."""
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=GROUP)
    lines = [line for page in pages for line in page["events"]]
    keys = [json.loads(line["message"])["detail"]["object"]["key"] for line in lines]
    return {
        key: line["timestamp"]
        for key, line in zip(keys, lines, strict=True)
        if key.startswith(prefix)
    }


def main() -> None:
    """Print a table of the percentiles."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--uploads", type=int, default=300)
    parser.add_argument("--rules", type=int, default=100, help="rules that do not match")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, LocalAws(Path(folder) / "state") as aws:
        services = clients(aws)
        prepare(services)
        print("| uploads | at once | other rules | p50, ms | p99, ms |\n|--:|--:|--:|--:|--:|")
        for name, at_once, rules in (("one", 1, 0), ("eight", 8, 0), ("rules", 1, args.rules)):
            for number in range(rules):
                services["events"].put_rule(Name=f"x{number}", EventPattern=json.dumps(OTHER))
            times = measure(services, name, args.uploads, at_once)
            low, high = np.percentile(times, [50, 99])
            print(f"| {args.uploads} | {at_once} | {rules} | {low:.0f} | {high:.0f} |")


if __name__ == "__main__":
    main()
