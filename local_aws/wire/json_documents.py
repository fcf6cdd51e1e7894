"""Reads and writes values in JSON documents by their shapes. Knows no request and no answer."""

import base64
from datetime import datetime
from functools import cache
from typing import Any

from botocore.model import Shape

from local_aws.wire import scalars
from local_aws.wire.required import Members


def read(shape: Shape, value: Any) -> Any:
    """Return parsed JSON in boto3's form: times, bytes, and only members of the model.

    A value of a wrong type stays as it is: the validation names it.
    """
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict) and not shape.is_document_type:
        names = _names(shape)
        items = [(*names[key], item) for key, item in value.items() if key in names]
        values = {name: read(member, item) for name, member, item in items if item is not None}
        return Members(values)
    if kind == "list" and isinstance(value, list):
        return [read(shape.member, item) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: read(shape.value, item) for key, item in value.items()}
    if kind in ("timestamp", "blob") and not isinstance(value, bool):
        return _converted(kind, value)
    return value


def _converted(kind: str, value: Any) -> Any:
    try:
        if kind == "timestamp":
            return scalars.moment(value)
        return base64.b64decode(value, validate=True)
    except (ValueError, TypeError, AttributeError, OverflowError, OSError):
        return value


def write(shape: Shape, value: Any) -> Any:
    """Return a value for `json.dumps`, with members of the model only."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict) and not shape.is_document_type:
        members = shape.members
        items = [(key, members[key], item) for key, item in value.items() if key in members]
        return {
            member.serialization.get("name", key): write(member, item)
            for key, member, item in items
            if item is not None
        }
    if kind == "list" and isinstance(value, list | tuple):
        return [write(shape.member, item) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: write(shape.value, item) for key, item in value.items()}
    if kind == "timestamp" and isinstance(value, datetime | int | float | str):
        return scalars.timestamp(shape, value, scalars.UNIX)
    if kind == "blob" and isinstance(value, bytes | str):
        return scalars.base64_text(value)
    return value


@cache
def _names(shape: Shape) -> dict[str, tuple[str, Shape]]:
    """Return a structure's members with their names in the model, by their names in JSON."""
    members = shape.members.items()
    return {member.serialization.get("name", name): (name, member) for name, member in members}
