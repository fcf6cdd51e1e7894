"""A plan of storage and input modes: sizes and rates in, a table and a figure out; asks no service.

Seconds and dollars are sums over `stores.py` and `quantities.py`, with what is stated as arguments.
Left out: taxes, discounts, upload, a data set that shrinks or grows, a cache of the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pandas as pd
from matplotlib.figure import Figure

from helpers.instances import INSTANCES
from helpers.planning.quantities import NETWORK, VOLUME_LIMIT, VOLUME_MONTH
from helpers.planning.stores import FIRST_MB, MODES, Mode

TOO_LARGE = "does not fit the largest volume"
MONTH_SECONDS = 30 * 24 * 3600
SIZES_GB = (10, 1000, 30_000)


@dataclass(frozen=True)
class Workload:
    """What is trained, and on what."""

    samples_per_second: float = 300.0
    """That one instance can train on when it never waits: measure it."""
    sample_kb: float = 60.0
    object_mb: float = 64.0
    """Size of one object in the store: a shard, or a sample of its own."""
    epochs: int = 10
    instance_type: str = "ml.g4dn.xlarge"
    instances: int = 2
    months_kept: float = 1.0
    modes: Sequence[Mode] = field(default=MODES, repr=False)


@dataclass(frozen=True)
class Plan:
    """The table of a plan, with its figure."""

    workload: Workload
    table: pd.DataFrame
    """A row for each size (GB) and mode: seconds, GB on disk, dollars."""

    def draw(self) -> Figure:
        """Draw the dollars of each mode, by what they are for, for each size."""
        from helpers.planning.figures import dollars_by_mode

        return dollars_by_mode(self.table)


def read_rate(mode: Mode, workload: Workload, gigabytes: float) -> float:
    """Return the MB/s at which one instance reads."""
    store = mode.store
    request = min(workload.object_mb, mode.largest_request)
    one = request / (store.latency + request / store.connection)
    network = NETWORK[workload.instance_type].value * 1000 / 8
    shared = store.size(gigabytes) * store.rate_per_gb / workload.instances
    return min(one * mode.connections, network, shared)


def row(mode: Mode, workload: Workload, gigabytes: float) -> dict:
    """Return one mode's seconds, GB on disk and dollars for some GB of data; nan if it can't be."""
    if mode.copies_first and gigabytes > VOLUME_LIMIT.value:
        return {"GB": gigabytes, "mode": mode.name, "note": TOO_LARGE}
    work, store, megabytes = workload, mode.store, gigabytes * 1000
    rate = read_rate(mode, work, gigabytes)
    samples = megabytes * 1000 / work.sample_kb
    training = samples / (work.samples_per_second * work.instances)
    readers = work.instances if mode.passes_all else 1
    reading = megabytes * readers / work.instances / rate  # in each epoch, by one instance
    if mode.copies_first:  # all of it, once, to each instance
        before, epoch, moved = megabytes / rate, training, gigabytes * work.instances
    else:
        first = min(work.object_mb, FIRST_MB)
        before = store.latency + first / store.connection
        epoch, moved = max(training, reading), gigabytes * work.epochs * readers
    seconds = before + epoch * work.epochs
    requests = moved * 1000 / min(work.object_mb, mode.largest_request)
    hours = seconds / 3600 * work.instances
    disk = gigabytes if mode.copies_first else 0.0
    volume = disk * work.instances * VOLUME_MONTH.value * seconds / MONTH_SECONDS
    dollars = {
        "instances $": hours * INSTANCES[work.instance_type].price,
        "storage $": store.size(gigabytes) * store.month * work.months_kept + volume,
        "requests $": requests * store.request + moved * store.read_gb,
    }
    return {
        "GB": gigabytes,
        "mode": mode.name,
        "to first batch s": before,
        "share waiting": 1 - training / epoch,
        "hours": seconds / 3600,
        "GB on disk": disk,
        **dollars,
        "all $": sum(dollars.values()),
        "note": "" if mode.is_measured else "sums alone",
    }


def plan(sizes_gb: Sequence[float] = SIZES_GB, workload: Workload | None = None) -> Plan:
    """Return what each mode takes and costs for data of these sizes.

    Args:
        sizes_gb: of the data set.
        workload: rates and choices; the default is stated in `Workload`.

    Raises:
        ValueError: a size or a rate is not above 0, or the instance's network or price is unknown.
    """
    work = workload or Workload()
    numbers = [*sizes_gb, work.samples_per_second, work.sample_kb, work.object_mb]
    if min(*numbers, work.epochs, work.instances) <= 0:
        raise ValueError(f"Sizes, rates and counts must be above 0: {numbers}")
    if work.instance_type not in NETWORK or INSTANCES[work.instance_type].price is None:
        known = ", ".join(name for name in NETWORK if INSTANCES[name].price is not None)
        raise ValueError(f"{work.instance_type}: no network or price is known; use {known}")
    rows = [row(mode, work, size) for size in sizes_gb for mode in work.modes]
    return Plan(work, pd.DataFrame(rows))


def small_files(sizes_gb: Sequence[float] = SIZES_GB, workload: Workload | None = None) -> Plan:
    """Return the same plan with each sample in an object of its own."""
    work = workload or Workload()
    return plan(sizes_gb, replace(work, object_mb=work.sample_kb / 1000))
