"""Refuses a SageMaker request whose role SageMaker can't assume: none, no trust, or too new.

Knows the members that name a role, and trust policies without conditions.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from local_aws.errors import AwsError
from local_aws.parts import Answer, Parts, Request

MEMBERS = ("RoleArn", "ExecutionRoleArn")
SERVICE = "sagemaker.amazonaws.com"


class AssumedRoles:
    """Checks the roles in every request before its operation is called."""

    def __init__(self, parts: Parts):
        self._parts = parts

    def call(self, service: str, operation: str, request: Request) -> Answer:
        """Call an operation, and return its answer.

        Raises:
            AwsError: ValidationException, a role can't be assumed; or an error of the service.
        """
        if service == "sagemaker":
            for arn in _roles(request):
                if not self._can_be_assumed(arn):
                    raise AwsError(
                        "ValidationException",
                        f"Could not assume role {arn}. Please ensure that the role exists and"
                        f" allows principal '{SERVICE}' to assume the role.",
                    )
        return self._parts.call(service, operation, request)

    def _can_be_assumed(self, arn: str) -> bool:
        try:
            name = arn.rpartition("/")[2]
            role = self._parts.call("iam", "GetRole", {"RoleName": name})["Role"]
        except AwsError:
            return False
        lag = timedelta(seconds=self._parts.faults.lag("iam", "CreateRole"))
        is_seen = self._parts.clock.now() >= role["CreateDate"] + lag
        return role["Arn"] == arn and is_seen and _trusts(role["AssumeRolePolicyDocument"])


def _trusts(policy: str | dict) -> bool:
    """Say whether a trust policy lets SageMaker assume its role."""
    document = json.loads(unquote(policy)) if isinstance(policy, str) else policy
    if "Statement" not in document:
        return True  # no policy at all: AWS's IAM refuses it, moto keeps it for those who try out
    return any(
        statement["Effect"] == "Allow"
        and {"sts:AssumeRole", "sts:*", "*"} & {*_list(statement.get("Action"))}
        and {SERVICE, "*"} & {*_list(_service(statement.get("Principal")))}
        for statement in _list(document.get("Statement", []))
    )


def _service(principal: Any) -> Any:
    return principal.get("Service") if isinstance(principal, dict) else principal


def _list(value: Any) -> list:
    return value if isinstance(value, list) else [value]


def _roles(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in MEMBERS and isinstance(inner, str):
                yield inner
            else:
                yield from _roles(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _roles(inner)
