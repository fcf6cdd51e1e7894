"""Compares a transcript of the course with one of a run on a fresh local AWS.

python -m tools.compare aws.jsonl               run the same notebooks here, then compare
python -m tools.compare aws.jsonl local.jsonl   compare two transcripts
"""

import argparse
import os
import statistics
import sys
import tempfile
from itertools import groupby
from pathlib import Path
from typing import TextIO

from tools import known_differences, notebooks
from tools.differences import Difference, common_notebooks, compare
from tools.transcripts import EVERYWHERE, Transcript, load

LAG = 0.2
"""Seconds from which on the time of an operation is told."""


def report(first: Transcript, second: Transcript, names: tuple[str, str]) -> tuple[list[str], int]:
    """Return the lines of a comparison, and how many differences have no reason."""
    differences = compare(first, second, names)
    meant = {each: why for each in differences if (why := known_differences.reason(each))}
    chance = {each: "seen once" for each in differences if not each.counts and each not in meant}
    open_ones = [each for each in differences if each not in meant and each not in chance]
    lines = [*_heads(first, second, names), ""]
    for (service, operation), group in groupby(open_ones, lambda d: (d.service, d.operation)):
        listed = list(group)
        lines.append(f"{service} {operation}: {len(listed)}")
        lines += [f"  {_line(each)}{_where(differences[each])}" for each in listed]
    for title, part in (("Known differences", meant), ("Statuses that may be missed", chance)):
        if part:
            lines += ["", f"{title}: {len(part)}"]
            lines += [f"  {e.service} {e.operation} {_line(e)} ({why})" for e, why in part.items()]
    lines += _lags(first, second, names)
    return [*lines, "", f"{len(open_ones)} differences"], len(open_ones)


def _heads(first: Transcript, second: Transcript, names: tuple[str, str]) -> list[str]:
    lines = []
    for name, side in zip(names, (first, second), strict=True):
        run = side.runs[0]
        where = ", ".join(side.notebooks) or "unknown"
        text = f"{run['dataset']} on {run['cloud']}, botocore {run['botocore']}, notebooks {where}"
        lines.append(f"{name}: {text}" + "".join(f"; {fault}" for fault in side.faults))
    if both := common_notebooks(first, second):
        return [*lines, f"compared: {', '.join(both)}"]
    return [*lines, "compared: nothing, they have no notebook in common"]


def _line(difference: Difference) -> str:
    return " ".join(filter(None, (difference.kind, difference.member, difference.text)))


def _where(numbers: list[str]) -> str:
    return "" if EVERYWHERE in numbers else f" ({', '.join(numbers)})"


def _lags(first: Transcript, second: Transcript, names: tuple[str, str]) -> list[str]:
    """Return the median times of operations that take long on a side, and of all statuses."""
    rows = []
    sides = (first.operations[EVERYWHERE], second.operations[EVERYWHERE])
    for key in sorted(sides[0].keys() & sides[1].keys()):
        seconds = [side[key].seconds for side in sides]
        if max(map(statistics.median, seconds)) >= LAG:
            rows.append(f"  {' '.join(key)}: {' | '.join(map(_median, seconds))}")
        stays = [side[key].stays() for side in sides]
        for path, status in sorted({*stays[0], *stays[1]}):
            times = [_median(each.get((path, status))) for each in stays]
            rows.append(f"  {' '.join(key)} {path} {status}: {' | '.join(times)}")
    title = f"Median times of slow operations, and of statuses ({names[0]} | {names[1]}):"
    return ["", title, *rows] if rows else []


def _median(seconds: list[float] | None) -> str:
    return f"{statistics.median(seconds):.1f} s" if seconds else "not seen"


def show(text: str, file: TextIO | None = None) -> None:
    """Print lines of somebody's transcript; what a terminal would act on becomes an escape."""
    for line in text.split("\n"):
        print("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line), file=file)


def run_here(transcript: Transcript, file: Path) -> int:
    """Run a transcript's notebooks on a fresh local AWS with recording on; return the status."""
    os.environ["COURSE_DATASET"] = transcript.runs[0]["dataset"]
    os.environ["COURSE_TRANSCRIPT"] = str(file)
    return notebooks.run(transcript.notebooks)


def main(arguments: list[str] | None = None) -> int:
    """Compare; return 1 if anything differs without a known reason, 2 if nothing was compared."""
    parser = argparse.ArgumentParser(description="Compare two transcripts of the course.")
    parser.add_argument("transcript", type=Path, help="of a run on AWS, or of any other run")
    parser.add_argument("local", type=Path, nargs="?", help="of a local run (default: run it now)")
    args = parser.parse_args(arguments)
    try:
        first = load(args.transcript)
        if args.local:
            second = load(args.local)
        else:
            own_data = any(run["own_data"] for run in first.runs)
            if own_data and not os.environ.get("COURSE_RAW"):
                raise ValueError(
                    "it is of somebody's own data: set COURSE_RAW to it, or give LOCAL"
                )
            with tempfile.TemporaryDirectory(prefix="transcript-") as folder:
                file = Path(folder) / "local.jsonl"
                if run_here(first, file):
                    print("The course failed here: what it did until then is compared")
                second = load(file)
    except (OSError, ValueError) as error:
        show(f"Nothing to compare: {error}", sys.stderr)
        return 2
    datasets = {run["dataset"] for side in (first, second) for run in side.runs}
    if len(datasets) > 1 or not common_notebooks(first, second):
        reason = "both must be of one data set, and have a notebook in common"
        show(f"Nothing to compare: {reason}", sys.stderr)
        return 2
    lines, count = report(first, second, ("the transcript", "the local run"))
    show("\n".join(lines))
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
