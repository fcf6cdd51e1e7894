"""Refuses a SageMaker request whose role SageMaker can't assume: none, no trust, or too new.

Knows the members that name a role.
"""

from collections.abc import Collection, Iterator
from typing import Any

from local_aws.errors import AwsError
from local_aws.parts import Answer, Parts, Request
from local_aws.role_trust import is_assumable

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
            for arn in roles_in(request, MEMBERS):
                if not is_assumable(self._parts, arn, SERVICE):
                    raise AwsError(
                        "ValidationException",
                        f"Could not assume role {arn}. Please ensure that the role exists and"
                        f" allows principal '{SERVICE}' to assume the role.",
                    )
        return self._parts.call(service, operation, request)


def roles_in(value: Any, members: Collection[str]) -> Iterator[str]:
    """Yield the roles that a request names in some members, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in members and isinstance(inner, str):
                yield inner
            else:
                yield from roles_in(inner, members)
    elif isinstance(value, list):
        for inner in value:
            yield from roles_in(inner, members)
