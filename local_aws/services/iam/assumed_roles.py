"""Refuses a request whose role its service can't assume: none, no trust, or too new.

Knows the members of SageMaker and Glue that name a role, and trust policies without conditions.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import unquote

from local_aws.errors import AwsError
from local_aws.parts import Answer, Parts, Request


class Assumer(NamedTuple):
    """How a service assumes roles: its principal, the members that name one, its refusal."""

    principal: str
    members: tuple[str, ...]
    code: str
    message: str


ASSUMERS = {
    "sagemaker": Assumer(
        "sagemaker.amazonaws.com",
        ("RoleArn", "ExecutionRoleArn"),
        "ValidationException",
        "Could not assume role {}. Please ensure that the role exists and allows principal"
        " 'sagemaker.amazonaws.com' to assume the role.",
    ),
    "glue": Assumer(
        "glue.amazonaws.com",
        ("Role",),
        "InvalidInputException",
        "Role {} should be given assume role permissions for Glue Service: the role has to exist,"
        " and its trust policy to name glue.amazonaws.com.",
    ),
}


class AssumedRoles:
    """Checks the roles in every request before its operation is called."""

    def __init__(self, parts: Parts):
        self._parts = parts

    def call(self, service: str, operation: str, request: Request) -> Answer:
        """Call an operation, and return its answer.

        Raises:
            AwsError: a role can't be assumed; or an error of the service.
        """
        if assumer := ASSUMERS.get(service):
            for role in _roles(request, assumer.members):
                if not self._can_be_assumed(role, assumer.principal):
                    raise AwsError(assumer.code, assumer.message.format(role))
        return self._parts.call(service, operation, request)

    def _can_be_assumed(self, role: str, principal: str) -> bool:
        """Say whether a service can assume a role, named by its ARN or, for Glue, by its name."""
        try:
            known = self._parts.call("iam", "GetRole", {"RoleName": role.rpartition("/")[2]})[
                "Role"
            ]
        except AwsError:
            return False
        lag = timedelta(seconds=self._parts.faults.lag("iam", "CreateRole"))
        is_seen = self._parts.clock.now() >= known["CreateDate"] + lag
        is_named = role in (known["Arn"], known["RoleName"])
        return is_named and is_seen and _trusts(known["AssumeRolePolicyDocument"], principal)


def _trusts(policy: str | dict, principal: str) -> bool:
    """Say whether a trust policy lets a service assume its role."""
    document = json.loads(unquote(policy)) if isinstance(policy, str) else policy
    if "Statement" not in document:
        return True  # no policy at all: AWS's IAM refuses it, moto keeps it for those who try out
    return any(
        statement["Effect"] == "Allow"
        and {"sts:AssumeRole", "sts:*", "*"} & {*_list(statement.get("Action"))}
        and {principal, "*"} & {*_list(_service(statement.get("Principal")))}
        for statement in _list(document.get("Statement", []))
    )


def _service(principal: Any) -> Any:
    return principal.get("Service") if isinstance(principal, dict) else principal


def _list(value: Any) -> list:
    return value if isinstance(value, list) else [value]


def _roles(value: Any, members: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in members and isinstance(inner, str):
                yield inner
            else:
                yield from _roles(inner, members)
    elif isinstance(value, list):
        for inner in value:
            yield from _roles(inner, members)
