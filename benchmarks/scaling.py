"""Let an endpoint follow a load of 1, 4 and 1 times its target, and compare with AWS's rules.

    python -m benchmarks.scaling --requests 20000 --clients 8

A local AWS of its own serves a tiny model (soak_model.py) in the course's own image. Clients ask
without retries, and each answer is compared with the offline one. It prints the instances that the
rules give, worked out by hand, beside those measured, and exits with 1 where they differ or where a
request failed.
"""

import argparse
import json
import os
import sys
import time

from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.soak_model import archive, is_right, request
from helpers import scaling
from helpers.bucket import make_bucket
from helpers.config import Config, load_config
from helpers.container_images import serving_image
from helpers.endpoints import make_model, serve, wait_in_service
from helpers.roles import make_role
from helpers.session import boto_session, client
from tools.course_run import CourseRun, course_settings

ENDPOINT = "scaled"
PROFILE = [(1, 2), (4, 5), (1, 17)]
BY_HAND = [
    *(1, 1),  # at the target: no alarm
    *(1, 1, 4, 4, 4),  # three minutes above it: 1 instance x 4
    *[4] * 14,  # each of the 4 has a quarter of the target
    *(1, 1, 1),  # fifteen minutes below nine tenths of it: 4 instances x 1/4
]
"""Instances that the endpoint shall have at the end of each minute, by AWS's rules."""


def main(requests: int, clients: int) -> bool:
    """Drive the load; return whether the instances are right and no request failed."""
    config = load_config()
    prepare(config)
    per_minute = round(requests / sum(load * minutes for load, minutes in PROFILE))
    settings = BotoConfig(retries={"total_max_attempts": 1}, max_pool_connections=clients)
    runtime = boto_session(config).client("sagemaker-runtime", config=settings)
    wrong = []

    def ask(number: int) -> None:
        reply = runtime.invoke_endpoint(
            EndpointName=ENDPOINT, Body=request(number), ContentType="application/json"
        )
        if not is_right(json.loads(reply["Body"].read()), number):
            wrong.append(number)

    print(scaling.scale(config, ENDPOINT, per_minute).to_string(), flush=True)
    began = time.monotonic()
    minutes = scaling.drive(
        config, ENDPOINT, ask, range(requests), PROFILE, per_minute, clients=clients,
        refused=(ClientError, BotoCoreError),
    )  # fmt: skip
    print(minutes.assign(**{"by hand": BY_HAND}).round(1).to_string())
    print(scaling.activities(config, ENDPOINT)[["seconds", "status", "what"]].to_string())
    failed = int(minutes["errors"].sum())
    print(
        f"{minutes['requests'].sum():,} requests in {time.monotonic() - began:.0f} s,"
        f" {failed} failed, {len(wrong)} wrong"
    )
    return minutes["wanted"].tolist() == BY_HAND and not failed and not wrong


def prepare(config: Config) -> None:
    """Serve the model by one instance."""
    make_bucket(config)
    make_role(config)
    key = "scaled/model.tar.gz"
    client(config, "s3").put_object(Bucket=config.bucket, Key=key, Body=archive(1))
    make_model(config, "scaled", serving_image(config), f"s3://{config.bucket}/{key}")
    serve(config, ENDPOINT, "scaled", "ml.m5.large")
    wait_in_service(config, ENDPOINT)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=8)
    args = parser.parse_args()
    run = CourseRun(course_settings(os.environ))
    try:
        with run.environment():
            is_in_order = main(args.requests, args.clients)
    finally:
        run.stop()
    sys.exit(0 if is_in_order else 1)
