"""The intended differences between AWS and the local AWS, with their reasons; compares none."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from tools.differences import Difference


@dataclass(frozen=True)
class Known:
    """Differences of one kind; service, operation and member are patterns of fnmatch."""

    kind: str
    service: str
    operation: str
    member: str
    reason: str


UNASKED = "the local AWS enforces permissions only when asked to"
KNOWN = (
    Known("retry", "*", "*", "*", "AWS throttles and fails now and then; here only when asked to"),
    Known("error", "*", "*", "AccessDenied*", UNASKED),
    Known("error", "*", "*", "UnauthorizedOperation", UNASKED),
    Known("error", "*", "*", "Throttling*", "AWS throttles and fails now and then"),
    Known("status", "sagemaker", "*", "*SecondaryStatus", "instances and images come at once here"),
)


def reason(difference: Difference) -> str | None:
    """Return the reason of an intended difference, else None."""
    for known in KNOWN:
        pairs = (
            (difference.kind, known.kind),
            (difference.service, known.service),
            (difference.operation, known.operation),
            (difference.member, known.member),
        )
        if all(fnmatchcase(value, pattern) for value, pattern in pairs):
            return known.reason
    return None
