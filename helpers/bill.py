"""The bill of one pass through the course on AWS, and the quotas it needs; calls no service.

The opening of each notebook states its own share; tests/helpers/test_bill.py compares the two.
Prices come from costs.py; the minutes are for the sample data and include each job's start-up.
"""

from dataclasses import dataclass

import pandas as pd

from helpers.costs import S3_PUT, athena_cost, glue_cost, instance_cost

PROCESSING, TRAINING, SPOT, POOL, ENDPOINT, TRANSFORM = (
    f"for {use} usage" for use in ("processing job", "training job", "spot training job",
                                   "training warm pool", "endpoint", "transform job")
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the bill: an item that a notebook pays for."""

    notebook: str
    """Its number."""
    item: str
    """The thing paid for, in words."""
    instance_type: str = ""
    instances: int = 0
    minutes: float = 0
    quotas: tuple[str, ...] = ()
    """The quotas that limit these instances, by the endings of AWS's names for them."""
    requests: float = 0.0
    """Dollars for requests and queries."""

    @property
    def cost(self) -> float:
        """Return the cost in dollars."""
        if not self.instances:
            return self.requests
        return instance_cost(self.instance_type, 60 * self.minutes, self.instances)

    @property
    def words(self) -> str:
        """Describe the item: its kind, its instances, its minutes."""
        if not self.instances:
            return self.item
        return f"{self.item}, {self.instances} × {self.instance_type}, {self.minutes:g} min"


LINES = (
    Line("01", "up to 4,000 small objects to S3", requests=4000 * S3_PUT),
    Line("02", "some fifteen Athena queries", requests=15 * athena_cost(0)),
    Line("03", "six runs of Spark jobs, 2 × G.1X, 2 min each", requests=6 * glue_cost(2, 120)),
    Line("04", "sharding", "ml.m5.large", 2, 5, (PROCESSING,)),
    Line("05", "training", "ml.g4dn.xlarge", 2, 8, (TRAINING,)),
    Line("05", "four short runs", "ml.m5.large", 2, 12, (TRAINING, SPOT)),
    Line("06", "tuning job, two trials at a time", "ml.g4dn.xlarge", 2, 12, (TRAINING,)),
    Line("06", "search on a warm pool and its winner", "ml.g4dn.xlarge", 1, 26, (TRAINING, POOL)),
    Line("07", "two evaluations", "ml.m5.large", 1, 10, (PROCESSING,)),
    Line("08", "endpoint for an hour", "ml.m5.large", 1, 60, (ENDPOINT,)),
    Line("08", "three more while the load is high", "ml.m5.large", 3, 17, (ENDPOINT,)),
    Line("08", "its updates: two old and two new", "ml.m5.large", 4, 15, (ENDPOINT,)),
    Line("08", "a transform job", "ml.m5.large", 1, 5, (TRANSFORM,)),
    Line("09", "thirteen monitoring jobs", "ml.m5.large", 1, 60, (PROCESSING,)),
    Line("10", "five runs of Spark jobs, 2 × G.1X, 2 min each", requests=5 * glue_cost(2, 120)),
    Line("10", "fifteen processing jobs", "ml.m5.large", 1, 75, (PROCESSING,)),
    Line("10", "six monitoring jobs on a schedule", "ml.m5.large", 1, 24, (PROCESSING,)),
    Line("10", "two trainings on larger sets", "ml.m5.xlarge", 1, 20, (TRAINING,)),
    Line("10", "the endpoint meanwhile", "ml.m5.large", 1, 180, (ENDPOINT,)),
    Line("10", "its updates: two old and two new", "ml.m5.large", 4, 20, (ENDPOINT,)),
    Line("11", "ten readings of the shards", "ml.g4dn.xlarge", 1, 20, (TRAINING, POOL)),
)


def of_notebook(number: str) -> list[Line]:
    """Return the items that a notebook pays for."""
    return [line for line in LINES if line.notebook == number]


def total() -> float:
    """Return the total in dollars."""
    return sum(line.cost for line in LINES)


def bill() -> pd.DataFrame:
    """Return the cost of each notebook, and the total."""
    rows = [(line.notebook, line.words, f"${line.cost:.3f}") for line in LINES]
    rows.append(("", "all of it", f"${total():.3f}"))
    return pd.DataFrame(rows, columns=["notebook", "what", "cost"])


def quotas() -> pd.DataFrame:
    """Return the quotas that a pass needs, how much of each, and the notebooks that need it."""
    needs: dict[str, list[Line]] = {}
    for line in LINES:
        for quota in line.quotas:
            needs.setdefault(f"{line.instance_type} {quota}", []).append(line)
    rows = [
        (name, max(line.instances for line in lines),
         ", ".join(dict.fromkeys(line.notebook for line in lines)))
        for name, lines in needs.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["quota", "at least", "notebook"])
