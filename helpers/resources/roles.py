"""The roles that the course has made; a role that the account has is never one of them."""

from collections.abc import Iterator

from helpers.config import Config
from helpers.course_tag import as_mapping
from helpers.resources.kind import OURS, Resource
from helpers.roles import delete_role
from helpers.session import client


def roles(config: Config) -> Iterator[Resource]:
    """Yield all roles whose names begin as the course's, but the account's own."""
    for page in client(config, "iam").get_paginator("list_roles").paginate():
        for role in page["Roles"]:
            if role["RoleName"].startswith(OURS) and role["RoleName"] != config.account.role:
                yield Resource(role["RoleName"], role["Arn"])


def tags(config: Config, role: Resource) -> dict[str, str]:
    """Return a role's tags."""
    return as_mapping(client(config, "iam").list_role_tags(RoleName=role.name)["Tags"])


def delete(config: Config, name: str) -> None:
    """Delete a role with the policies inside it; IAM refuses one with a policy attached."""
    delete_role(config, name)
