"""Names with dots in an event: reads them as paths, as EventBridge does; knows no pattern.

EventBridge flattens an event before it matches it, so that `{"detail.state": "on"}` and
`{"detail": {"state": "on"}}` are the same: https://github.com/aws/event-ruler (Event.java)
"""

from typing import Any


def nested(value: Any) -> Any:
    """Return a value of JSON whose names with dots are objects within objects."""
    if isinstance(value, list):
        return [nested(each) for each in value]
    if not isinstance(value, dict):
        return value
    fields: dict[str, Any] = {}
    for name, inner in value.items():
        head, dot, rest = name.partition(".")
        inner = nested({rest: inner}) if dot else nested(inner)
        fields[head] = _joined(fields[head], inner) if head in fields else inner
    return fields


def _joined(first: Any, second: Any) -> Any:
    """Return two values of one name as one: an array where they are not both objects."""
    if isinstance(first, dict) and isinstance(second, dict):
        common = {name: _joined(first[name], second[name]) for name in first.keys() & second.keys()}
        return first | second | common
    return [
        each for side in (first, second) for each in (side if isinstance(side, list) else [side])
    ]
