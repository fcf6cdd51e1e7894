"""Says which messages a subscription wants, by moto's matcher; knows no topic.

The only module that knows moto's SNS. What moto's matcher would pass over is refused by its name.
"""

import json
from collections.abc import Iterator
from typing import Any

from local_aws.errors import AwsError

ATTRIBUTES, BODY = "MessageAttributes", "MessageBody"
_DONE = ("anything-but", "equals-ignore-case", "exists", "numeric", "prefix", "suffix")


def check(text: str) -> None:
    """Refuse a policy that is none, or has patterns that are not done.

    Raises:
        AwsError: it says why.
    """
    try:
        policy = json.loads(text)
        rules = list(_rules(policy))
    except (ValueError, AttributeError):
        raise invalid("FilterPolicy: failed to parse JSON") from None
    for rule in rules:
        if isinstance(rule, dict) and not (len(rule) == 1 and next(iter(rule)) in _DONE):
            raise not_done(f"the pattern {json.dumps(rule)} of a FilterPolicy")
        inner = rule.get("anything-but") if isinstance(rule, dict) else None
        if isinstance(inner, dict) and [*inner] != ["prefix"]:
            raise not_done(f"the pattern {json.dumps(rule)} of a FilterPolicy")


def _rules(policy: dict[str, Any]) -> Iterator[Any]:
    for name, value in policy.items():
        if name == "$or":
            raise not_done("$or in a FilterPolicy")
        if isinstance(value, dict):
            yield from _rules(value)
        elif isinstance(value, list):
            yield from value
        else:
            raise invalid(f'FilterPolicy: "{name}" must be an object or an array')


def matches(policy: str, scope: str, message: str, attributes: dict) -> bool:
    """Say whether a message is wanted.

    Args:
        scope: what the policy is about: `MessageAttributes` or `MessageBody`.
        attributes: as Publish has them.
    """
    from moto.sns.utils import FilterPolicyMatcher

    typed = {
        name: {"Type": each["DataType"], "Value": each.get("StringValue", "")}
        for name, each in attributes.items()
    }
    return FilterPolicyMatcher(json.loads(policy), scope).matches(typed, message)


def invalid(reason: str) -> AwsError:
    """Return the error that refuses a parameter."""
    return AwsError("InvalidParameter", f"Invalid parameter: {reason}")


def not_done(what: str) -> AwsError:
    """Return the error that refuses what the local AWS does not do."""
    return AwsError("NotImplementedException", f"The local AWS does not support {what} of sns.")
