"""What a target gets of an event: all of it, a part, a constant, or a template; knows no target.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
A variable whose path the event has not is an empty text: AWS publishes no more than that it does
not appear.
"""

import json
import re
from typing import Any

from local_aws.errors import AwsError
from local_aws.json_paths import selector

_VARIABLE = re.compile(r"<([\w.-]+)>")
MOST_PATHS = 100
OWN = "aws.events."
PREDEFINED = {
    *(f"{OWN}rule-arn", f"{OWN}rule-name", f"{OWN}event.ingestion-time"),
    *(f"{OWN}event", f"{OWN}event.json"),
}
"""Variables that every template has."""


def check(target: dict) -> None:
    """Refuse a target's input that can't be made.

    Raises:
        AwsError: ValidationException, it says why.
    """
    id_ = target["Id"]
    given = [name for name in ("Input", "InputPath", "InputTransformer") if name in target]
    if len(given) > 1:
        names = "Only one of Input, InputPath, or InputTransformer must be provided"
        raise _invalid(f"{names} for target {id_}.")
    if "Input" in target:
        _json(target["Input"], f"Invalid Input for target {id_}")
    transformer = target.get("InputTransformer", {})
    paths = transformer.get("InputPathsMap", {})
    for path in [*paths.values(), target.get("InputPath", "$")]:
        try:
            selector(path)
        except ValueError as error:
            raise _invalid(f"Invalid InputPath for target {id_}: {error}.") from None
    if reserved := [name for name in paths if name.lower().startswith("aws")]:
        raise _invalid(f"InputPathsMap of target {id_}: {reserved[0]} is a reserved name.")
    if transformer:
        template = transformer["InputTemplate"]
        unknown = {*_VARIABLE.findall(template)} - {*paths} - PREDEFINED
        if unknown:
            names = ", ".join(sorted(unknown))
            raise _invalid(f"Invalid InputTemplate for target {id_}: no path gives {names}.")
        # With any value, so that a template that is no JSON is refused now, not at the first event.
        _json(_filled(template, {}), f"Invalid InputTemplate for target {id_}")


def made(target: dict, event: dict, rule: dict) -> str:
    """Return the text that a target gets of an event.

    Args:
        rule: the rule's Arn and Name.
    """
    if "Input" in target:
        return target["Input"]
    if "InputPath" in target:
        return json.dumps(part(target["InputPath"], event))
    if transformer := target.get("InputTransformer"):
        paths = transformer.get("InputPathsMap", {}).items()
        values = {name: part(path, event) for name, path in paths}
        values |= {
            f"{OWN}rule-arn": rule["Arn"],
            f"{OWN}rule-name": rule["Name"],
            f"{OWN}event.ingestion-time": event["time"],
            f"{OWN}event": {name: value for name, value in event.items() if name != "detail"},
            f"{OWN}event.json": event,
        }
        return _filled(transformer["InputTemplate"], values)
    return json.dumps(event)


def json_object(text: str) -> dict | None:
    """Return the object that a text is; None where it is none."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def part(path: str, event: dict) -> Any:
    """Return what a path names in an event; None where it has no such part."""
    try:
        return selector(path)(event)
    except (LookupError, TypeError):
        return None


def _filled(template: str, values: dict[str, Any]) -> str:
    """Put values into a template: between quotes as a part of the text, elsewhere as JSON."""
    pieces, at, in_quotes = [], 0, False
    for match in _VARIABLE.finditer(template):
        before = template[at : match.start()]
        in_quotes ^= len(re.findall(r'(?<!\\)"', before)) % 2 == 1
        value = values.get(match[1])
        if value is None:
            value = ""
        text = value if in_quotes and isinstance(value, str) else json.dumps(value)
        pieces += [before, json.dumps(text)[1:-1] if in_quotes else text]
        at = match.end()
    return "".join([*pieces, template[at:]])


def _json(text: str, refusal: str) -> None:
    try:
        json.loads(text)
    except ValueError as error:
        # Several lines of texts are a template too.
        if not all(re.fullmatch(r'\s*"(\\.|[^"\\])*"\s*', line) for line in text.splitlines()):
            raise _invalid(f"{refusal}: {error}.") from None


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
