"""Lists the differences between two transcripts, operation by operation; reads no file.

The number of status requests, and the order of calls from different threads, are no difference.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from tools.transcripts import EVERYWHERE, Members, Operation, Transcript

READS = re.compile(r"Describe|Get|List|Head|BatchGet|Search|Query|Filter")
"""How operations begin that may be sent any number of times until something is as hoped for."""
SEEN = 2
"""Looks from which on a status counts that the other side never showed: one may be missed."""


@dataclass(frozen=True, order=True)
class Difference:
    """One difference between the two sides of an operation."""

    service: str
    operation: str
    kind: str
    """operation, count, member, type, value, status, order, end, error, wording, http or retry."""
    member: str
    """The member's path, an error code, or empty."""
    text: str
    counts: bool = True
    """False if it may be chance: it is reported, but is no failure."""


def compare(
    first: Transcript, second: Transcript, names: tuple[str, str]
) -> dict[Difference, list[str]]:
    """Return the differences, each with the numbers of the notebooks that show it.

    Args:
        names: the names of the two sides.
    """
    notebooks = defaultdict(list)
    for notebook in common_notebooks(first, second):
        sides = first.operations[notebook], second.operations[notebook]
        for service, operation in sorted({*sides[0], *sides[1]}):
            pair = tuple(side.get((service, operation)) for side in sides)
            for kind, member, text, *counts in _differences(operation, pair, names):
                notebooks[Difference(service, operation, kind, member, text, *counts)].append(
                    notebook
                )
    return dict(sorted(notebooks.items()))


def common_notebooks(first: Transcript, second: Transcript) -> list[str]:
    """Return the notebooks that both have; one name for all where a side does not know them."""
    if not (first.notebooks and second.notebooks):
        return [EVERYWHERE]
    return sorted({*first.notebooks} & {*second.notebooks})


def _differences(
    operation: str, pair: tuple[Operation | None, Operation | None], names: tuple[str, str]
) -> Iterator[tuple]:
    first, second = pair
    if first is None or second is None:
        yield "operation", "", f"sent on {names[first is None]} only"
        return
    if first.calls != second.calls and not READS.match(operation):
        text = f"sent {first.calls} times on {names[0]}, {second.calls} times on {names[1]}"
        yield "count", "", text
    for part in ("request", "answer"):
        yield from _members(part, (getattr(first, part), getattr(second, part)), names)
    yield from _statuses(first, second, names)
    for code, side in _apart({*first.errors}, {*second.errors}, names):
        yield "error", code, f"on {side} only"
    for code in first.errors.keys() & second.errors.keys():
        for message, side in _apart(first.errors[code], second.errors[code], names):
            yield "wording", code, f"{message!r} on {side} only"
    for code in first.http.keys() & second.http.keys():
        for status, side in _apart(first.http[code], second.http[code], names):
            yield "http", code, f"status {status} on {side} only"
    for code, side in _apart({*first.retried}, {*second.retried}, names):
        yield "retry", code, f"on {side} only"


def _members(part: str, pair: tuple[Members, Members], names: tuple[str, str]) -> Iterator[tuple]:
    first, second = pair
    for path in sorted(first.kinds.keys() | second.kinds.keys()):
        member = f"{part}.{path}"
        if path not in first.kinds or path not in second.kinds:
            # Of a member that is missing whole, its own members are not told.
            if all(_parent(path) in side.kinds for side in pair):
                yield "member", member, f"on {names[path not in first.kinds]} only"
            continue
        for kind, side in _apart(first.kinds[path], second.kinds[path], names):
            yield "type", member, f"{kind} on {side} only"
        # Where one side has no value at all, the type says so.
        if first.values.get(path) and second.values.get(path):
            for value, side in _apart(first.values[path], second.values[path], names):
                yield "value", member, f"{value} on {side} only"


def _parent(path: str) -> str:
    """Return the path of what holds a member; of a member of the whole, an empty one."""
    return re.sub(r"(\.?[^.\[\]{}]+|\[\]|\{(key)?\})$", "", path)


def _statuses(first: Operation, second: Operation, names: tuple[str, str]) -> Iterator[tuple]:
    for path in sorted(first.looks.keys() & second.looks.keys()):
        member = f"answer.{path}"
        looks = [
            [[look.status for look in each] for each in side.looks[path].values()]
            for side in (first, second)
        ]
        seen = [{status for each in side for status in each} for side in looks]
        for status, side in _apart(*seen, names):
            times = sum(each.count(status) for each in looks[names.index(side)])
            yield "status", member, f"{status} on {side} only", times >= SEEN
        if "[]" in path:
            continue  # of several things, one after the other
        before, after = map(_order, looks)
        passing = {early for early, _ in before | after}
        ends = [{each[-1] for each in side} - passing for side in looks]
        for status, side in _apart(*ends, names):
            yield "end", member, f"ends as {status} on {side} only"
        for early, late in sorted(before - after):
            if (late, early) in after - before:
                text = f"{early} before {late} on {names[0]}, after it on {names[1]}"
                yield "order", member, text


def _order(looks: list[list[str]]) -> set[tuple[str, str]]:
    """Return all pairs of different statuses of which one was seen before the other."""
    runs = [list(dict.fromkeys(each)) for each in looks]
    return {pair for statuses in runs for pair in combinations(statuses, 2)}


def _apart(first: set[str], second: set[str], names: tuple[str, str]) -> list[tuple[str, str]]:
    """Return what only one of two sets has, with the name of the side that has it."""
    return [(each, names[each not in first]) for each in sorted(first ^ second)]
