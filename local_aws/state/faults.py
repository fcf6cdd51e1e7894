"""The one table of faults that a local AWS shows on request; off by default, kept in memory.

AWS is slow, throttles, drops connections, takes spot instances and is late at times: a program
that is to stand that is tried against these rules. Knows rules and chance, and no HTTP.
"""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

KINDS = ("slow", "throttled", "dropped", "interrupted", "lagging")


@dataclass(frozen=True)
class Fault:
    """One rule.

    `slow`: answers begin `seconds` later, and a body takes its bytes at `bytes_per_second`.
    `throttled`: the service's throttling error. `dropped`: the connection ends without an answer.
    `interrupted`: spot training jobs lose their instances `seconds` after they start.
    `lagging`: what was done is seen `seconds` later: log events (`logs`, `PutLogEvents`), what was
    created or deleted in lists (`sagemaker`, `List`), and a new role by SageMaker (`iam`,
    `CreateRole`).

    Raises:
        ValueError: a kind or a number that is none.
    """

    kind: str
    service: str = "*"
    """As boto3 names it; `*` and `?` stand for any characters, also below."""
    operation: str = "*"
    share: float = 1.0
    """Of the requests that the rule fits, those that it happens to; drawn with `seed`."""
    seconds: float = 0.0
    bytes_per_second: float = 0.0
    """0: as fast as it goes."""
    times: int = 0
    """After so many faults the rule ends; 0: never."""

    def __post_init__(self) -> None:
        """Refuse what is no rule."""
        if self.kind not in KINDS:
            raise ValueError(f"There is no fault {self.kind!r}: there are {', '.join(KINDS)}.")
        if not 0 < self.share <= 1:
            raise ValueError(f"The share {self.share} is not above 0 and at most 1.")
        if min(self.seconds, self.bytes_per_second, self.times) < 0:
            raise ValueError("Seconds, bytes_per_second and times are not negative.")


class Faults:
    """The rules in force; the same seed and the same requests give the same faults."""

    def __init__(self) -> None:
        self._rules: tuple[Fault, ...] = ()
        self._left: dict[int, int] = {}
        self._random, self._lock = random.Random(0), threading.Lock()

    def set(self, rules: Sequence[Fault], seed: int = 0) -> None:
        """Replace all rules; none switches faults off."""
        with self._lock:
            self._rules, self._random = tuple(rules), random.Random(seed)
            self._left = {place: rule.times for place, rule in enumerate(rules) if rule.times}

    @property
    def rules(self) -> tuple[Fault, ...]:
        """Return the rules in force."""
        return self._rules

    def draw(self, kind: str, service: str, operation: str) -> Fault | None:
        """Return the rule by which a fault happens to a request now, if one does."""
        if not self._rules:  # every request asks
            return None
        with self._lock:
            for place, rule in enumerate(self._rules):
                if rule.kind == kind and self._fits(place, rule, service, operation):
                    if place in self._left:
                        self._left[place] -= 1
                    return rule
        return None

    def lists_late(self) -> float:
        """Return by how many seconds SageMaker's lists are late now; 0 without such a rule."""
        rule = self.draw("lagging", "sagemaker", "List") if self._rules else None
        return rule.seconds if rule else 0.0

    def _fits(self, place: int, rule: Fault, service: str, operation: str) -> bool:
        return (
            fnmatchcase(service, rule.service)
            and fnmatchcase(operation, rule.operation)
            and self._left.get(place, 1) > 0
            and (rule.share == 1 or self._random.random() < rule.share)
        )
