"""Says whether a resource's policy lets a service do something; knows no kind of resource.

Conditions: StringEquals, StringLike, ArnEquals and ArnLike on `aws:SourceArn` and
`aws:SourceAccount`. One on another key, or by another operator, is not met.
"""

import json
from fnmatch import fnmatchcase
from typing import Any

_EXACT = {"StringEquals": str.__eq__}
_LIKE = dict.fromkeys(("StringLike", "ArnEquals", "ArnLike"), fnmatchcase)
"""By https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
the two operators of ARNs mean the same."""


def allows(
    policy: str | None, service: str, action: str, resource: str, context: dict[str, str]
) -> bool:
    """Say whether a policy allows a service an action on the resource.

    Args:
        policy: the document; None: the resource has none, which allows nothing.
        service: such as events.amazonaws.com.
        context: `aws:SourceArn` and `aws:SourceAccount` of the request.
    """
    lines = _list(json.loads(policy)["Statement"]) if policy else []
    keys = {name.lower(): value for name, value in context.items()}
    effects = {
        line["Effect"]
        for line in lines
        if _is_principal(line.get("Principal"), service)
        and any(fnmatchcase(action.lower(), name.lower()) for name in _list(line.get("Action", [])))
        and any(fnmatchcase(resource, name) for name in _list(line.get("Resource", [])))
        and _is_met(line.get("Condition", {}), keys)
    }
    return effects == {"Allow"}


def _is_principal(principal: Any, service: str) -> bool:
    if isinstance(principal, dict):
        return bool({service, "*"} & {*_list(principal.get("Service", []))}) or (
            "*" in _list(principal.get("AWS", []))
        )
    return principal == "*"


def _is_met(condition: dict[str, dict], keys: dict[str, str]) -> bool:
    matchers = {**_EXACT, **_LIKE}
    return all(
        operator in matchers
        and name.lower() in keys
        and any(matchers[operator](keys[name.lower()], each) for each in _list(values))
        for operator, names in condition.items()
        for name, values in names.items()
    )


def _list(value: Any) -> list:
    return value if isinstance(value, list) else [value]
