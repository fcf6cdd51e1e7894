"""Answers iam:SimulatePrincipalPolicy, which moto lacks: what a role's policies allow.

The SageMaker SDK asks it before each training job. Left out: conditions, NotAction, permissions
boundaries, service control policies, users and groups.
"""

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from urllib.parse import parse_qs, unquote, urlencode
from xml.sax.saxutils import escape

import xmltodict

from helpers.local_aws.errors import AwsError
from helpers.local_aws.journal import call

NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"


def _listed(value: str | dict | list) -> list:
    return value if isinstance(value, list) else [value]


def _members(listed: dict | None) -> list:
    """Return the members of a list in XML; one of none is read as None."""
    return _listed((listed or {}).get("member", []))


def _concerns(statement: dict, action: str, resource: str) -> bool:
    actions = [name.lower() for name in _listed(statement.get("Action", []))]
    resources = _listed(statement.get("Resource", "*"))
    return any(fnmatchcase(action.lower(), pattern) for pattern in actions) and any(
        fnmatchcase(resource, pattern) for pattern in resources
    )


def decide(documents: list[dict], action: str, resource: str) -> str:
    """Return `allowed`, `explicitDeny` or `implicitDeny` for an action on a resource."""
    statements = [line for document in documents for line in _listed(document["Statement"])]
    effects = {line["Effect"] for line in statements if _concerns(line, action, resource)}
    if "Deny" in effects:
        return "explicitDeny"
    return "allowed" if "Allow" in effects else "implicitDeny"


class Simulator:
    """The engine of SimulatePrincipalPolicy.

    Args:
        iam: the WSGI app that keeps the roles.
    """

    def __init__(self, iam: Callable):
        self._iam = iam

    def answer(self, environ: dict, body: bytes) -> bytes:
        """Return the XML that answers a request.

        Raises:
            AwsError: `NoSuchEntity`, the role is not there.
        """
        form = parse_qs(body.decode())
        role = form["PolicySourceArn"][0].rpartition("/")[2]
        actions = [form[name][0] for name in sorted(form) if name.startswith("ActionNames.member.")]
        resources = [form[name][0] for name in sorted(form) if name.startswith("ResourceArns.")]
        documents = self._documents(environ, role)
        lines = [
            f"<member><EvalActionName>{escape(action)}</EvalActionName>"
            f"<EvalResourceName>{escape(resource)}</EvalResourceName>"
            f"<EvalDecision>{decide(documents, action, resource)}</EvalDecision></member>"
            for action in actions
            for resource in resources or ["*"]
        ]
        results = f"<EvaluationResults>{''.join(lines)}</EvaluationResults>"
        result = f"{results}<IsTruncated>false</IsTruncated>"
        inner = f"<SimulatePrincipalPolicyResult>{result}</SimulatePrincipalPolicyResult>"
        name = "SimulatePrincipalPolicyResponse"
        return f'<{name} xmlns="{NAMESPACE}">{inner}</{name}>'.encode()

    def _documents(self, environ: dict, role: str) -> list[dict]:
        """Return the policies in a role, and those attached to it."""
        found = []
        for name in _members(self._ask(environ, "ListRolePolicies", RoleName=role)["PolicyNames"]):
            policy = self._ask(environ, "GetRolePolicy", RoleName=role, PolicyName=name)
            found.append(policy["PolicyDocument"])
        attached = self._ask(environ, "ListAttachedRolePolicies", RoleName=role)
        for policy in _members(attached["AttachedPolicies"]):
            arn = {"PolicyArn": policy["PolicyArn"]}
            version = self._ask(environ, "GetPolicy", **arn)["Policy"]["DefaultVersionId"]
            about = self._ask(environ, "GetPolicyVersion", **arn, VersionId=version)
            found.append(about["PolicyVersion"]["Document"])
        return [json.loads(unquote(document)) for document in found]

    def _ask(self, environ: dict, operation: str, **fields: str) -> dict:
        form = urlencode({"Action": operation, "Version": "2010-05-08", **fields}).encode()
        status, _, answer = call(self._iam, environ, form)
        if int(status[:3]) >= 400:
            name = fields.get("RoleName", fields.get("PolicyArn"))
            raise AwsError("NoSuchEntity", f"There is no role or policy {name}.", 404)
        return xmltodict.parse(answer)[f"{operation}Response"][f"{operation}Result"]
