"""Runs a job's script: prints its metrics at the end, or leaves the reason of a failure."""

import argparse
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from helpers.metrics import END, metric_line

LONGEST = 1024
"""Characters of a message that a job's description shows."""


def run(
    main: Callable[[argparse.Namespace], Mapping[str, float]], arguments: argparse.Namespace
) -> None:
    """Run a job's main function and print the metrics that it returns.

    Args:
        arguments: with `message`, the file that the job's description shows.

    Raises:
        SystemExit: it failed; the text is the reason, which is also in the file.
    """
    try:
        printed = main(arguments)
    except Exception as error:  # any failure: its last line is the job's FailureReason
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}"
        tell(arguments.message, reason)
        raise SystemExit(reason) from error
    print(metric_line(**printed), END, sep="\n")


def tell(file: str | Path, message: str) -> None:
    """Write the message that a job's description shows, where the container has a place for it."""
    if Path(file).parent.is_dir():
        Path(file).write_text(message[:LONGEST], "utf-8")
