"""Which events an answer of CloudWatch Logs holds: patterns, pages; knows no file."""

import re
from collections import deque
from collections.abc import Iterable

from local_aws.errors import AwsError

PAGE = 10_000
PAGE_CHARACTERS = 2**20
"""Of all messages in one answer, as AWS's 1 MB: a server that held more would not live long."""
_TERM = re.compile(r'"([^"]*)"|([A-Za-z0-9_]+)')


def invalid(message: str) -> AwsError:
    """Return the refusal of a parameter."""
    return AwsError("InvalidParameterException", message)


def terms(request: dict) -> list[str]:
    """Return the words and phrases of a filter pattern, all of which must occur.

    Raises:
        AwsError: InvalidParameterException, it is more than that.
    """
    pattern = request.get("filterPattern", "").strip()
    matches = list(_TERM.finditer(pattern))
    if _TERM.sub("", pattern).strip():
        words = (
            f"filterPattern {pattern!r}: the local AWS knows words, and phrases in double quotes"
        )
        raise invalid(f"{words} (text with other characters than letters, digits and _ is one).")
    return [match[1] if match[2] is None else match[2] for match in matches]


def first(events: Iterable[dict]) -> list[dict]:
    """Return the first of some events: one, and more as long as an answer may hold them."""
    fitting, size = [], 0
    for event in events:
        size += len(event["message"])
        if fitting and size > PAGE_CHARACTERS:
            break
        fitting.append(event)
    return fitting


def last(events: Iterable[dict]) -> list[dict]:
    """Return the last of some events, as `first` does the first."""
    fitting: deque[dict] = deque()
    size = 0
    for event in events:
        fitting.append(event)
        size += len(event["message"])
        while len(fitting) > 1 and size > PAGE_CHARACTERS:
            size -= len(fitting.popleft()["message"])
    return list(fitting)


def page(items: list, name: str, request: dict, size: int) -> dict:
    """Cut one page out of a list; the token is the place of the next."""
    token = request.get("nextToken") or "0"
    if not token.isdecimal():
        raise invalid("The specified nextToken is invalid.")
    start = int(token)
    end = start + (request.get("limit") or size)
    return {name: items[start:end], **({"nextToken": str(end)} if end < len(items) else {})}
