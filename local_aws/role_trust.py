"""Says whether a service can assume a role; knows roles and trust policies without conditions."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from local_aws.errors import AwsError
from local_aws.parts import Parts


def is_assumable(parts: Parts, arn: str, service: str) -> bool:
    """Say whether a service, such as sagemaker.amazonaws.com, sees a role and may assume it."""
    try:
        role = parts.call("iam", "GetRole", {"RoleName": arn.rpartition("/")[2]})["Role"]
    except AwsError:
        return False
    lag = timedelta(seconds=parts.faults.lag("iam", "CreateRole"))
    is_seen = parts.clock.now() >= role["CreateDate"] + lag
    return role["Arn"] == arn and is_seen and _trusts(role["AssumeRolePolicyDocument"], service)


def _trusts(policy: str | dict, service: str) -> bool:
    document = json.loads(unquote(policy)) if isinstance(policy, str) else policy
    if "Statement" not in document:
        return True  # no policy at all: AWS's IAM refuses it, moto keeps it for those who try out
    return any(
        statement["Effect"] == "Allow"
        and {"sts:AssumeRole", "sts:*", "*"} & {*_list(statement.get("Action"))}
        and {service, "*"} & {*_list(_service(statement.get("Principal")))}
        for statement in _list(document.get("Statement", []))
    )


def _service(principal: Any) -> Any:
    return principal.get("Service") if isinstance(principal, dict) else principal


def _list(value: Any) -> list:
    return value if isinstance(value, list) else [value]
