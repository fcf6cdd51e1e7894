"""Puts values into a step's arguments: parameters, properties of steps, joins, parts of JSON files.

An expression is an object with one member, `Get`, `Std:Join` or `Std:JsonGet`:
https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from botocore.model import Shape

from local_aws.json_paths import ROOT, selector

GET, JOIN, JSON_GET = "Get", "Std:Join", "Std:JsonGet"
FILES = "PropertyFiles"
_STEP = re.compile(r"(?P<name>\w+)|\[(?P<index>\d+)\]|\['(?P<key>[^']*)'\]")
INNER = ("IfSteps", "ElseSteps")
"""Arguments of a condition that are steps themselves."""


class Unresolved(Exception):
    """A reference names what is not there; the message says what."""


def is_expression(value: Any) -> bool:
    """Say whether a value stands for another one."""
    return isinstance(value, dict) and len(value) == 1 and {*value} <= {GET, JOIN, JSON_GET}


def paths(value: Any) -> Iterator[str]:
    """Yield the paths that a value gets, its inner steps' left out."""
    if isinstance(value, dict):
        if is_expression(value) and isinstance(value.get(GET), str):
            yield value[GET]
        for name, inner in value.items():
            if name not in INNER:
                yield from paths(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner)


def literal(value: Any) -> Any:
    """Return the part of a value that needs no execution: without expressions."""
    if isinstance(value, dict):
        inner = {name: literal(each) for name, each in value.items() if not is_expression(each)}
        return inner
    if isinstance(value, list):
        return [literal(each) for each in value if not is_expression(each)]
    return value


def text(value: Any) -> str:
    """Return a value as a part of a text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value if isinstance(value, str) else json.dumps(value)


class Resolver:
    """Resolves the expressions of one execution.

    Args:
        values: what paths begin with, `Parameters`, `Execution`, …, each with its values.
        outputs: returns the properties of a step that has succeeded, None of another one.
        read: returns the bytes of an S3 URI; raises LookupError where there is no such object.
        file: returns the S3 URI of a property file, from its step and its name.
    """

    def __init__(
        self,
        values: Mapping[str, Mapping[str, Any]],
        outputs: Callable[[str], dict | None],
        read: Callable[[str], bytes],
        file: Callable[[str, str], str],
    ):
        self._values, self._outputs, self._read, self._file = values, outputs, read, file

    def resolve(self, value: Any) -> Any:
        """Return a value with what its expressions stand for.

        Raises:
            Unresolved: an expression stands for nothing.
        """
        if is_expression(value):
            [(name, inner)] = value.items()
            return {GET: self._get, JOIN: self._join, JSON_GET: self._json}[name](inner)
        if isinstance(value, dict):
            return {name: self.resolve(inner) for name, inner in value.items()}
        return [self.resolve(inner) for inner in value] if isinstance(value, list) else value

    def _get(self, path: str) -> Any:
        head, _, rest = path.partition(".")
        if head != "Steps":
            if rest not in self._values.get(head, {}):
                raise Unresolved(f"{path} is not there")
            return self._values[head][rest]
        step, _, inner = rest.partition(".")
        if (outputs := self._outputs(step)) is None:
            raise Unresolved(f"{path}: step {step} has not succeeded")
        return _property(outputs, inner, path)

    def _join(self, join: dict) -> str:
        return join.get("On", "").join(text(self.resolve(value)) for value in join["Values"])

    def _json(self, get: dict) -> Any:
        if "S3Uri" in get:
            uri = self.resolve(get["S3Uri"])
        else:
            step, _, name = get["PropertyFile"][GET].removeprefix("Steps.").partition(f".{FILES}.")
            uri = self._file(step, name)
        try:
            document = json.loads(self._read(uri))
        except LookupError:
            raise Unresolved(f"JsonGet: there is no {uri}") from None
        except ValueError as error:
            raise Unresolved(f"JsonGet: {uri} is no JSON: {error}") from None
        return _part(document, get["Path"], f"{get['Path']} of {uri}")


def _property(value: Any, inner: str, path: str) -> Any:
    """Return a property; a list's items have an index, or the name that they have themselves."""
    for match in _STEP.finditer(inner):
        name = match["name"] or match["key"]
        try:
            if isinstance(value, list):
                value = _item(value, match["index"] or name)
            else:
                value = value[name]
        except (LookupError, TypeError):
            raise Unresolved(f"{path} is not there") from None
    return value


def _item(items: list, key: str) -> Any:
    if key.isdigit():
        return items[int(key)]
    named = (item for item in items for name in item if name.endswith("Name") and item[name] == key)
    if (item := next(named, None)) is None:
        raise LookupError(key)
    return item


def _part(value: Any, path: str, named: str) -> Any:
    """Return the part of a value; AWS's paths may leave out the root."""
    if not path.startswith(ROOT):
        path = f"{ROOT}{path}" if path.startswith("[") else f"{ROOT}.{path}"
    try:
        return selector(path)(value)
    except (LookupError, TypeError, ValueError) as error:
        raise Unresolved(f"{named} is not there: {error}") from None


def fitted(shape: Shape, value: Any) -> Any:
    """Return a resolved value in the types of a request's shape: hyperparameters are texts."""
    if value is None:
        return None
    if shape.type_name == "structure" and isinstance(value, dict):
        known = shape.members
        return {
            name: fitted(known[name], inner) if name in known else inner
            for name, inner in value.items()
            if inner is not None
        }
    if shape.type_name == "map" and isinstance(value, dict):
        return {name: fitted(shape.value, inner) for name, inner in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [fitted(shape.member, inner) for inner in value]
    if shape.type_name == "string":
        return text(value) if isinstance(value, bool | int | float | datetime) else value
    if shape.type_name in ("integer", "long") and isinstance(value, str):
        return int(value) if value.strip().lstrip("-").isdigit() else value
    if shape.type_name in ("integer", "long") and isinstance(value, float) and value.is_integer():
        return int(value)
    return value
