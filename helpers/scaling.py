"""Scales a course endpoint by its load, and drives a load that shows it; draws nothing.

Application Auto Scaling tracks the requests per instance and minute, by two alarms of its own.
https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
"""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from typing import Any

import pandas as pd

from helpers.alarms import wait_until_shown
from helpers.config import Config
from helpers.costs import instance_cost
from helpers.deployment import policy_request, target_request
from helpers.endpoints import VARIANT
from helpers.rehearsal import now, pass_time
from helpers.request_load import send_all, summary
from helpers.resources import scalable_targets
from helpers.resources.scalable_targets import SERVICE, names_of
from helpers.session import client

MINUTE = 60
SETTLE_SECONDS = 20.0
"""Of a minute, for an endpoint that changes."""
LATE_SECONDS = 5
"""Into a minute: by then the alarms of the last one have been evaluated."""


def resource(endpoint: str, variant: str = VARIANT) -> str:
    """Return how Application Auto Scaling names a variant of an endpoint."""
    return f"endpoint/{endpoint}/variant/{variant}"


def scale(
    config: Config, endpoint: str, per_minute: float, *, least: int = 1, most: int = 4,
    out_seconds: int = 300, in_seconds: int = 300,
) -> pd.DataFrame:  # fmt: skip
    """Let an endpoint have as many instances as its load needs; return the rules of the alarms.

    Args:
        per_minute: requests that one instance shall answer.
        least, most: instances.
        out_seconds, in_seconds: the cooldowns after instances came, and after some went.

    Returns:
        A row for each alarm that the policy has made: name (such as AlarmHigh), metric, condition,
        threshold, and for how many minutes it must hold.
    """
    scaling, variant = client(config, SERVICE), resource(endpoint)
    scaling.register_scalable_target(**target_request(variant, most, least))
    policy = scaling.put_scaling_policy(
        **policy_request(variant, endpoint, per_minute, out_seconds, in_seconds)
    )
    alarms = wait_until_shown(config, [alarm["AlarmName"] for alarm in policy["Alarms"]])
    rules = [_rule(alarm) for alarm in alarms]
    return pd.DataFrame(rules).set_index("alarm").sort_index()


def unscale(config: Config, endpoint: str) -> None:
    """Let an endpoint keep the instances that it has; its policy and alarms are deleted too."""
    scalable_targets.delete(config, resource(endpoint))


def activities(config: Config, endpoint: str) -> pd.DataFrame:
    """Return what was scaled, the oldest first: begin, seconds, status, what, and why."""
    pages = client(config, SERVICE).get_paginator("describe_scaling_activities")
    rows = [
        {
            "begin": each["StartTime"],
            "seconds": (each.get("EndTime", each["StartTime"]) - each["StartTime"]).total_seconds(),
            "status": each["StatusCode"],
            "what": each["Description"],
            "why": each["Cause"],
        }
        for page in pages.paginate(**names_of(resource(endpoint)))
        for each in page["ScalingActivities"]
    ]
    return pd.DataFrame(rows[::-1], columns=["begin", "seconds", "status", "what", "why"])


def drive(
    config: Config, endpoint: str, ask: Callable[[Any], Any], bodies: Sequence[Any],
    profile: Sequence[tuple[float, int]], per_minute: float, *, clients: int = 4,
    refused: type[Exception] | tuple[type[Exception], ...] = (),
) -> pd.DataFrame:  # fmt: skip
    """Send a load that changes, and return a row for each of its minutes.

    A minute's requests are sent at its beginning, and then the rest of it passes. An endpoint that
    changes gets some seconds of the minute first: where the clock is moved, the start of an
    instance would seem to take many minutes otherwise.

    Args:
        bodies: what is asked about, again and again.
        profile: how often the target, and for how many minutes.
        per_minute: requests that one instance shall answer, as `scale` has it.
        refused: errors that are an outcome of a request; any other one ends the load.

    Returns:
        Columns load (times the target), requests, errors, p50 ms, p99 ms, running (instances that
        answer when the minute begins) and wanted (those there shall be at its end).
    """
    rows, stream = [], cycle(bodies)
    pass_time(config, _left(config), "until a minute begins")
    for load in _minutes(profile):
        running = _settled(config, endpoint)
        sent = send_all(
            ask, [*islice(stream, round(load * per_minute))], clients=clients, refused=refused
        )
        pass_time(config, _left(config), "until the minute is over")
        _, wanted = _instances(config, endpoint)
        figures = {name: summary(sent)[name] for name in ("errors", "p50 ms", "p99 ms")}
        row = {"load": load, "requests": len(sent), **figures, "running": running, "wanted": wanted}
        rows.append(row)
    return pd.DataFrame(rows).rename_axis("minute")


def compare(minutes: pd.DataFrame, expected: Sequence[int]) -> pd.DataFrame:
    """Return the spans of a driven load: the instances that they should have, and those wanted.

    Args:
        minutes: columns load and wanted, as `drive` returns them.
        expected: instances at the end of each minute, worked out by hand.

    Returns:
        A row for each span in which nothing changes, by its first and last minute.
    """
    table = minutes[["load"]].assign(**{"by hand": expected, "measured": minutes["wanted"]})
    span = (table != table.shift()).any(axis=1).cumsum().to_numpy()
    ends = table.index.to_series().groupby(span).agg(["first", "last"])
    rows = table.groupby(span).first()
    return rows.set_index(
        pd.MultiIndex.from_frame(ends.rename(columns=lambda end: f"{end} minute"))
    )


def cost(minutes: pd.DataFrame, instance_type: str) -> pd.DataFrame:
    """Return the dollars of a driven load: as it was scaled, and with its peak all the time.

    Args:
        minutes: column wanted, as `drive` returns it.
    """
    counts = {
        "as many as the load needs": minutes["wanted"].sum(),
        "always as many as at the peak": minutes["wanted"].max() * len(minutes),
    }
    rows = [
        (name, int(count), instance_cost(instance_type, MINUTE, int(count)))
        for name, count in counts.items()
    ]
    return pd.DataFrame(rows, columns=["instances", "instance minutes", "$"])


def _rule(alarm: dict[str, Any]) -> dict[str, Any]:
    return {
        "alarm": alarm["AlarmName"].rsplit("-Alarm")[-1].split("-")[0],
        "metric": alarm["MetricName"],
        "condition": alarm["ComparisonOperator"],
        "threshold": alarm["Threshold"],
        "minutes": alarm["EvaluationPeriods"] * alarm["Period"] / MINUTE,
    }


def _minutes(profile: Sequence[tuple[float, int]]) -> Iterator[float]:
    for load, minutes in profile:
        yield from [load] * minutes


def _left(config: Config) -> float:
    """Return the seconds until the next minute has begun and the alarms have seen the last one."""
    return MINUTE - (now(config).timestamp() - LATE_SECONDS) % MINUTE


def _settled(config: Config, endpoint: str) -> int:
    """Wait a while for an endpoint that changes; return how many instances it has."""
    deadline = time.monotonic() + SETTLE_SECONDS
    sagemaker = client(config, "sagemaker")
    while sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointStatus"] == "Updating":
        if time.monotonic() > deadline:
            break
        time.sleep(config.poll_seconds)
    return _instances(config, endpoint)[0]


def _instances(config: Config, endpoint: str) -> tuple[int, int]:
    """Return how many instances an endpoint has, and how many it shall have."""
    description = client(config, "sagemaker").describe_endpoint(EndpointName=endpoint)
    [variant] = [
        each for each in description["ProductionVariants"] if each["VariantName"] == VARIANT
    ]
    return variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]
