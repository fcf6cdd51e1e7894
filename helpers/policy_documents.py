"""Permissions, and the policy documents that hold them; knows no service and no account."""

import json
from dataclasses import dataclass, field

MOST_LETTERS = 6144
"""Of a managed policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


@dataclass(frozen=True)
class Permission:
    """Actions on resources that a person or a role must be allowed, for one reason."""

    what: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    context: dict[str, str] = field(default_factory=dict)
    """Keys of conditions and the values that requests have."""

    def statement(self) -> dict:
        """Return the statement of a policy that allows it."""
        statement = {
            "Effect": "Allow", "Action": [*self.actions], "Resource": [*self.resources],
        }  # fmt: skip
        return statement | ({"Condition": {"StringEquals": self.context}} if self.context else {})


def policies(permissions: list[Permission]) -> list[dict]:
    """Return as few documents as hold them in their order, none longer than AWS's limit."""
    documents: list[dict] = []
    for permission in permissions:
        statement = permission.statement()
        if documents and _length(last := [*documents[-1]["Statement"], statement]) <= MOST_LETTERS:
            documents[-1]["Statement"] = last
        else:
            documents.append({"Version": "2012-10-17", "Statement": [statement]})
    return documents


def _length(statements: list[dict]) -> int:
    document = {"Version": "2012-10-17", "Statement": statements}
    return len(json.dumps(document, separators=(",", ":")))
