"""Keeps one recorded authorization request for each action of the user's policies that needs it.

python -m tools.authorizations STATE …    read the notes of enforcing servers' state folders, add
                                          them to docs/authorizations.json, and write it anew

A local AWS that enforces permissions notes what was asked for (docs/local-aws.md). An action of a
statement counts where a request is denied without it; `unused` are those without such a request.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from local_aws.context import Context
from local_aws.services.iam.authorization import NOTES, denied
from local_aws.services.iam.needs import Need
from local_aws.services.iam.principals import Principal, read_policies
from local_aws.state.json_lines import read_lines
from tools.user_policy import DOCS

FILE = DOCS / "authorizations.json"
Action = tuple[str, str]
"""An action, and the first resource of the statement that allows it."""


def statements(docs: Path = DOCS) -> list[dict]:
    """Return the statements of the committed policies, for the local AWS's account."""
    context = Context(docs, "", "", "")
    documents = read_policies(sorted(docs.glob("user-policy-*.json")), context)
    return [line for document in documents for line in document["Statement"]]


def recorded() -> list[Need]:
    """Return the committed requests."""
    return [Need(*row) for row in json.loads(FILE.read_text())]


def is_denied(rows: list[dict], need: Need) -> bool:
    """Say whether statements deny a request."""
    user = Principal("arn:aws:sts::000000000000:user/local", ([{"Statement": rows}],))
    return denied(user, need) is not None


def each_removed(rows: list[dict]) -> Iterator[tuple[Action, list[dict]]]:
    """Yield each action with the statements without it."""
    for number, row in enumerate(rows):
        for action in row["Action"]:
            left = [each for each in row["Action"] if each != action]
            shorter = [{**row, "Action": left}] if left else []
            yield (action, row["Resource"][0]), [*rows[:number], *shorter, *rows[number + 1 :]]


def needed_by(rows: list[dict], requests: Iterable[Need]) -> dict[Action, Need | None]:
    """Return for each action a request that is denied without it, or None."""
    by_action: dict[str, list[Need]] = {}
    for need in requests:
        by_action.setdefault(need.action, []).append(need)
    return {
        action: next((each for each in by_action.get(action[0], []) if is_denied(left, each)), None)
        for action, left in each_removed(rows)
    }


def notes(state: Path) -> Iterator[Need]:
    """Yield what the user asked for, by a state folder's notes."""
    for line in read_lines(state / NOTES, dict):
        if ":assumed-role/" not in line["principal"]:
            yield Need(line["action"], line["resource"], line["context"])


def write(states: Iterable[Path]) -> list[Action]:
    """Write the file anew with the requests of state folders; return the actions without one."""
    requests = [
        *(recorded() if FILE.exists() else []),
        *(n for each in states for n in notes(each)),
    ]
    rows = statements()
    allowed = [each for each in requests if not is_denied(rows, each)]
    found = needed_by(rows, allowed)
    kept = {(each.action, each.resource): each for each in found.values() if each}
    lines = [
        json.dumps([each.action, each.resource, dict(each.context)])
        for _, each in sorted(kept.items())
    ]
    FILE.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    return [action for action, each in found.items() if each is None]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("states", nargs="+", type=Path, metavar="STATE")
    for action, resource in write(parser.parse_args().states):
        print(f"unused: {action} on {resource}")
