"""Asks IAM whether the caller, or a role, may do what the course needs; changes nothing.

IAM simulates a principal's own policies, its boundary and the organization's policies; not those of
buckets and keys. The answers name no account: they may stand on a rendered page.
"""

from collections.abc import Iterable, Iterator
from functools import partial

import pandas as pd
from botocore.exceptions import ClientError

from helpers.config import Config
from helpers.events import SERVICE as RULES
from helpers.gateway_document import ASSUMED_BY
from helpers.glue_role import TRUSTED as GLUE
from helpers.glue_role import permissions as glue_permissions
from helpers.policy_documents import Permission
from helpers.role_trust import untrusted
from helpers.roles import TRUSTED, permissions
from helpers.session import client
from helpers.user_policy import LAMBDA, SCHEDULER, user_permissions

COLUMNS = ["must be allowed to", "answer"]
DENIED = ("AccessDenied", "AccessDeniedException")


class NotSimulated(Exception):
    """IAM did not simulate a principal; the message has its reason."""


def check_permissions(config: Config) -> pd.DataFrame:
    """Return the answers for the caller, and for the execution role where the account has one."""
    parts = {"you": check_user(config), "the role": check_role(config)}
    return pd.concat(parts, names=["who", ""]).reset_index("who").reset_index(drop=True)


def check_user(config: Config) -> pd.DataFrame:
    """Return a row for each permission that a person needs: what it is for, and IAM's answer."""
    identity = client(config, "sts").get_caller_identity()
    needed = user_permissions(config, identity["Account"])
    if identity["Arn"].endswith(":root"):
        rows = [
            (each.what, "allowed: the account's root user may do everything") for each in needed
        ]
        return pd.DataFrame(rows, columns=COLUMNS)
    return check(config, principal(config, identity["Arn"]), needed)


def check_role(config: Config) -> pd.DataFrame:
    """Return a row for each permission that jobs need of the account's own execution role.

    A role that the course makes has them all: there is nothing to ask, and no row.
    """
    if not (arn := config.account.role_arn):
        return pd.DataFrame(columns=COLUMNS)
    needed = [
        Permission(what, tuple(actions), tuple(resources))
        for statements in (permissions(config), glue_permissions(config))
        for what, (actions, resources) in statements.items()
    ]
    return pd.concat([check(config, arn, needed), _trust(config, arn)], ignore_index=True)


def _trust(config: Config, arn: str) -> pd.DataFrame:
    """Return a row for each service that must be able to assume the role."""
    services = {
        TRUSTED: "jobs", GLUE: "Spark jobs", RULES: "rules", SCHEDULER: "schedules",
        ASSUMED_BY: "gateways", LAMBDA: "functions",
    }  # fmt: skip
    words = {"": "allowed", None: "not checked: you may not look at the role"}
    answers = {service: untrusted(config, arn, service) for service in services}
    rows = [
        (f"be assumed by {service} for {services[service]}", words.get(answer, answer))
        for service, answer in answers.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def check(config: Config, arn: str, needed: Iterable[Permission]) -> pd.DataFrame:
    """Return a row for each permission of a principal, in words for who administers it."""
    hidden = partial(_hide, arn.split(":")[4])
    try:
        rows = [
            (each.what, hidden("; ".join(_answers(config, arn, each))) or "allowed")
            for each in needed
        ]
    except NotSimulated as reason:
        text = f"not checked: IAM did not simulate it ({reason}); the course goes on without"
        rows = [("do all that the course does", hidden(text))]
    return pd.DataFrame(rows, columns=COLUMNS)


def principal(config: Config, arn: str) -> str:
    """Return the ARN of a caller's role, whose session it may be, with the role's path."""
    kind, _, rest = arn.split(":")[5].partition("/")
    if kind != "assumed-role":
        return arn
    name = rest.partition("/")[0]
    try:
        return client(config, "iam").get_role(RoleName=name)["Role"]["Arn"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        # A session's ARN has no path. Without leave to look it up, it is taken to have none.
        return f"arn:aws:iam::{arn.split(':')[4]}:role/{name}"


def _answers(config: Config, arn: str, permission: Permission) -> Iterator[str]:
    """Yield what is denied, and by what; nothing where all is allowed.

    Raises:
        NotSimulated: the caller may not ask, or IAM can't answer.
    """
    context = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in permission.context.items()
    ]
    for resource in permission.resources:
        try:
            pages = client(config, "iam").get_paginator("simulate_principal_policy").paginate(
                PolicySourceArn=arn, ActionNames=permission.actions, ResourceArns=[resource],
                **({"ContextEntries": context} if context else {}),
            )  # fmt: skip
            results = [result for page in pages for result in page["EvaluationResults"]]
        except ClientError as error:
            raise NotSimulated(error.response["Error"]["Message"]) from None
        for why, actions in _denials(results).items():
            yield f"denied: {', '.join(actions)} on {resource}: {why}"


def _denials(results: list[dict]) -> dict[str, list[str]]:
    """Return the denied actions by the reason."""
    denials: dict[str, list[str]] = {}
    for result in results:
        if result["EvalDecision"] != "allowed":
            denials.setdefault(_why(result), []).append(result["EvalActionName"])
    return denials


def _why(result: dict) -> str:
    if result.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations") is False:
        return "a policy of the organization does not allow it"
    if result["EvalDecision"] == "explicitDeny":
        names = [each["SourcePolicyId"] for each in result.get("MatchedStatements", [])]
        return f"the policy {' and '.join(names) or 'of the account'} denies it"
    bounds = result.get("PermissionsBoundaryDecisionDetail", {})
    if bounds.get("AllowedByPermissionsBoundary") is False:
        return "the permissions boundary does not allow it"
    return "no policy allows it"


def _hide(account: str, text: str) -> str:
    return text.replace(account, "<account>") if account else text
