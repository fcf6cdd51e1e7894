"""Reads transcripts of the course, and sums up each operation's calls; compares nothing."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from helpers.evidence.journal import read
from helpers.evidence.published import regions
from helpers.evidence.trees import LIST, MAP, kind_of

PLACEHOLDER = re.compile(r"<(\w+)-[a-z2-7]{5}>")
REGION = re.compile(r"\b[a-z]{2}(?:-[a-z]+){1,2}-\d\b")
STATUS = re.compile(r"(Status|State)$")
FORMS = ("arn", "boolean", "enum", "image", "message", "s3", "string")
"""Leaves whose values mean the same in every run."""
EVERYWHERE = "all notebooks"
RUN = {"botocore", "cloud", "dataset", "own_data"}
"""What is read of a run."""


@dataclass
class Members:
    """The members of an operation's requests or answers, over all its calls."""

    kinds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Path of a member, and the types that it had."""
    values: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Path of a member, and the values that mean the same in every run."""

    def add(self, tree: Any) -> None:
        """Add the members of one call."""
        for path, leaf in leaves(tree):
            kind = kind_of(leaf)
            self.kinds[path].add("string" if kind == "text" else kind)
            value = meaning(leaf)
            if value is not None and not (kind == "enum" and STATUS.search(path)):
                self.values[path].add(value)


class Look(NamedTuple):
    """A status, and when it was seen in seconds of its kernel."""

    status: str
    at: float


@dataclass
class Operation:
    """What the calls of one operation were, in one notebook."""

    calls: int = 0
    request: Members = field(default_factory=Members)
    answer: Members = field(default_factory=Members)
    errors: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Error code, or exception, and its messages."""
    http: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Error code, or `answer`, and the HTTP statuses that came with it."""
    retried: Counter = field(default_factory=Counter)
    """Error code or HTTP status of the attempts that were made again."""
    looks: dict[str, dict[str, list["Look"]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    """Path of a status, and for each request of a kernel what it was, one after the other."""
    seconds: list[float] = field(default_factory=list)

    def add(self, call: dict) -> None:
        """Add one call."""
        self.calls += 1
        self.request.add(call["request"])
        self.seconds.append(call["seconds"])
        for attempt in call.get("retried", ()):
            known = (attempt.get(name) for name in ("code", "exception", "status"))
            self.retried[str(next(filter(None, known), "?"))] += 1
        if "answer" not in call:
            code = call.get("code") or call.get("exception") or str(call["status"])
            messages = self.errors[code]
            self.http[code].add(str(call.get("status")))
            if message := call.get("message"):
                messages.add(common(message))
            return
        self.answer.add(call["answer"])
        self.http["answer"].add(str(call["status"]))
        question = json.dumps([call["process"], call["request"]], sort_keys=True)
        for path, leaf in leaves(call["answer"]):
            if kind_of(leaf) == "enum" and STATUS.search(path):
                self.looks[path][question].append(Look(leaf.removeprefix("enum="), call["at"]))

    def stays(self) -> dict[tuple[str, str], list[float]]:
        """Return how many seconds statuses lasted, by path and status, from look to look.

        The last status of each thing is left out: nobody saw it go.
        """
        seconds = defaultdict(list)
        for path, looks in self.looks.items():
            if "[]" not in path:
                for each in looks.values():
                    changes = [b for a, b in pairwise((Look("", 0), *each)) if a.status != b.status]
                    for begun, ended in pairwise(changes):
                        seconds[path, begun.status].append(ended.at - begun.at)
        return seconds


@dataclass
class Transcript:
    """The runs and the operations of one transcript."""

    runs: list[dict]
    operations: dict[str, dict[tuple[str, str], Operation]]
    """Number of a notebook, and its operations by service and name."""
    faults: list[str]
    """Why it is not whole."""

    @property
    def notebooks(self) -> list[str]:
        """Return the numbers of its notebooks; nothing where a run does not say which it was."""
        numbers = {run.get("notebook") for run in self.runs}
        return [] if None in numbers else sorted(numbers)


def load(path: Path) -> Transcript:
    """Read a transcript.

    Raises:
        ValueError: it holds no run, or records of another form.
    """
    records, broken = read(path)
    try:
        return _of(records, broken)
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path.name} is no transcript of the course: {error}") from error


def _of(records: list[dict], broken: int) -> Transcript:
    runs = {r["process"]: r["run"] for r in records if "run" in r}
    if not runs:
        raise ValueError("it names no run")
    for run in runs.values():
        if missing := RUN - run.keys():
            raise ValueError(f"a run lacks {', '.join(sorted(missing))}")
    operations: dict = defaultdict(lambda: defaultdict(Operation))
    for call in (record for record in records if "call" in record):
        notebook = runs.get(call["process"], {}).get("notebook")
        for name in filter(None, (notebook, EVERYWHERE)):
            operations[name][call["service"], call["operation"]].add(call)
    faults = [f"{broken} of its lines are broken"] if broken else []
    if any(record.get("cut") for record in records):
        faults.append("it was cut at its limit")
    return Transcript(list(runs.values()), operations, faults)


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and leaf of all parts of a tree, containers included."""
    if isinstance(tree, str):
        yield path, tree
    elif LIST in tree:
        yield path, "list"
        for item in tree["of"]:
            yield from leaves(item, f"{path}[]")
    elif MAP in tree:
        yield path, "map"
        for item in tree["keys"]:
            yield from leaves(item, f"{path}{{key}}")
        for item in tree["of"]:
            yield from leaves(item, f"{path}{{}}")
    else:
        yield path, "structure"
        for name, part in tree.items():
            yield from leaves(part, f"{path}.{name}" if path else name)


def meaning(leaf: str) -> str | None:
    """Return a leaf's value if it means the same in every run, or None."""
    kind, equals, value = leaf.partition("=")
    if not equals or kind not in FORMS:
        return None
    value = common(value)
    return None if kind == "string" and (not value or value.startswith("<")) else value


def common(text: str) -> str:
    """Return a text as it is in every run: placeholders by their kind, no region."""
    text = PLACEHOLDER.sub(r"<\1>", text)
    return REGION.sub(lambda match: "<region>" if match[0] in regions() else match[0], text)
