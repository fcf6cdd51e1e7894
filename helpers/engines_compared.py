"""Asks Athena and Spark the same question on tables of growing size; computes where lines cross."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from scipy.optimize import brentq

from helpers.athena import query
from helpers.config import Config
from helpers.costs import (
    ATHENA_TB,
    GLUE_DPU_HOUR,
    GLUE_MINIMUM_SECONDS,
    athena_cost,
    glue_cost,
)
from helpers.curated_data import curated_uri, table_name
from helpers.datasets.curation import load_curation
from helpers.plots import COLORS, WIDE
from helpers.s3 import S3Prefix
from helpers.session import client
from helpers.spark_questions import ask_spark

QUESTION = (
    "SELECT {label} AS label, count(*) AS samples, max(checksum) AS last FROM {table} "
    "GROUP BY {label}"
)
"""Runs unchanged on both engines, and reads two columns of each file."""


@dataclass(frozen=True)
class Comparison:
    """The measured times of both engines, and what their lines say beyond."""

    rows: pd.DataFrame
    """A row for each size: copies, rows, MB (as Athena scans them), athena_s, spark_s."""
    start: float
    """Seconds until Spark gets its first question."""
    units: float
    """DPUs of the Spark job."""
    same: bool
    """Whether the engines' answers are the same rows at every size."""

    def line(self, engine: str) -> tuple[float, float]:
        """Return seconds at zero MB, and seconds a MB, of the line through an engine's times."""
        slope, base = np.polyfit(self.rows["MB"], self.rows[f"{engine}_s"], 1)
        return max(0.0, base), max(slope, 1e-9)

    def seconds(self, engine: str, megabytes: float) -> float:
        """Return the seconds of a question on this machine, Spark's start included."""
        base, slope = self.line(engine)
        return base + slope * megabytes + (self.start if engine == "spark" else 0.0)

    def dollars(self, engine: str, megabytes: float) -> float:
        """Return the dollars of a question, by AWS's prices and this machine's speed."""
        if engine == "athena":
            return athena_cost(int(megabytes * 1e6))
        return glue_cost(self.units, self.seconds("spark", megabytes))

    def crossing(self, of: str) -> float | None:
        """Return the MB from which on Spark is the better one; None where it never is.

        Args:
            of: `seconds` or `dollars`.
        """
        measure = getattr(self, of)

        def lead(power: float) -> float:
            return measure("spark", 10**power) - measure("athena", 10**power)

        low, high = -3.0, 9.0
        if lead(low) <= 0:
            return 0.0
        return 10 ** brentq(lead, low, high) if lead(high) < 0 else None


def break_even_rate(units: float) -> float:
    """Return the MB a second at which a Spark job reads for Athena's price."""
    return units * GLUE_DPU_HOUR / 3600 / (ATHENA_TB / 1e6)


def crossings(comparison: Comparison) -> str:
    """Return the sizes at which the lines of seconds and of dollars cross, in words."""
    texts = []
    for of in ("seconds", "dollars"):
        size = comparison.crossing(of)
        where = "at no size up to a PB" if size is None else f"from {size:,.0f} MB on"
        texts.append(f"by {of}, at the speed measured here, Spark is ahead {where}")
    rate, size = break_even_rate(comparison.units), crossing_at_twice(comparison.units)
    texts.append(f"Spark reads for Athena's price at {rate:.0f} MB/s;")
    texts.append(f"at twice that rate it is the cheaper one from {size / 1e3:.1f} GB on")
    return "\n".join(texts)


def compare(config: Config, rows: Sequence[int]) -> Comparison:
    """Ask both engines for the samples of each class, on tables of about so many rows.

    Args:
        rows: of each table; each has as many copies of the curated rows as come near it.
    """
    curated = query(config, f"SELECT count(*) AS rows FROM {table_name(config)}").frame["rows"][0]
    copies = [max(1, round(each / int(curated))) for each in rows]
    label = load_curation(config.dataset).partition
    tables = {n: _make_copies(config, label, n) for n in copies}
    texts = {
        n: QUESTION.format(label=label, table=f"{config.database}.{table}")
        for n, table in tables.items()
    }
    athena = {n: query(config, text) for n, text in texts.items()}
    # A question before the measured ones loads what the first one of a run has to load.
    first = {"first": texts[copies[0]]}
    spark = ask_spark(config, first | {str(n): text for n, text in texts.items()})
    frames = {n: spark.frames[str(n)] for n in copies}
    measured = [
        (n, int(frames[n]["samples"].sum()), athena[n].scanned / 1e6, athena[n].seconds,
         spark.seconds[str(n)])
        for n in copies
    ]  # fmt: skip
    table = pd.DataFrame(measured, columns=["copies", "rows", "MB", "athena_s", "spark_s"])
    same = all(_sorted(athena[n].frame) == _sorted(frames[n]) for n in copies)
    start = spark.start_seconds + spark.seconds["first"]
    return Comparison(table, start, spark.run.description["MaxCapacity"], same)


