"""Which members of a request are done: an operation's row states them, all others are refused.

So a member that nobody does, or that AWS adds tomorrow, is refused by name without being listed.
A statement is names with spaces between. `Name(Inner …)`: of that structure, or of each one in that
list or map, what stands in the brackets. `Name(*)`: all of it, which is kept or passed on as it is.
`Name=a|b`: these values alone. Knows no engine.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import Shape

WHOLE = "*"
_WORD = re.compile(r"[()]|[^\s()]+")


@cache
def read(statement: str) -> dict[str, Any]:
    """Return the stated names: each with None, with its values, or with what is done inside it."""
    names, outer, last = {}, [], ""
    for word in _WORD.findall(statement):
        if word == "(":
            outer.append(names)
            names[last] = inner = {}
            names = inner
        elif word == ")":
            names = outer.pop()
        else:
            last, has_values, values = word.partition("=")
            names[last] = tuple(values.split("|")) if has_values else None
    return names


def left_out(shape: Shape | None, request: dict, statement: str) -> list[str]:
    """Return what a request has that is not done: `Tags`, or `S3InputMode Pipe (File is done)`.

    Args:
        request: as its service's model, `shape`, has it.
    """
    return sorted(set(_named(shape, request, read(statement)))) if shape else []


def _named(shape: Shape, value: Any, done: dict[str, Any], path: str = "") -> Iterator[str]:
    if shape.type_name == "list":
        for item in value:
            yield from _named(shape.member, item, done, path)
    elif shape.type_name == "map":
        for item in value.values():
            yield from _named(shape.value, item, done, path)
    elif shape.type_name == "structure" and WHOLE not in done:
        for name in value.keys() & shape.members.keys():
            item, at = value[name], f"{path}{name}"
            if item is None or (name in ("Tags", "tags") and not item):
                continue  # it says nothing
            if name not in done:
                yield at
            elif isinstance(inner := done[name], dict):
                yield from _named(shape.members[name], item, inner, f"{at}.")
            elif inner is not None and (text := _text(item)) not in inner:
                yield f"{at} {text} ({' or '.join(inner)} is done)"


def _text(item: Any) -> str:
    return str(item).lower() if isinstance(item, bool) else str(item)
