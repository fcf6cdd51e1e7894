"""The structures of a request: a member that an engine needs and the client left out is named.

Many members are needed though botocore's models do not say so. Knows no service.
"""

from local_aws.errors import AwsError


class MissingMember(AwsError, KeyError):
    """A request lacks a member without which its operation can't be done."""

    def __init__(self, name: str):
        super().__init__("ValidationException", f"'{name}': Member must not be null")


class Members(dict):
    """The members of a structure by name."""

    def __missing__(self, name: str) -> None:
        raise MissingMember(name)
