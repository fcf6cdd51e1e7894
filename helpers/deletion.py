"""Deletes the course's resources in the order of their use, again and again until none is left.

One pass after the other goes through the kinds of `inventory.KINDS`. A resource that is in use, is
changing or is refused is tried again in the next pass, within bounds; the others go on meanwhile.
So a run that was killed is simply begun again.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from botocore.exceptions import BotoCoreError, ClientError

from helpers.config import Config
from helpers.inventory import KINDS, LAG, UNKNOWN, listed
from helpers.resources.kind import Busy, Kind, is_gone
from helpers.waiting import DENIED, NotTold, until

LONGEST = 1800.0
"""Seconds for which a resource that is changing is waited for: an endpoint may take half an hour to
come up, and can't be deleted before."""
QUIET = 3
"""Pauses after the last deletion in which a late list may show something more."""
COLUMNS = ["service", "kind", "name", "result", "why", "what to do"]


@dataclass
class Outcome:
    """What has become of one resource so far."""

    kind: Kind
    name: str
    since: float
    """When it was tried first."""
    error: Exception | None = None
    """Why it is still there."""

    def is_open(self, now: float, patience: float) -> bool:
        """Say whether it may still be deleted by trying again."""
        if self.error is None or is_denied(self.error):
            return False
        return now - self.since < (LONGEST if isinstance(self.error, Busy) else patience)


class Cleanup:
    """The passes of one deletion, and what they have done."""

    def __init__(self, config: Config, patience: float):
        self.config, self.patience = config, patience
        self.outcomes: dict[tuple[str, str], Outcome] = {}
        self.last_change = time.monotonic()

    def one_pass(self) -> dict[str, int]:
        """Try to delete everything that is listed; return the numbers of deleted and left ones."""
        for kind in KINDS:
            try:
                names = [resource.name for resource in listed(self.config, kind)]
            except ClientError as error:
                self._outcome(kind, UNKNOWN).error = error
                continue
            self._pass(kind, names)
        deleted = [outcome for outcome in self.outcomes.values() if outcome.error is None]
        return {"deleted": len(deleted), "left": len(self.outcomes) - len(deleted)}

    def _pass(self, kind: Kind, names: Iterable[str]) -> None:
        self.outcomes.pop((kind.name, UNKNOWN), None)
        for outcome in self.outcomes.values():
            if outcome.kind is kind and outcome.name not in names:
                outcome.error = None  # it is not listed any more
        for name in names:
            outcome = self._outcome(kind, name)
            if outcome.error is None or outcome.is_open(time.monotonic(), self.patience):
                outcome.error = self._delete(kind, name)

    def _outcome(self, kind: Kind, name: str) -> Outcome:
        now = time.monotonic()
        if (kind.name, name) not in self.outcomes:
            self.outcomes[kind.name, name] = Outcome(kind, name, now)
            self.last_change = now
        return self.outcomes[kind.name, name]

    def _delete(self, kind: Kind, name: str) -> Exception | None:
        """Delete one resource, and return the reason if it is still there."""
        try:
            if users := self.left(kind.after, Busy):
                raise Busy(f"{users[0].kind.name} {users[0].name} uses it")
            kind.delete(self.config, name)
        except (ClientError, BotoCoreError, LookupError, Busy, NotTold) as error:
            return None if is_gone(error) else error
        return None

    def left(self, kinds: Iterable[str], reason: type[Exception] = Exception) -> list[Outcome]:
        """Return what is still there of some kinds, for a class of reasons."""
        return [
            outcome
            for outcome in self.outcomes.values()
            if outcome.kind.name in kinds and isinstance(outcome.error, reason)
        ]

    def is_done(self) -> bool:
        """Say whether nothing more can be deleted, and no late list has shown anything lately."""
        now = time.monotonic()
        if any(each.is_open(now, self.patience) for each in self.outcomes.values()):
            return False
        return now - self.last_change >= QUIET * self.config.poll_seconds

    def row(self, outcome: Outcome) -> tuple[str, ...]:
        """Return the row of a resource in the table of results."""
        place = (outcome.kind.service, outcome.kind.name, outcome.name)
        if (error := outcome.error) is None:
            return (*place, "deleted", "", "")
        reason = getattr(error, "response", {}).get("Error", {}).get("Message") or str(error)
        return (*place, "left", reason, self._advice(outcome))

    def _advice(self, outcome: Outcome) -> str:
        if is_denied(outcome.error):
            return "get the permission (docs/user-policy-*.json), then run this notebook again"
        if users := self.left(outcome.kind.after):
            return (
                f"delete {users[0].kind.name} {users[0].name} first, then run this notebook again"
            )
        return "do what the reason says, or wait a while; then run this notebook again"


def is_denied(error: Exception | None) -> bool:
    """Say whether the caller may not do it, so that trying again is of no use."""
    return isinstance(error, ClientError) and error.response["Error"]["Code"] in DENIED


def delete_all(config: Config, patience: float = LAG) -> pd.DataFrame:
    """Delete all resources that `inventory` lists; return a row with the result for each.

    It returns once nothing more is listed, also not by a late list, and nothing left can be deleted
    by trying again. A resource that is gone already is no error, so this may be run at any time.

    Args:
        patience: seconds for which a refused deletion is tried again.
    """
    cleanup = Cleanup(config, patience)
    until(
        cleanup.one_pass,
        lambda _: cleanup.is_done(),
        name="cleanup",
        words=lambda counts: f"{counts['deleted']} deleted, {counts['left']} left",
        pause=config.poll_seconds,
    )
    return pd.DataFrame(map(cleanup.row, cleanup.outcomes.values()), columns=COLUMNS)
