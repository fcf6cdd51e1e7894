"""Validates a request against botocore's service model; knows shapes, and no service.

Checked as on AWS: required members, types, enums, patterns, lengths, ranges.
"""

from datetime import datetime
from functools import cache
from typing import Any

import regex
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

from local_aws.errors import AwsError


@cache
def service_model(service: str) -> ServiceModel:
    """Return botocore's model of a service, such as `sagemaker`."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def operation_model(service: str, operation: str) -> OperationModel:
    """Return botocore's model of one operation."""
    return service_model(service).operation_model(operation)


CODES = {
    "athena": "InvalidRequestException",
    "ecr": "InvalidParameterException",
    "glue": "InvalidInputException",
    "iam": "ValidationError",
    "sagemaker-runtime": "ValidationError",
    "sts": "ValidationError",
}
"""Error codes for invalid requests, of services whose code is not ValidationException."""


@cache
def _pattern(text: str) -> "regex.Pattern | None":
    # `regex` supports \p{L} and the like, `re` does not; a few Java-only patterns are ignored.
    try:
        return regex.compile(text)
    except regex.error:
        return None


_TYPES = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "character": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "blob": bytes,
    "timestamp": datetime,
}


def _members(shape: Shape, value: Any, path: str) -> list[str]:
    """Return the problems inside a structure, a map or a list."""
    if shape.type_name == "structure":
        lines = [
            f"Value at '{_join(path, name)}' failed to satisfy constraint: Member must not be null"
            for name in shape.required_members
            if value.get(name) is None
        ]
        for name, item in value.items():
            if item is not None and name in shape.members:
                lines += problems(shape.members[name], item, _join(path, name))
        return lines
    if shape.type_name == "map":
        return [
            line
            for key, item in value.items()
            for line in problems(shape.key, key, f"{path}.key")
            + problems(shape.value, item, f"{path}.{key}")
        ]
    return [
        line
        for number, item in enumerate(value, 1)
        for line in problems(shape.member, item, f"{path}.{number}.member")
    ]


def _join(path: str, name: str) -> str:
    first = name[:1].lower() + name[1:]
    return f"{path}.{first}" if path else first


def _limits(shape: Shape, value: Any, path: str) -> list[str]:
    """Return the problems of a value's length, range, pattern or enum."""
    failed = f"Value '{value}' at '{path}' failed to satisfy constraint: "
    meta, lines = shape.metadata, []
    sized = isinstance(value, str | list | dict | bytes)
    measure = len(value) if sized else value
    noun = "have length" if sized else "have value"
    if "min" in meta and measure < meta["min"]:
        lines.append(f"{failed}Member must {noun} greater than or equal to {meta['min']}")
    if "max" in meta and measure > meta["max"]:
        lines.append(f"{failed}Member must {noun} less than or equal to {meta['max']}")
    if meta.get("enum") and value not in meta["enum"]:
        lines.append(f"{failed}Member must satisfy enum value set: [{', '.join(meta['enum'])}]")
    if isinstance(value, str) and "pattern" in meta:
        pattern = _pattern(meta["pattern"])
        if pattern is not None and not pattern.fullmatch(value):
            lines.append(
                f"{failed}Member must satisfy regular expression pattern: {meta['pattern']}"
            )
    return lines


def problems(shape: Shape, value: Any, path: str = "") -> list[str]:
    """Return the problems that AWS would report of a value, a line each."""
    expected = _TYPES[shape.type_name]
    is_flag_for_number = isinstance(value, bool) and shape.type_name != "boolean"
    if not isinstance(value, expected) or is_flag_for_number:
        return [f"Value at '{path}' has the wrong type: {shape.type_name} expected"]
    unlimited = ("blob", "timestamp", "structure", "boolean")
    lines = [] if shape.type_name in unlimited else _limits(shape, value, path)
    if shape.type_name in ("structure", "map", "list"):
        lines += _members(shape, value, path)
    return lines


def check_request(service: str, operation: str, request: dict) -> None:
    """Validate a request as AWS does before it executes an operation.

    Raises:
        AwsError: `ValidationException`, or the service's code, with one line for each problem.
    """
    shape = operation_model(service, operation).input_shape
    lines = problems(shape, request) if shape else []
    if lines:
        noun = "error" if len(lines) == 1 else "errors"
        code = CODES.get(service, "ValidationException")
        raise AwsError(code, f"{len(lines)} validation {noun} detected: {'; '.join(lines)}")
