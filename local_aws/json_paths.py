"""Selects parts of a JSON value by a path, in the part of JSONPath that AWS documents.

Names, indexes, slices, lists of them, and the wildcard; no descendants, no filters, no functions:
https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
Libraries refuse the first page's own `$[0,5:]`.
"""

import re
from collections.abc import Callable
from typing import Any

ROOT = "$"
_STEP = re.compile(r"\.?\[(?P<inside>[^\]]+)\]|\.(?P<name>[\w-]+)|\.?(?P<star>\*)")
_NAME = re.compile(r"""\s*(['"])(?P<name>.+?)\1\s*""")
_ITEM = re.compile(r"\s*(?P<index>-?\d+)\s*|\s*(?P<start>-?\d*)\s*:\s*(?P<end>-?\d*)\s*")
Select = Callable[[Any], Any]


def selector(path: str) -> Select:
    """Return the function that selects what a path names.

    It raises LookupError or TypeError where a value has no such part.

    Raises:
        ValueError: the path is not of this grammar; the message says where.
    """
    if not path.startswith(ROOT):
        raise ValueError(f"JSONPath {path} does not begin with {ROOT}")
    steps, at = [], len(ROOT)
    while at < len(path):
        if not (match := _STEP.match(path, at)):
            raise ValueError(f"JSONPath {path} has {path[at:]!r}, which the local AWS has not")
        steps.append(_step(match, path))
        at = match.end()

    def select(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return select


def _step(match: re.Match, path: str) -> Select:
    if match["star"] or match["inside"] == "*":
        return lambda value: list(value.values()) if isinstance(value, dict) else list(value)
    if name := match["name"]:
        return lambda value: _of(value, dict)[name]
    words = match["inside"].split(",")
    if all(found := [_NAME.fullmatch(word) for word in words]):
        names = [each["name"] for each in found]
        if len(names) == 1:
            return lambda value: _of(value, dict)[names[0]]
        return lambda value: {name: _of(value, dict)[name] for name in names}
    if not all(found := [_ITEM.fullmatch(word) for word in words]):
        raise ValueError(f"JSONPath {path} has {match[0]!r}, which the local AWS has not")
    if len(found) == 1 and found[0]["index"]:
        return lambda value: _of(value, list)[int(found[0]["index"])]
    return lambda value: [item for each in found for item in _items(_of(value, list), each)]


def _items(value: list, match: re.Match) -> list:
    if match["index"]:
        return [value[int(match["index"])]]
    start, end = (int(text) if text else None for text in (match["start"], match["end"]))
    return value[start:end]


def _of(value: Any, kind: type) -> Any:
    """Return a value of a kind; Python would look for an index in a text, too."""
    if not isinstance(value, kind):
        raise TypeError(f"it selects from {'an object' if kind is dict else 'an array'}")
    return value
