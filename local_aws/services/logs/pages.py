"""Filter patterns and pages of CloudWatch Logs: the events of one answer; knows no file."""

import re
from collections import deque
from collections.abc import Iterable

from local_aws.errors import AwsError
from local_aws.state import positions

PAGE = 10_000
PAGE_CHARACTERS = 2**20
"""Characters of all messages in one answer, as AWS's 1 MB: a larger one would fill the memory."""
_TERM = re.compile(r'"([^"]*)"|([A-Za-z0-9_]+)')


def invalid(message: str) -> AwsError:
    """Return the error that refuses a parameter."""
    return AwsError("InvalidParameterException", message)


def terms(request: dict) -> list[str]:
    """Return the words and phrases of a filter pattern; an event must contain all of them.

    Raises:
        AwsError: InvalidParameterException, the pattern has other elements.
    """
    pattern = request.get("filterPattern", "").strip()
    matches = list(_TERM.finditer(pattern))
    if _TERM.sub("", pattern).strip():
        words = (
            f"filterPattern {pattern!r}: the local AWS supports words, and phrases in double quotes"
        )
        raise invalid(
            f"{words} (put text with other characters than letters, digits and _ in quotes)."
        )
    return [match[1] if match[2] is None else match[2] for match in matches]


def first(events: Iterable[dict]) -> list[dict]:
    """Return the first events that fit into one answer, at least one."""
    fitting, size = [], 0
    for event in events:
        size += len(event["message"])
        if fitting and size > PAGE_CHARACTERS:
            break
        fitting.append(event)
    return fitting


def last(events: Iterable[dict]) -> list[dict]:
    """Return the last events that fit into one answer, at least one."""
    fitting: deque[dict] = deque()
    size = 0
    for event in events:
        fitting.append(event)
        size += len(event["message"])
        while len(fitting) > 1 and size > PAGE_CHARACTERS:
            size -= len(fitting.popleft()["message"])
    return list(fitting)


def page(items: list, name: str, request: dict, size: int) -> dict:
    """Return one page of a list."""
    refused = invalid("The specified nextToken is invalid.")
    return positions.page(items, request, name, size, refused, most="limit", token="nextToken")
