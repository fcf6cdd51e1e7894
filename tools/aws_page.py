"""The generated parts of docs/aws.md: versions, bills and quotas; calls no service."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from helpers.bill import LINES, Line, quotas
from helpers.costs import S3_GB_MONTH, S3_PUT

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/aws.md"
PACKAGES = {"sagemaker": "SageMaker's Python SDK", "botocore": "botocore"}
IMAGE = re.compile(r"AWS's image (\S+?),? ")
CHECKED = re.compile(r"^Checked against (.+) on (\d{4}-\d\d-\d\d)\.$", re.M)
PHOTOS, PUBLISHED_SECONDS = 10_441, 6_296
"""Of the starting project's run: photos, and billed seconds of each of its two instances."""
RECORDINGS, GIGABYTES, WINDOWS = 28_000, 16, 200_000
"""Assumed of a BirdCLEF year: recordings of 35 s, their bytes, and their windows of 5 s."""

Row = tuple[Line, str]
"""An item of a bill, and where its minutes or its number come from."""

SAMPLE: tuple[Row, ...] = tuple((line, "") for line in LINES)
BINS: tuple[Row, ...] = (
    (Line("01", f"{2 * PHOTOS:,} objects to S3", requests=2 * PHOTOS * S3_PUT),
     "a photo and a JSON file each"),
    (Line("04", "sharding", "ml.m5.large", 2, 6),
     "start-up, then a minute at the rate of the last cells of `04`"),
    (Line("05", "training", "ml.g4dn.xlarge", 2, round(PUBLISHED_SECONDS / 60)),
     f"the starting project's {PUBLISHED_SECONDS:,} billed seconds, with its own loader"),
    (Line("07", "evaluation", "ml.m5.large", 1, 10), "start-up, then some 5 photos a second"),
    (Line("08", "endpoint for an hour", "ml.m5.large", 1, 60), "until `12`"),
)  # fmt: skip
BIRDS: tuple[Row, ...] = (
    (Line("01", f"{2 * RECORDINGS:,} objects to S3", requests=2 * RECORDINGS * S3_PUT),
     f"{RECORDINGS:,} recordings and as many JSON files, assumed"),
    (Line("01", f"{2 * GIGABYTES} GB in S3 for a month", requests=2 * GIGABYTES * S3_GB_MONTH),
     f"{GIGABYTES} GB of recordings, assumed, and as much in shards"),
    (Line("04", "sharding", "ml.m5.2xlarge", 4, 25),
     f"start-up, then {WINDOWS:,} windows at the rate of `04` for each core"),
    (Line("05", "training", "ml.g4dn.xlarge", 2, 60),
     "12 epochs, each at half the rate of decoding in [benchmarks.md](benchmarks.md)"),
    (Line("07", "evaluation", "ml.m5.large", 1, 15), "start-up, then half the rate of `07`"),
    (Line("08", "endpoint for an hour", "ml.m5.large", 1, 60), "until `12`"),
)  # fmt: skip


def checked() -> str:
    """Return the versions that the tests run against; the day is that of their last change."""
    now = ", ".join([*packages(), f"images {', '.join(images())}"])
    last = CHECKED.search(PAGE.read_text())
    day = last[2] if last and last[1] == now else f"{datetime.now(UTC):%Y-%m-%d}"
    return f"Checked against {now} on {day}."


def packages() -> list[str]:
    """Return the pinned versions of what speaks to AWS."""
    pins = dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.M))
    return [f"{words} {pins[name]}" for name, words in PACKAGES.items()]


def images() -> list[str]:
    """Return the images of AWS whose package lists the local AWS has."""
    lists = sorted(ROOT.glob("local_aws/images/aws/*/packages.txt"))
    return [f"`{IMAGE.search(path.read_text())[1]}`" for path in lists]


def bill(items: Sequence[Row]) -> str:
    """Return the items of a bill as a table, and their sum."""
    rows = [[line.notebook, line.words, basis, f"${line.cost:.3f}"] for line, basis in items]
    rows.append(["", "all of it", "", f"${sum(line.cost for line, _ in items):.3f}"])
    rows.insert(0, ["notebook", "item", "taken from", "cost"])
    if not any(basis for _, basis in items):
        rows = [[*row[:2], row[3]] for row in rows]
    return table(rows[0], rows[1:])


def quota_list() -> str:
    """Return the quotas that a pass needs."""
    rows = quotas().astype(str).to_numpy().tolist()
    return table(["quota of SageMaker", "at least", "for notebook"], rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as a Markdown table whose last column is set to the right."""
    lines = [head, ["---"] * (len(head) - 1) + ["--:"], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
