"""Event patterns: checks one, and says whether an event matches it; knows no rule and no bus.

The language: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
The refusals are worded as EventBridge's own compiler words them (aws/event-ruler,
JsonRuleCompiler.java), without the line and column that it adds. moto's matcher takes 25 of the 29
bad patterns of this module's test, cannot tell True from 1, and lacks arrays of objects; the Java
library would need a Java process beside the server.
A name with dots is a path, in a pattern and in an event: EventBridge flattens both.
Left out: the limits of complexity of wildcards and of `$or`.
"""

import ipaddress
import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import eq, ge, gt, le, lt
from typing import Any

from local_aws.errors import AwsError
from local_aws.services.events.dotted_names import nested

Test = Callable[[Any], bool]
"""Says whether a pattern, or a part of one, matches a value of an event."""
OR = "$or"
OPERATORS = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}
ONE_KEY = "Only one key allowed in match expression"
MIXED = (
    "Inside anything but list, either all values are number or string, mixed type is not supported"
)
RESERVED = {
    *("exactly", "equals-ignore-case", "prefix", "suffix", "anything-but", "exists", "wildcard"),
    *("numeric", "cidr", "regex", *OPERATORS),
}
"""Names of operators, which no field inside `$or` may have."""


def invalid(reason: str) -> AwsError:
    """Return the error that refuses a pattern."""
    message = f"Event pattern is not valid. Reason: {reason}"
    return AwsError("InvalidEventPatternException", message)


@lru_cache(maxsize=1000)
def compiled(text: str) -> Test:
    """Return the function that says whether an event matches a pattern.

    Raises:
        AwsError: InvalidEventPatternException, it says why.
    """
    try:
        pattern = json.loads(text)
    except ValueError:
        raise invalid("Invalid JSON") from None
    if not isinstance(pattern, dict):
        raise invalid("Filter is not an object")
    test = _object(pattern)
    return lambda event: test(nested(event))


def _object(pattern: dict, in_or: bool = False) -> Test:
    if not pattern:
        raise invalid("Empty objects are not allowed")
    tests = [_field(name, value, in_or) for name, value in pattern.items()]
    return lambda event: all(test(event) for test in tests)


def _field(name: str, value: Any, in_or: bool) -> Test:
    """Return the test of one field, which gets the object that the field is in."""
    if name == OR:
        return _either(value)
    if in_or and name in RESERVED:
        raise invalid(f"{name} is Ruler reserved fieldName which cannot be used inside {OR}.")
    head, dot, rest = name.partition(".")
    if dot:
        return _field(head, {rest: value}, in_or)
    if isinstance(value, dict):
        inner = _object(value, in_or)
        return lambda event: any(inner(each) for each in _objects(event.get(name)))
    if not isinstance(value, list):
        raise invalid(f'"{name}" must be an object or an array')
    if not value:
        raise invalid("Empty arrays are not allowed")
    present, is_absent_done = [], False
    for rule in value:
        if isinstance(rule, dict) and "exists" in rule:
            is_absent_done |= not _exists(rule)
            if rule["exists"]:
                present.append(lambda _: True)
        else:
            present.append(_leaf(rule))

    def matches(event: dict) -> bool:
        values = list(_leaves(event.get(name, [])))
        if not values:
            return is_absent_done
        return any(test(each) for each in values for test in present)

    return matches


def _either(value: Any) -> Test:
    if not isinstance(value, list):
        raise invalid(f"It must be an Array followed with {OR}.")
    if not all(isinstance(each, dict) for each in value):
        raise invalid(f"Only JSON object is allowed in array of {OR} relationship.")
    if len(value) < 2:
        raise invalid(f"There must have at least 2 Objects in {OR} relationship.")
    tests = [_object(each, in_or=True) for each in value]
    return lambda event: any(test(event) for test in tests)


def _objects(value: Any) -> Iterator[dict]:
    """Yield the objects of a field, one of which has to match whole; an empty one for none."""
    items = value if isinstance(value, list) else [value]
    objects = [each for each in items if isinstance(each, dict)]
    yield from objects or [{}]


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif not isinstance(value, dict):
        yield value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(value: Any, wanted: Any) -> bool:
    """Say whether two values are equal; for Python, True would be 1."""
    if _is_number(value) and _is_number(wanted):
        return value == wanted
    return type(value) is type(wanted) and value == wanted


def _leaf(rule: Any) -> Test:
    """Return the test of a leaf's value."""
    if isinstance(rule, list):
        raise invalid("Match value must be String, number, true, false, or null")
    if not isinstance(rule, dict):
        return lambda value: _same(value, rule)
    if not rule:
        raise invalid("Match expression name not found")
    name, wanted = next(iter(rule.items()))
    if name not in TESTS:
        raise invalid(f"Unrecognized match type {name}")
    test = TESTS[name](wanted)
    if len(rule) > 1:
        raise invalid(ONE_KEY)
    return test


def _exists(rule: dict) -> bool:
    if not isinstance(rule["exists"], bool):
        raise invalid("exists match pattern must be either true or false.")
    if len(rule) > 1:
        raise invalid(ONE_KEY)
    return rule["exists"]


