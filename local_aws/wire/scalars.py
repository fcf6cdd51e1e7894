"""Reads and writes single values as text, for headers, URIs, forms and XML. Knows shapes alone.

Contract: https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html (and its kin)
"""

import base64
import binascii
import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from botocore.model import Shape
from botocore.utils import is_json_value_header, parse_timestamp

ISO, RFC, UNIX = "iso8601", "rfc822", "unixtimestamp"
NUMBERS = {"integer": int, "long": int, "float": float, "double": float}


def read(shape: Shape, text: str) -> Any:
    """Return the value of a text; the text itself where it is not valid.

    The validation names a value that has stayed a text.
    """
    kind = shape.type_name
    try:
        if kind in NUMBERS:
            return text if "_" in text else NUMBERS[kind](text)
        if kind == "boolean":
            return {"true": True, "false": False}.get(text, text)
        if kind == "timestamp":
            return moment(text)
        if kind == "blob":
            return base64.b64decode(text, validate=True)
        if is_json_value_header(shape):
            return json.loads(base64.b64decode(text))
    except (ValueError, OverflowError, OSError, RecursionError, binascii.Error):
        return text
    return text


def write(shape: Shape, value: Any, time_format: str) -> str:
    """Return the text of a value; `time_format` is the protocol's, for shapes without one."""
    kind = shape.type_name
    if kind == "timestamp":
        return str(timestamp(shape, value, time_format))
    if kind == "blob":
        return base64_text(value)
    if is_json_value_header(shape):
        return base64_text(json.dumps(value, separators=(",", ":")).encode())
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def moment(value: float | str | datetime) -> datetime:
    """Return a time, in UTC, from seconds since 1970 or any of AWS's text formats.

    Raises:
        ValueError, OverflowError, OSError: the value is not a time.
    """
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = parse_timestamp(value)
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def timestamp(shape: Shape, value: float | str | datetime, time_format: str) -> float | int | str:
    """Return a time in the format of a shape: a text, or seconds since 1970."""
    time_format = shape.serialization.get("timestampFormat", time_format).lower()
    if time_format == UNIX:
        seconds = value if isinstance(value, int | float) else moment(value).timestamp()
        return int(seconds) if seconds == int(seconds) else seconds
    when = moment(value)
    if time_format == RFC:
        return format_datetime(when, usegmt=True)
    return when.isoformat().replace("+00:00", "Z")


def base64_text(value: bytes | str) -> str:
    """Return bytes, or a text's bytes, in base64."""
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()
