"""Makes other services see a new role late, as AWS's do, where a fault asks for it.

Knows the members that name a role; a role's existence is for each service itself to check.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from local_aws.errors import AwsError
from local_aws.parts import Answer, Parts, Request

MEMBERS = ("RoleArn", "ExecutionRoleArn")


class Propagation:
    """Stands before all operations of a local AWS."""

    def __init__(self, parts: Parts):
        self._parts = parts

    def call(self, service: str, operation: str, request: Request) -> Answer:
        """Have an operation executed.

        Raises:
            AwsError: ValidationException, it names a role that is newer than the fault's seconds;
                or the service refuses it.
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
            return  # there is none to be late
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
