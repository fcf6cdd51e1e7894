"""Answers iam:SimulatePrincipalPolicy, which moto lacks: what a role's policies allow.

The SageMaker SDK asks it before each training job. Left out: service control policies. Refused
where the answer would depend on them: conditions, permissions boundaries, policies of the request,
users and groups.
"""

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from urllib.parse import parse_qs, unquote, urlencode
from xml.sax.saxutils import escape

import xmltodict

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.recorded.journal import call

NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"


def _listed(value: str | dict | list) -> list:
    return value if isinstance(value, list) else [value]


def _members(listed: dict | None) -> list:
    """Return the members of a list in XML; one of none is read as None."""
    return _listed((listed or {}).get("member", []))


def _concerns(statement: dict, action: str, resource: str) -> bool:
    """Say whether a statement is about an action on a resource, whatever its conditions are."""
    return _named(statement, "Action", action.lower(), str.lower) and _named(
        statement, "Resource", resource, str
    )


def _named(statement: dict, what: str, value: str, form: Callable[[str], str]) -> bool:
    if (others := f"Not{what}") in statement:
        return not any(fnmatchcase(value, form(each)) for each in _listed(statement[others]))
    return any(fnmatchcase(value, form(each)) for each in _listed(statement.get(what, [])))


def decide(documents: list[dict], action: str, resource: str) -> str:
    """Return `allowed`, `explicitDeny` or `implicitDeny` for an action on a resource.

    Raises:
        AwsError: `InvalidInput`, it depends on a condition.
    """
    statements = [line for document in documents for line in _listed(document["Statement"])]
    concerned = [line for line in statements if _concerns(line, action, resource)]
    verdict = _verdict({line["Effect"] for line in concerned if not line.get("Condition")})
    if verdict == "explicitDeny" or verdict == _verdict({line["Effect"] for line in concerned}):
        return verdict
    what = f"{action} on {resource} depends on a Condition"
    raise AwsError("InvalidInput", f"{what}, which the local AWS does not evaluate.")


def _verdict(effects: set[str]) -> str:
    if "Deny" in effects:
        return "explicitDeny"
    return "allowed" if "Allow" in effects else "implicitDeny"


KNOWN = {"Action", "Version", "PolicySourceArn", "ActionNames", "ResourceArns", "MaxItems"}


def _checked(form: dict[str, list[str]]) -> str:
    """Return the name of the role that is asked about, and refuse what is not done here.

    Raises:
        AwsError: `InvalidInput`.
    """
    if others := sorted({name.partition(".")[0] for name in form} - KNOWN):
        raise AwsError("InvalidInput", f"The local AWS does not support {', '.join(others)}.")
    arn = form.get("PolicySourceArn", [""])[0]
    if ":role/" not in arn:
        raise AwsError("InvalidInput", f"PolicySourceArn must be a role's here, not {arn!r}.")
    return arn.rpartition("/")[2]


OPERATIONS = {
    "iam": ("SimulatePrincipalPolicy",),
}


class Simulator(Engine):
    """The engine of SimulatePrincipalPolicy.

    Args:
        iam: the WSGI app that keeps the roles.
    """

    name, operations = "simulator", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        iam = parts.recorded
        self._iam = iam

    def answer(self, environ: dict, body: bytes) -> bytes:
        """Return the XML that answers a request.

        Raises:
            AwsError: `NoSuchEntity`, the role is not there.
        """
        form = parse_qs(body.decode())
        role = _checked(form)
        if "PermissionsBoundary" in self._ask(environ, "GetRole", RoleName=role)["Role"]:
            message = f"The role {role} has a permissions boundary, which is not evaluated here."
            raise AwsError("InvalidInput", message)
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