def _text(wanted: Any, name: str) -> str:
    if not isinstance(wanted, str):
        raise invalid(f"{name} match pattern must be a string")
    return wanted


def _end(name: str, is_met: Callable[[str, str], bool]) -> Callable[[Any], Test]:
    """Return what makes the test of a text's beginning or end."""

    def make(wanted: Any) -> Test:
        if not isinstance(wanted, dict):
            text = _text(wanted, name)
            return lambda value: isinstance(value, str) and is_met(value, text)
        if [*wanted] != [IGNORED]:
            other = next((key for key in wanted if key != IGNORED), None)
            word = name.capitalize()
            reason = f"Unsupported {name} pattern: {other}" if other else ""
            raise invalid(reason or f"{word} expression name not found")
        lower = _text(wanted[IGNORED], IGNORED).lower()
        return lambda value: isinstance(value, str) and is_met(value.lower(), lower)

    return make


def _ignoring_case(wanted: Any) -> Test:
    lower = _text(wanted, IGNORED).lower()
    return lambda value: isinstance(value, str) and value.lower() == lower


def _wildcard(wanted: Any) -> Test:
    text, parts, at = _text(wanted, "wildcard"), [], 0
    while at < len(text):
        letter, following = text[at], text[at + 1 : at + 2]
        if letter == "*" and following == "*":
            raise invalid(f"Consecutive wildcard characters at pos {at + 1}")
        if letter == "\\" and following not in ("*", "\\"):
            raise invalid(f"Invalid escape character at pos {at + 1}")
        is_escape = letter == "\\"
        literal = following if is_escape else letter
        parts.append(".*" if letter == "*" else re.escape(literal))
        at += 2 if is_escape else 1
    whole = re.compile("".join(parts), re.DOTALL)
    return lambda value: isinstance(value, str) and whole.fullmatch(value) is not None


def _cidr(wanted: Any) -> Test:
    text = _text(wanted, "prefix")  # EventBridge's own word
    if text.count("/") != 1:
        raise invalid("Malformed CIDR, one '/' required")
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise invalid(f"Malformed CIDR, {error}") from None

    def matches(value: Any) -> bool:
        try:
            return isinstance(value, str) and ipaddress.ip_address(value) in network
        except ValueError:
            return False

    return matches


def _numeric(wanted: Any) -> Test:
    if not isinstance(wanted, list):
        raise invalid("Value of numeric must be an array.")
    if not wanted or not isinstance(wanted[0], str):
        member = json.dumps(wanted[0]) if wanted else "]"
        raise invalid(f"Invalid member in numeric match: {member}")
    bounds = list(zip(wanted[::2], wanted[1::2], strict=False))
    for sign, bound in bounds:
        if sign not in OPERATORS:
            raise invalid(f"Unrecognized numeric range operator: {sign}")
        if not _is_number(bound):
            word = "equals" if sign == "=" else sign
            raise invalid(f"Value of {word} must be numeric")
    if len(wanted) % 2:
        raise invalid(f"Value of {wanted[-1]} must be numeric")
    signs = [sign[0] for sign, _ in bounds]
    if len(bounds) > 2 or len(bounds) == 2 and signs[0] != ">":
        raise invalid("Too many terms in numeric range expression")
    if len(bounds) == 2:
        if signs[1] != "<":
            raise invalid(f"Bad numeric range operator: {bounds[1][0]}")
        if bounds[0][1] >= bounds[1][1]:
            raise invalid("Bottom must be less than top")
    return lambda value: (
        _is_number(value) and all(OPERATORS[sign](value, bound) for sign, bound in bounds)
    )


def _anything_but(wanted: Any) -> Test:
    if isinstance(wanted, dict):
        if len(wanted) != 1:
            raise invalid(ONE_KEY if wanted else "Anything-But expression name not found")
        [(name, inner)] = wanted.items()
        if name not in ("prefix", "suffix", "wildcard", IGNORED):
            raise invalid(f"Unsupported anything-but pattern: {name}")
        values = inner if isinstance(inner, list) else [inner]
        word = "prefix/suffix" if name in ("prefix", "suffix") else name
        for each in values:
            _text(each, word)
        if name in ("prefix", "suffix") and "" in values:
            raise invalid("Null prefix/suffix not allowed")
        tests = [TESTS[name](each) for each in values]
        return lambda value: not any(test(value) for test in tests)
    values = wanted if isinstance(wanted, list) else [wanted]
    if not isinstance(wanted, list | str) and not _is_number(wanted):
        raise invalid("Value of anything-but must be an array or single string/number value.")
    if not all(isinstance(each, str) or _is_number(each) for each in values):
        raise invalid("Inside anything but list, start|null|boolean is not supported.")
    if len({isinstance(each, str) for each in values}) != 1:
        raise invalid(MIXED)
    return lambda value: not any(_same(value, each) for each in values)


IGNORED = "equals-ignore-case"
TESTS: dict[str, Callable[[Any], Test]] = {
    "prefix": _end("prefix", str.startswith),
    "suffix": _end("suffix", str.endswith),
    IGNORED: _ignoring_case,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "wildcard": _wildcard,
    "cidr": _cidr,
}
"""The operators of leaves, and what makes their tests; `exists` is about the field itself."""
