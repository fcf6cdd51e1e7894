"""Updates a running endpoint with care: by a shadow, or as a canary whose alarms roll it back.

A shadow gets a copy of each request, and its answers reach nobody. A canary answers a share of the
requests; if an alarm goes off, SageMaker returns all of them to the version before.
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from helpers.alarms import alarms_on, wait_until_shown
from helpers.config import Config
from helpers.deployment import (
    MICROSECONDS,
    NAMESPACE,
    PERIOD_SECONDS,
    alarm_requests,
    dimensions,
    guardrails,
)
from helpers.endpoints import VARIANT as VARIANT
from helpers.endpoints import new_configuration, new_variant, update
from helpers.rehearsal import now, pass_time
from helpers.request_load import send_all
from helpers.session import client
from helpers.waiting import until

SHADOW = "Shadow"
LATE_SECONDS = 300
MOST_ROUNDS = 500
ROUNDS_AFTER = 3
"""Rounds of requests after the end of an update, which show what it has left."""
CHANGING = ("Updating", "RollingBack")


def make_alarms(config: Config, endpoint: str, *, errors: float, seconds: float) -> list[str]:
    """Create the two alarms that guard an endpoint, or change those there are; return their names.

    Args:
        errors: share of the requests that may end with a 5xx of the model, in one minute.
        seconds: that the model may take for a request, as the mean of one minute.
    """
    cloudwatch = client(config, "cloudwatch")
    requests = alarm_requests(endpoint, errors, seconds)
    for request in requests:
        cloudwatch.put_metric_alarm(**request)
    names = [request["AlarmName"] for request in requests]
    wait_until_shown(config, names)
    return names


def shadow(config: Config, endpoint: str, model: str, candidate: str, instance_type: str) -> None:
    """Let `candidate` get a copy of each request that the endpoint's `model` answers."""
    variants = [new_variant(model, instance_type)]
    shadows = [new_variant(candidate, instance_type, name=SHADOW)]
    made = new_configuration(config, endpoint, variants, ShadowProductionVariants=shadows)
    update(config, endpoint, made)


def canary(
    config: Config, endpoint: str, model: str, instance_type: str, alarms: Sequence[str], *,
    instances: int = 2, percent: int = 50, wait_seconds: int = 120, keep_seconds: int = 60,
) -> None:  # fmt: skip
    """Update an endpoint to `model`: first `percent` of the requests, later all.

    Args:
        alarms: names of those that return all requests to the version before.
        wait_seconds: between the first share and all.
        keep_seconds: for which the old instances stay after that.
    """
    made = new_configuration(config, endpoint, [new_variant(model, instance_type, instances)])
    members = guardrails(alarms, wait_seconds, keep_seconds, percent)
    update(config, endpoint, made, DeploymentConfig=members)


def watch_update(
    config: Config, endpoint: str, alarms: Sequence[str], ask: Callable[[Any], Any],
    items: Sequence[Any], *, clients: int = 4, pause_seconds: float = 20,
    refused: type[Exception] | tuple[type[Exception], ...] = (),
) -> pd.DataFrame:  # fmt: skip
    """Send requests while an endpoint changes, and a little longer; look at it after each round.

    Args:
        items: of one round.
        pause_seconds: between two rounds.

    Returns:
        A row for each round: seconds (from the first on), status, alarms (names of those that are
        in ALARM), requests and failed (counts).

    Raises:
        RuntimeError: the endpoint changes for longer than `MOST_ROUNDS` rounds.
    """
    sagemaker, rows = client(config, "sagemaker"), []
    began, rounds_after = now(config), 0
    for _ in range(MOST_ROUNDS):
        answers = send_all(ask, items, clients=clients, refused=refused)
        status = sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointStatus"]
        rows.append(
            {
                "seconds": (now(config) - began).total_seconds(),
                "status": status,
                "alarms": ", ".join(alarms_on(config, alarms)),
                "requests": len(answers),
                "failed": int((answers["error"] != "").sum()),
            }
        )
        rounds_after = 0 if status in CHANGING else rounds_after + 1
        if rounds_after > ROUNDS_AFTER:
            return pd.DataFrame(rows)
        time.sleep(config.poll_seconds)
        pass_time(config, pause_seconds, why=f"{endpoint} is {status}")
    raise RuntimeError(f"Endpoint {endpoint} still changes after {MOST_ROUNDS} rounds of requests")


def mean_latency(
    config: Config, endpoint: str, variant: str, since: datetime, requests: int
) -> float | None:
    """Return a model's mean seconds for a request of a variant that serves; None if it had none.

    Args:
        requests: that were sent since then. CloudWatch knows them late: they are waited for, but no
            longer than `LATE_SECONDS`, as a shadow may drop some.
    """
    patience = time.monotonic() + LATE_SECONDS
    endpoint_now = client(config, "sagemaker").describe_endpoint(EndpointName=endpoint)
    configuration = endpoint_now["EndpointConfigName"]
    times = until(
        lambda: _times(config, endpoint, configuration, variant, since),
        lambda times: times["requests"] >= requests or time.monotonic() > patience,
        name=f"metrics of {variant}",
        words=lambda times: f"{times['requests']:.0f} of {requests} requests",
        pause=config.poll_seconds,
    )
    return times["seconds"] / times["requests"] if times["requests"] else None


def _times(
    config: Config, endpoint: str, configuration: str, variant: str, since: datetime
) -> dict[str, float]:
    """Return the number of requests that CloudWatch knows, and the model's seconds for all.

    Of one configuration: the variant before an update may have the same name.
    """
    points = client(config, "cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName="ModelLatency",
        Dimensions=[
            *dimensions(endpoint, variant),
            {"Name": "EndpointConfigName", "Value": configuration},
        ],
        StartTime=since,
        EndTime=now(config) + timedelta(seconds=PERIOD_SECONDS),
        Period=PERIOD_SECONDS,
        Statistics=["Sum", "SampleCount"],
    )["Datapoints"]
    return {
        "requests": sum(point["SampleCount"] for point in points),
        "seconds": sum(point["Sum"] for point in points) / MICROSECONDS,
    }
