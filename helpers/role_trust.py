"""Checks that a company's role trusts a service that the course uses it for; changes no role."""

import json
from fnmatch import fnmatchcase
from typing import Any

from botocore.exceptions import ClientError

from helpers.config import Config
from helpers.session import client
from helpers.waiting import DENIED

ASSUME = "sts:AssumeRole"


def statement(service: str) -> dict[str, Any]:
    """Return the statement of a trust policy by which a service may assume the role."""
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": ASSUME}


def companys_role(config: Config, service: str) -> str | None:
    """Return the ARN of the account's own role for a service; None where the course makes one.

    A service may take a role that it can't assume, and fail later, where nobody sees it.

    Raises:
        ValueError: the service may not assume the role; the message says what lacks.
    """
    if (arn := config.account.role_arn) and (obstacle := untrusted(config, arn, service)):
        raise ValueError(obstacle)
    return arn


def untrusted(config: Config, arn: str, service: str) -> str | None:
    """Return what keeps a service from assuming a role, "" for nothing, None where it is unknown.

    It is unknown to a caller who may not look at the role.
    """
    iam, name = client(config, "iam"), arn.rpartition("/")[2]
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return f"The account has no role {name}, which COURSE_ROLE_ARN names"
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        return None
    if trusts(role["AssumeRolePolicyDocument"], service):
        return ""
    return (
        f"{service} may not assume the role {name} of COURSE_ROLE_ARN: have who administers it add "
        f"to its trust policy {json.dumps(statement(service))}"
    )


def trusts(policy: dict[str, Any], service: str) -> bool:
    """Say whether a trust policy lets a service assume its role; conditions are taken as met."""
    effects = [
        (each["Effect"], "Condition" in each)
        for each in _listed(policy.get("Statement", []))
        if _is_about(each, service)
    ]
    return ("Deny", False) not in effects and any(effect == "Allow" for effect, _ in effects)


def _is_about(statement: dict[str, Any], service: str) -> bool:
    principal = statement.get("Principal", [])
    named = principal.get("Service", []) if isinstance(principal, dict) else principal
    actions = (action.lower() for action in _listed(statement.get("Action", [])))
    return bool({service, "*"} & {*_listed(named)}) and any(
        fnmatchcase(ASSUME.lower(), action) for action in actions
    )


def _listed(value: Any) -> list:
    return value if isinstance(value, list) else [value]
