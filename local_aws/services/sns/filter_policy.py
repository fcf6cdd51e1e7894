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
        for rule in _rules(json.loads(text)):
            inner = rule.get("anything-but") if isinstance(rule, dict) else None
            is_done = not isinstance(rule, dict) or len(rule) == 1 and [*rule][0] in _DONE
            if not is_done or isinstance(inner, dict) and [*inner] != ["prefix"]:
                raise not_done(f"the pattern {json.dumps(rule)} of a FilterPolicy")
    except (ValueError, AttributeError):
        raise invalid("FilterPolicy: failed to parse JSON") from None


def _rules(policy: dict[str, Any]) -> Iterator[Any]:
    for name, value in policy.items():
        if name == "$or":
            raise not_done("$or in a FilterPolicy")
        if not isinstance(value, dict | list):
            raise invalid(f'FilterPolicy: "{name}" must be an object or an array')
        yield from _rules(value) if isinstance(value, dict) else value


def matches(policy: str, scope: str, message: str, attributes: dict) -> bool:
    """Say whether a message is wanted.

    Args:
        scope: what the policy is about: `MessageAttributes` or `MessageBody`.
        attributes: as a notification has them, by `Type` and `Value`.
    """
    from moto.sns.utils import FilterPolicyMatcher

    return FilterPolicyMatcher(json.loads(policy), scope).matches(attributes, message)


def invalid(reason: str) -> AwsError:
    """Return the error that refuses a parameter."""
    return AwsError("InvalidParameter", f"Invalid parameter: {reason}")


def not_done(what: str) -> AwsError:
    """Return the error that refuses what the local AWS does not do."""
    return AwsError("NotImplementedException", f"The local AWS does not support {what} of sns.")
