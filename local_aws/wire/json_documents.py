"""Values in JSON documents, read and written by their shapes. Knows no request and no answer."""

import base64
from datetime import datetime
from typing import Any

from botocore.model import Shape

from local_aws.wire import scalars


def read(shape: Shape, value: Any) -> Any:
    """Return parsed JSON as boto3 was given it: times, bytes, only the members of the model.

    What is not as its shape has it stays as it is: the check against the model names it.
    """
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict) and not shape.is_document_type:
        items = [
            (name, member, value.get(_name(member, name))) for name, member in shape.members.items()
        ]
        return {name: read(member, item) for name, member, item in items if item is not None}
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
    """Return what `json.dumps` takes, with only the members that the model has."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict) and not shape.is_document_type:
        items = [
            (_name(member, name), member, value.get(name)) for name, member in shape.members.items()
        ]
        return {name: write(member, item) for name, member, item in items if item is not None}
    if kind == "list" and isinstance(value, list | tuple):
        return [write(shape.member, item) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: write(shape.value, item) for key, item in value.items()}
    if kind == "timestamp" and isinstance(value, datetime | int | float | str):
        return scalars.timestamp(shape, value, scalars.UNIX)
    if kind == "blob" and isinstance(value, bytes | str):
        return scalars.base64_text(value)
    return value


def _name(member: Shape, name: str) -> str:
    return member.serialization.get("name", name)
