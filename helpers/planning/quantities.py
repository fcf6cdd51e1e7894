"""The constants of a plan: each has a name, a unit, a source and a date; it computes nothing.

Prices are on demand in us-east-1. An assumption is called one: replace it by what you measure.
"""

from dataclasses import dataclass

import pandas as pd

from helpers.costs import PRICED, S3_GB_MONTH, S3_GET, S3_PUT

ASSUMPTION = "an assumption of this course"
S3_PAGE = "https://aws.amazon.com/s3/pricing/"
EXPRESS_PAGE = "https://aws.amazon.com/s3/faqs/"
EFS_PAGE = "https://aws.amazon.com/efs/pricing/"
LUSTRE_PAGE = "https://aws.amazon.com/fsx/lustre/pricing/"
LUSTRE_SPEED = "https://docs.aws.amazon.com/fsx/latest/LustreGuide/ssd-storage.html"
SAGEMAKER_PAGE = "https://aws.amazon.com/sagemaker/ai/pricing/"
TYPES_PAGE = "https://aws.amazon.com/ec2/instance-types/"


@dataclass(frozen=True)
class Quantity:
    """One constant of a plan."""

    name: str
    value: float
    unit: str
    source: str
    date: str = PRICED


S3_MONTH = Quantity("S3 Standard, kept", S3_GB_MONTH, "$ a GB-month", S3_PAGE)
S3_READ = Quantity("S3 Standard, GET", S3_GET, "$ a request", S3_PAGE)
S3_WRITE = Quantity("S3 Standard, PUT", S3_PUT, "$ a request", S3_PAGE)
EXPRESS_MONTH = Quantity("S3 Express One Zone, kept", 0.11, "$ a GB-month", EXPRESS_PAGE)
EXPRESS_READ = Quantity("S3 Express One Zone, GET", 0.03e-6, "$ a request", EXPRESS_PAGE)
EXPRESS_GB = Quantity("S3 Express One Zone, retrieval", 0.0006, "$ a GB", EXPRESS_PAGE)
EFS_MONTH = Quantity("EFS Standard, kept", 0.30, "$ a GB-month", EFS_PAGE)
EFS_GB = Quantity("EFS elastic throughput, read", 0.03, "$ a GB", EFS_PAGE)
LUSTRE_MONTH = Quantity("FSx for Lustre, scratch SSD", 0.14, "$ a GB-month", LUSTRE_PAGE)
LUSTRE_LEAST = Quantity("FSx for Lustre, smallest", 1200, "GB", LUSTRE_PAGE)
LUSTRE_STEP = Quantity("FSx for Lustre, steps", 2400, "GB", LUSTRE_PAGE)
LUSTRE_RATE = Quantity("FSx for Lustre, scratch, read", 0.2, "MB/s a GB", LUSTRE_SPEED)
VOLUME_LIMIT = Quantity(
    "volume of a training instance, largest", 16_384, "GB",
    "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html",
)  # fmt: skip
VOLUME_MONTH = Quantity("volume of a training instance", 0.14, "$ a GB-month", SAGEMAKER_PAGE)

S3_LATENCY = Quantity("S3 Standard, first byte", 0.030, "s", ASSUMPTION)
S3_CONNECTION = Quantity("S3 Standard, one connection", 60, "MB/s", ASSUMPTION)
EXPRESS_LATENCY = Quantity(
    "S3 Express One Zone, first byte", 0.005, "s",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-performance.html",
)  # fmt: skip
FILE_LATENCY = Quantity("EFS and Lustre, first byte", 0.001, "s", ASSUMPTION)
FILE_CONNECTION = Quantity("EFS and Lustre, one stream", 250, "MB/s", ASSUMPTION)
COPIES_AT_ONCE = Quantity("File mode, objects at a time", 10, "connections", ASSUMPTION)
SHARES = Quantity("spot price", 0.35, "of the price on demand", ASSUMPTION)

NETWORK = {
    kind: Quantity(f"{kind}, network", gbps, "Gbit/s", TYPES_PAGE)
    for kind, gbps in {
        "ml.g4dn.xlarge": 5,
        "ml.g4dn.12xlarge": 50,
        "ml.g5.xlarge": 2.5,
        "ml.g5.12xlarge": 40,
        "ml.g5.48xlarge": 100,
        "ml.p3dn.24xlarge": 100,
        "ml.p4d.24xlarge": 400,
    }.items()
}
"""Sustained; the two small types may send up to 25 and 10 Gbit/s for a while."""


def constants() -> pd.DataFrame:
    """Return all constants: name, value, unit, source, date."""
    single = [value for value in globals().values() if isinstance(value, Quantity)]
    return pd.DataFrame([vars(each) for each in (*single, *NETWORK.values())])