def dollars_at(rate: float, units: float, megabytes: float) -> float:
    """Return the dollars of a Spark job that reads so many MB a second, after a minute's start."""
    return glue_cost(units, GLUE_MINIMUM_SECONDS + megabytes / rate)


def crossing_at_twice(units: float) -> float:
    """Return the MB from which on a job at twice the break-even rate costs less than Athena."""
    rate = 2 * break_even_rate(units)

    def lead(power: float) -> float:
        return dollars_at(rate, units, 10**power) - athena_cost(int(10**power * 1e6))

    return 10 ** brentq(lead, 0.0, 9.0)


def draw(comparison: Comparison) -> Figure:
    """Draw seconds and dollars over the size: points are measured, lines go on beyond them.

    The broken line is no measurement: a job at twice the rate at which Spark reads for Athena's
    price, and where it becomes the cheaper one.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDE[0], 3.6), layout="constrained")
    figure.get_layout_engine().set(wspace=0.08)
    largest = comparison.rows["MB"].max()
    near, far = np.linspace(0, 1.15 * largest, 50), np.logspace(0, 7, 200)
    names = {"athena": "Athena", "spark": "Spark, with its start"}
    for index, (engine, name) in enumerate(names.items()):
        color, start = COLORS[index], comparison.start if engine == "spark" else 0.0
        measured = comparison.rows[f"{engine}_s"] + start
        left.plot(comparison.rows["MB"], measured, "os"[index], color=color)
        left.plot(near, [comparison.seconds(engine, x) for x in near], color=color, label=name)
        right.plot(far, [comparison.dollars(engine, x) for x in far], color=color, label=name)
    units, size = comparison.units, crossing_at_twice(comparison.units)
    rate = 2 * break_even_rate(units)
    costs = [dollars_at(rate, units, x) for x in far]
    right.plot(far, costs, "--", color=COLORS[1], label=f"Spark at {rate:.0f} MB/s")
    right.plot([size], [athena_cost(int(size * 1e6))], "o", color=COLORS[5], markersize=9,
               fillstyle="none", markeredgewidth=2)  # fmt: skip
    left.set(title="Measured here", xlabel="MB read", ylabel="seconds", ylim=(0, None))
    right.set(xscale="log", yscale="log", title="On AWS, at this speed",
              xlabel="read (log scale)", ylabel="price of a question (log scale)")  # fmt: skip
    right.set_xticks([1, 1e3, 1e6], ["1 MB", "1 GB", "1 TB"])
    right.set_yticks([1e-4, 1e-2, 1, 100], ["$0.0001", "$0.01", "$1", "$100"])
    right.minorticks_off()
    left.legend(loc="best")
    right.legend(loc="upper left")
    return figure


def _make_copies(config: Config, label: str, times: int) -> str:
    """Make a table of as many copies of the curated rows, each with a checksum of its own.

    Checksums don't compress: a question that needs them reads bytes, as one of contents does.
    """
    table, source = f"{config.dataset}_times_{times}", table_name(config)
    place = S3Prefix(client(config, "s3"), f"{curated_uri(config)}/copies/{times}")
    query(config, f"DROP TABLE IF EXISTS {table}")
    for entry in list(place.list()):
        place.delete(entry.key)
    query(
        config,
        f"""CREATE TABLE {table} WITH (format = 'PARQUET', external_location = '{place}/') AS
        SELECT {label}, to_hex(sha256(to_utf8(id || CAST(n AS varchar)))) AS checksum FROM {source}
        CROSS JOIN UNNEST(sequence(1, {times})) AS t (n)""",
    )
    return table


def _sorted(frame: pd.DataFrame) -> list[list[str]]:
    return sorted([str(value) for value in row] for row in frame.to_numpy().tolist())
