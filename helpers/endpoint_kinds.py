"""The four ways in which SageMaker answers: what each takes, and what it costs; calls no service.

https://docs.aws.amazon.com/sagemaker/latest/dg/deploy-model-options.html has the limits.
"""

from dataclasses import dataclass

import pandas as pd

from helpers.costs import instance_cost, serverless_cost

DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Kind:
    """One way to get answers."""

    largest: str
    """Request that it takes."""
    longest: str
    """Time that the model may take for one."""
    rests: str
    """What it is between requests."""


KINDS = {
    "real-time": Kind("6 MB", "60 s", "runs"),
    "asynchronous": Kind("1 GB", "1 hour", "runs, or scales to none"),
    "serverless": Kind("4 MB", "60 s", "is not there, and starts anew"),
    "batch": Kind("100 MB", "1 hour", "is over"),
}


@dataclass(frozen=True)
class Measured:
    """What one kind took for the same requests."""

    kind: str
    requests: int
    seconds: float
    """From the first request to the last answer; of a job, what is billed."""
    dollars: float
    """For these seconds, or for these requests."""
    idle_dollars: float = 0.0
    """For a day without a request."""


def on_instances(kind: str, requests: int, seconds: float, instance_type: str) -> Measured:
    """Return the measure of a kind that has one instance: it is paid for its time."""
    stays = kind in ("real-time", "asynchronous")
    idle = instance_cost(instance_type, DAY_SECONDS) if stays else 0.0
    return Measured(kind, requests, seconds, instance_cost(instance_type, seconds), idle)


def on_demand(
    requests: int, seconds: float, *, worked: float, data_bytes: float, memory_mb: int
) -> Measured:
    """Return the measure of a serverless endpoint: it is paid for its work and its bytes.

    Args:
        worked: seconds of all requests together.
    """
    cost = serverless_cost(memory_mb, worked, data_bytes)
    return Measured("serverless", requests, seconds, cost)


def side_by_side(measures: list[Measured]) -> pd.DataFrame:
    """Return a row for each kind: seconds and dollars of a thousand answers, limits, idle days."""
    rows = {
        each.kind: {
            "seconds for all": round(each.seconds, 1),
            "$ per 1,000": round(1000 * each.dollars / each.requests, 5),
            "$ for an idle day": round(each.idle_dollars, 2),
            "largest request": KINDS[each.kind].largest,
            "longest answer": KINDS[each.kind].longest,
            "between requests it": KINDS[each.kind].rests,
        }
        for each in measures
    }
    return pd.DataFrame.from_dict(rows, orient="index")
