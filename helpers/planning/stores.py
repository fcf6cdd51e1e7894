"""The input modes and stores of training data: how each reads and what it charges; sums nothing."""

from dataclasses import dataclass, replace

from helpers.planning import quantities as q

FIRST_MB = 8.0
"""Read before the first batch can be decoded, in megabytes: a request of the largest size."""


@dataclass(frozen=True)
class Store:
    """Where training data lies: speeds and prices."""

    name: str
    latency: float
    """Seconds to the first byte of a request."""
    connection: float
    """MB/s of one connection."""
    month: float
    """Dollars for a GB kept for a month."""
    request: float = 0.0
    """Dollars for a read request."""
    read_gb: float = 0.0
    """Dollars for a GB read."""
    least_gb: float = 0.0
    """The smallest size that is charged, in GB."""
    step_gb: float = 0.0
    """Sizes above the smallest are multiples of this, in GB."""
    rate_per_gb: float = float("inf")
    """MB/s for all readers together, for each GB of its size."""

    def size(self, gigabytes: float) -> float:
        """Return the GB that are charged for some GB of data."""
        if gigabytes <= self.least_gb or not self.step_gb:
            return max(gigabytes, self.least_gb)
        return -(-gigabytes // self.step_gb) * self.step_gb


@dataclass(frozen=True)
class Mode:
    """How a job reads a store."""

    name: str
    store: Store
    connections: int
    """At a time, on one instance."""
    copies_first: bool = False
    """All of it goes to each instance's volume before the script starts."""
    passes_all: bool = False
    """Each instance gets all of it in each epoch, and skips what is not its own."""
    largest_request: float = 8.0
    """Megabytes of one request; an object that is larger takes several."""
    is_measured: bool = False
    """Notebook 11 runs it; of the others there are sums alone."""


S3 = Store(
    "S3 Standard", q.S3_LATENCY.value, q.S3_CONNECTION.value, q.S3_MONTH.value, q.S3_READ.value
)
EXPRESS = Store(
    "S3 Express One Zone", q.EXPRESS_LATENCY.value, q.S3_CONNECTION.value,
    q.EXPRESS_MONTH.value, q.EXPRESS_READ.value, q.EXPRESS_GB.value,
)  # fmt: skip
EFS = Store(
    "EFS", q.FILE_LATENCY.value, q.FILE_CONNECTION.value, q.EFS_MONTH.value, read_gb=q.EFS_GB.value
)
LUSTRE = Store(
    "FSx for Lustre", q.FILE_LATENCY.value, q.FILE_CONNECTION.value, q.LUSTRE_MONTH.value,
    least_gb=q.LUSTRE_LEAST.value, step_gb=q.LUSTRE_STEP.value, rate_per_gb=q.LUSTRE_RATE.value,
)  # fmt: skip
OURS = Mode("our stream", S3, connections=8, is_measured=True)
MODES = (
    Mode("File", S3, int(q.COPIES_AT_ONCE.value), copies_first=True, is_measured=True),
    Mode("FastFile", S3, connections=4, is_measured=True),
    Mode("Pipe", S3, connections=1, passes_all=True, is_measured=True),
    Mode("WebDataset", S3, connections=4, largest_request=float("inf"), is_measured=True),
    OURS,
    Mode("Mountpoint", S3, connections=8),
    replace(OURS, name="our stream, S3 Express", store=EXPRESS, is_measured=False),
    Mode("EFS", EFS, connections=4),
    Mode("FSx for Lustre", LUSTRE, connections=4),
)
"""The rows of a plan. Connections of FastFile, Mountpoint, EFS and Lustre follow from four loader
workers; ours are the stream's own threads."""
