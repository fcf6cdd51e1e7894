"""What the course's own resources cost so far, by service, at the dated prices; changes nothing.

Jobs are paid for their billed seconds, endpoints since they were made, objects for a month of
keeping and the PUT that made them. Left out: data transfer, logs, queries (02 and 03 state theirs),
and what was deleted before this is asked. Instances of a type without a dated price have rows of
their own, which name it. The bill is AWS's.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import pandas as pd

from helpers.config import Config
from helpers.costs import S3_GB_MONTH, S3_PUT, instance_cost
from helpers.inventory import inventory
from helpers.jobs import describe
from helpers.rehearsal import now
from helpers.s3 import S3Prefix
from helpers.session import client

JOBS = {"training job": "TrainingJob", "processing job": "ProcessingJob"}
COLUMNS = ["service", "what", "seconds", "waited s", "$"]


def spent(config: Config) -> pd.DataFrame:
    """Return a row for each job and endpoint of the course, and one for its objects in S3.

    Columns: service, what, seconds (billed, of one instance), waited s (of a warm pool), $ (NaN
    where no instance of it has a price).
    """
    rows = []
    for _, kind, name in inventory(config).itertuples(index=False):
        if noun := JOBS.get(kind):
            rows.append(_job(noun, describe(config, noun, name)))
        elif kind == "endpoint":
            rows.append(_endpoint(config, name))
    rows.append(_objects(config))
    return pd.DataFrame(rows, columns=COLUMNS)


def by_what(table: pd.DataFrame) -> pd.DataFrame:
    """Return the sums of `spent` by service and what was run, the dearest first."""
    groups = table.groupby(["service", "what"])
    sums = groups[["seconds", "waited s"]].sum()
    sums["$"] = groups["$"].sum(min_count=1)
    sums.insert(0, "how many", groups.size())
    return sums.sort_values("$", ascending=False)


def _job(noun: str, job: Mapping) -> tuple:
    """Return the row of a job."""
    cluster = job.get("ResourceConfig") or job["ProcessingResources"]["ClusterConfig"]
    prefix = noun.removesuffix("Job")
    lasted = 0.0
    if end := job.get(f"{prefix}EndTime"):
        lasted = (end - job.get(f"{prefix}StartTime", end)).total_seconds()
    seconds = job.get("BillableTimeInSeconds", lasted)
    waited = job.get("WarmPoolStatus", {}).get("ResourceRetainedBillableTimeInSeconds", 0)
    counts = [(cluster["InstanceType"], cluster["InstanceCount"])]
    cost, unknown = _cost(counts, seconds + waited)
    is_trial = "TuningJobArn" in job
    what = "trials of a tuning job" if is_trial else kind_of_job(job[f"{noun}Name"])
    return "SageMaker", f"{what}{unknown}", seconds, waited, cost


def _cost(counts: Iterable[tuple[str, int]], seconds: float) -> tuple[float, str]:
    """Return the dollars for instances of known prices, and the words for the others.

    Args:
        counts: instance types, each with the number of its instances.
        seconds: that each of them ran.
    """
    costs = {name: instance_cost(name, seconds, count) for name, count in counts}
    unknown = sorted(name for name, cost in costs.items() if cost is None)
    words = f", no price known for {', '.join(unknown)}" if unknown else ""
    known = [cost for cost in costs.values() if cost is not None]
    return (sum(known) if known or not unknown else math.nan), words


def kind_of_job(name: str) -> str:
    """Return a job's name without the numbers that make it unique."""
    return re.sub(r"-\d{6,}.*$", "", name)


def _endpoint(config: Config, name: str) -> tuple:
    """Return the row of an endpoint: its instances, or nothing for one without."""
    sagemaker = client(config, "sagemaker")
    endpoint = sagemaker.describe_endpoint(EndpointName=name)
    made = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    counts = {v["VariantName"]: v.get("CurrentInstanceCount", 0) for v in _variants(endpoint)}
    seconds = _age(config, endpoint["CreationTime"])
    instances = Counter()
    for variant in made["ProductionVariants"]:
        if "InstanceType" in variant:
            instances[variant["InstanceType"]] += counts.get(variant["VariantName"], 0)
    cost, unknown = _cost(instances.items(), seconds)
    return "SageMaker", f"endpoint {name}, so far{unknown}", seconds, 0, cost


def _variants(endpoint: Mapping) -> list[Mapping]:
    return endpoint.get("ProductionVariants", [])


def _age(config: Config, made: datetime) -> float:
    return max(0.0, (now(config) - made).total_seconds())


def _objects(config: Config) -> tuple:
    """Return the row of the bucket's objects."""
    folder = S3Prefix(client(config, "s3"), f"s3://{config.bucket}/{config.home}".rstrip("/"))
    sizes = [entry.size for entry in folder.list("")]
    cost = sum(sizes) / 1e9 * S3_GB_MONTH + len(sizes) * S3_PUT
    return "S3", f"{len(sizes):,} objects, {sum(sizes) / 1e6:,.0f} MB, a month", 0, 0, cost
