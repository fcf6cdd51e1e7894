"""The steps of a pipeline as a graph, read from its definition; calls no service."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_REFERENCE = re.compile(r"Steps\.([^.\[\]]+)")


@dataclass(frozen=True)
class Node:
    """A step and its place in a drawing.

    Attributes:
        after: names of the steps that it waits for.
        column: the length of the longest way to it, 0 for a first step.
        row: its place within the column, from 0.
    """

    name: str
    type: str
    after: tuple[str, ...]
    column: int
    row: int


def read_graph(definition: str) -> list[Node]:
    """Return the steps of a pipeline's definition (JSON, version 2020-12-01), columns in order.

    A step waits for those of `DependsOn`, those whose results it refers to, and, within a branch,
    the condition.
    """
    steps = dict(_flat(json.loads(definition)["Steps"], ()))
    columns: dict[str, int] = {}

    def column(name: str) -> int:
        if name not in columns:
            columns[name] = max((column(each) + 1 for each in steps[name][1]), default=0)
        return columns[name]

    ranked = sorted(steps, key=column)
    taken: dict[int, int] = {}
    nodes = []
    for name in ranked:
        row = taken.get(columns[name], 0)
        taken[columns[name]] = row + 1
        kind, after = steps[name]
        nodes.append(Node(name, kind, _nearest(after, steps), columns[name], row))
    return nodes


def _flat(
    steps: list[dict], before: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    """Yield each step's name with its type and all the steps that it names, branches included."""
    for step in steps:
        branches = {
            key: step.get("Arguments", {}).get(key) or [] for key in ("IfSteps", "ElseSteps")
        }
        own = {**step, "Arguments": {**step.get("Arguments", {}), **dict.fromkeys(branches)}}
        named = [
            each if isinstance(each, str) else each["Step"] for each in step.get("DependsOn", [])
        ]
        named += _REFERENCE.findall(json.dumps(own))
        after = dict.fromkeys((*before, *(name for name in named if name != step["Name"])))
        yield step["Name"], (step["Type"], tuple(after))
        for branch in branches.values():
            yield from _flat(branch, (step["Name"],))


def _nearest(
    after: tuple[str, ...], steps: dict[str, tuple[str, tuple[str, ...]]]
) -> tuple[str, ...]:
    """Return those of `after` to which no other of them leads: the lines that a drawing needs."""

    def above(name: str) -> set[str]:
        direct = steps[name][1]
        return set(direct).union(*map(above, direct))

    covered = set().union(*map(above, after)) if after else set()
    return tuple(name for name in after if name not in covered)
