"""Words the README's four subjects with the numbers of the rendered pages; computes no number."""

import re
from functools import cache

import nbformat

from helpers.datasets import NAMES
from tools import notebooks

FOUND = {
    "answer": ("08", "08-load-2", r"^1 +\S+ +\S+ +(\S+)"),
    "load": ("08", "08-load-2", r"^16 +\S+ +(\S+)"),
    "update": ("08", "08-update-9", r"^Updating +(\d+) +(\d+)"),
    "defaults": ("06", "cell-29", r"^defaults (\S+)"),
    "best": ("06", "cell-29", r"^best +(\S+)"),
    "chance": ("06", "cell-39", r"the best of \d+ others needs (\S+):"),
    "searches": ("06", "cell-33", r"^dollars +(\S+) +(\S+)"),
    "bill": ("00", "00-20", r"all of it +(\$\S+)"),
    "job": ("05", "05-13", r"Completed, (\d+) s on .*, (\$\S+)>"),
    "full": ("04", "04-37", r"at this rate: (\S+) hours, (\$\S+)"),
    "sharding": ("04", "04-13", r"Completed, (\d+) s on"),
    "tested": ("05", "05-27", r"^(\d+) samples tested, (\d+) in the manifest"),
}
"""What numbers are called, to their notebook, their cell and their place in the cell's output."""
TEXTS = {
    "Deployment": (
        "`08` serves the last approved version from its archive, on ONNX Runtime, and its answers "
        "are those of the model offline. One client waits", ("answer", "{} ms"),
        "for an answer; sixteen get", ("load", "{} a second"),
        "together. Instances follow the load, a bad version goes back by itself, and of the "
        "requests during a guarded update", ("update", "{1} of {0}"), "failed.",
    ),
    "Tuning": (
        "`06` runs SageMaker's own tuning job beside a search on a warm pool that can be stopped "
        "and continued, for", ("searches", "${} and ${}"),
        "at AWS's prices. Macro recall goes from", ("defaults", "{}"), "to", ("best", "{}"),
        "in short trials, where a gain below", ("chance", "{}"),
        "may be chance: `06` says so, trains the winner in full, and `07` registers it.",
    ),
    "Cost": (
        "`00` has the bill of the whole course from one dated price table,", ("bill", "{}"),
        "on AWS; a job shows its own:", ("job", "{} s for {}"),
        "for the training of `05`. `04` reckons half a million raw objects:",
        ("full", "{} hours and {}"), "at the rate measured here. `12` deletes all and proves it.",
    ),
    "Several instances": (
        "two instances shard by one plan (`04`), in", ("sharding", "{} s"),
        "here. Two train one model (`05`): they read different samples, average their gradients, "
        "stop together and test each sample once,", ("tested", "{} of {}"),
        "samples. `05` also interrupts a run, stops one early, and compares one instance with two.",
    ),
}  # fmt: skip
"""A subject, to its words and, between them, names of `FOUND` with the form of their numbers."""


@cache
def found(name: str, dataset: str) -> tuple[str, ...]:
    """Return the numbers of a name on a data set's pages.

    Raises:
        LookupError: the cell's output has no such place.
    """
    number, cell_id, pattern = FOUND[name]
    (path,) = (path for path in notebooks.paths(dataset) if path.name[:2] == number)
    cells = {cell.id: cell for cell in nbformat.read(path, 4).cells}
    outputs = cells[cell_id].outputs if cell_id in cells else []
    texts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs]
    if match := re.search(pattern, "\n".join(texts), re.M):
        return match.groups()
    raise LookupError(f"{path.name} of the {dataset} has no {name}: cell {cell_id}, {pattern}")


def each(name: str, form: str) -> str:
    """Return the numbers of each data set in a form; once where all have the same."""
    words = {dataset: form.format(*found(name, dataset)) for dataset in NAMES}
    if len(set(words.values())) == 1:
        return words[NAMES[0]]
    return " and ".join(f"{text} ({dataset})" for dataset, text in words.items())


def subjects() -> str:
    """Return what was done for each subject, with its notebooks and its numbers, a bullet each."""
    bullets = []
    for subject, parts in TEXTS.items():
        words = [part if isinstance(part, str) else each(*part) for part in parts]
        bullets.append(f"- **{subject}**: {' '.join(words)}")
    return "\n".join(bullets)
