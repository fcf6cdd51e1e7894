"""A run of the course on AWS itself: states the bill and asks before; knows no notebook.

Only what `confirmed` lets through runs there. A shell that has COURSE_CLOUD=aws set does not do it:
tests and `make render` stay on the local AWS.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from helpers.bill import bill, total

CONFIRMED = "COURSE_AWS_RUN_CONFIRMED"
"""Set for the pytest of a run that somebody said yes to, and for nothing else."""
CELL_SECONDS = 4 * 3600
"""For a cell: a job on AWS waits for instances, and tuning takes the better part of an hour."""


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Say whether somebody's settings name AWS."""
    return environment.get("COURSE_CLOUD") == "aws"


def confirmed(ask: Callable[[str], str] = input) -> bool:
    """Show the bill and ask; only the whole word yes is one."""
    print(bill().to_string(index=False))
    question = (
        f"This runs on AWS, with your credentials, and costs about ${total():.2f}; the endpoint is "
        "billed until notebook 12 has deleted it. Type yes to run it: "
    )
    try:
        return ask(question).strip() == "yes"
    except EOFError:  # nobody is there to answer
        return False


class AwsRun:
    """The course on AWS, with the environment as it is; nothing of it is on this machine."""

    state = None
    """There is no state folder."""

    def __init__(self) -> None:
        self.failed: str | None = None
        """Name of the first notebook that failed."""

    @contextmanager
    def environment(self) -> Iterator[None]:
        """Leave the environment as it is."""
        yield

    def stop(self) -> None:
        """Do nothing: notebook 12 deletes what was made."""


def run_of(environment: Mapping[str, str] = os.environ) -> AwsRun | None:
    """Return the run on AWS that was confirmed, if any."""
    return AwsRun() if environment.get(CONFIRMED) == "yes" and is_wanted(environment) else None
