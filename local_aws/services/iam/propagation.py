"""Refuses a role that is too new, as AWS's services do, if a fault rule says so.

Knows the members that name a role; each service itself checks that a role exists.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from local_aws.errors import AwsError
from local_aws.parts import Answer, Parts, Request

MEMBERS = ("RoleArn", "ExecutionRoleArn")


class Propagation:
    """Checks the roles in every request before its operation is called."""

    def __init__(self, parts: Parts):
        self._parts = parts

    def call(self, service: str, operation: str, request: Request) -> Answer:
        """Call an operation, and return its answer.

        Raises:
            AwsError: ValidationException, a role is newer than the rule's seconds; or an error of
                the service.
        """
        if service != "iam" and (rule := self._parts.faults.draw("lagging", "iam", "CreateRole")):
            for arn in _roles(request):
                self._check(arn, timedelta(seconds=rule.seconds))
        return self._parts.call(service, operation, request)

    def _check(self, arn: str, lag: timedelta) -> None:
        try:
            name = arn.rpartition("/")[2]
            role = self._parts.call("iam", "GetRole", {"RoleName": name})["Role"]
        except AwsError:
            return  # the role does not exist
        if self._parts.clock.now() < role["CreateDate"] + lag:
            raise AwsError(
                "ValidationException",
                f"Could not assume role {arn}. Please ensure that the role exists and allows "
                "principal 'sagemaker.amazonaws.com' to assume the role.",
            )


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
