"""The rules of injected faults: off by default, kept in memory; knows no HTTP.

AWS is slow at times, throttles, drops connections, denies, interrupts spot instances and shows log
events late. These rules make the local AWS do so, to test how a program behaves then.
"""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

KINDS = (
    *("slow", "throttled", "dropped", "denied", "interrupted", "lagging"),
    *("duplicated", "reordered"),
)


@dataclass(frozen=True)
class Fault:
    """One rule.

    `slow`: answers begin `seconds` later, and their bodies come at `bytes_per_second`.
    `throttled`: the service's throttling error. `dropped`: the connection ends without an answer.
    `denied`: the service's error for a user who is not allowed it.
    `interrupted`: spot training jobs lose their instances `seconds` after they start.
    `lagging`: changes can be read `seconds` later: log events (`logs`, `PutLogEvents`), created and
    deleted resources in lists (`sagemaker`, `List`), a new role in SageMaker (`iam`, `CreateRole`),
    and that an endpoint is there or gone (`sagemaker`, `DescribeEndpoint`).
    `duplicated`, `reordered` (`events`, `Deliver`): an event goes to a target twice; or `seconds`
    late, after those that came later.

    Raises:
        ValueError: the kind is unknown, or a number is not valid.
    """

    kind: str
    service: str = "*"
    """boto3's name of the service; `*` and `?` are wildcards, here and in `operation`."""
    operation: str = "*"
    share: float = 1.0
    """Share of the matching requests that meet the fault, drawn with `seed`."""
    seconds: float = 0.0
    bytes_per_second: float = 0.0
    """0: no limit."""
    times: int = 0
    """Number of faults after which the rule ends; 0: never."""

    def __post_init__(self) -> None:
        """Refuse a rule that is not valid."""
        if self.kind not in KINDS:
            raise ValueError(f"There is no fault {self.kind!r}: use one of {', '.join(KINDS)}.")
        if not 0 < self.share <= 1:
            raise ValueError(f"The share is {self.share}, but must be above 0 and at most 1.")
        if min(self.seconds, self.bytes_per_second, self.times) < 0:
            raise ValueError("Seconds, bytes_per_second and times must not be negative.")


class Faults:
    """The rules in force; the same seed and the same requests give the same faults."""

    def __init__(self) -> None:
        self._rules: tuple[Fault, ...] = ()
        self._left: dict[int, int] = {}
        self._random, self._lock = random.Random(0), threading.Lock()

    def set(self, rules: Sequence[Fault], seed: int = 0) -> None:
        """Replace all rules; an empty list switches faults off."""
        with self._lock:
            self._rules, self._random = tuple(rules), random.Random(seed)
            self._left = {number: rule.times for number, rule in enumerate(rules) if rule.times}

    @property
    def rules(self) -> tuple[Fault, ...]:
        """Return the rules in force."""
        return self._rules

    def draw(self, kind: str, service: str, operation: str) -> Fault | None:
        """Draw whether a request meets a fault now, and return the rule, or None."""
        if not self._rules:  # the usual case, at every request
            return None
        with self._lock:
            for number, rule in enumerate(self._rules):
                if rule.kind == kind and self._fits(number, rule, service, operation):
                    if number in self._left:
                        self._left[number] -= 1
                    return rule
        return None

    def lag(self, service: str, operation: str) -> float:
        """Return by how many seconds an operation's changes are late now; 0 without such a rule."""
        rule = self.draw("lagging", service, operation)
        return rule.seconds if rule else 0.0

    def _fits(self, number: int, rule: Fault, service: str, operation: str) -> bool:
        return (
            fnmatchcase(service, rule.service)
            and fnmatchcase(operation, rule.operation)
            and self._left.get(number, 1) > 0
            and (rule.share == 1 or self._random.random() < rule.share)
        )
