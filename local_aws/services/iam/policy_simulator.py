"""Simulates a role's policies for SimulatePrincipalPolicy, which moto lacks; knows roles alone.

The SageMaker SDK calls it before each training job.
Left out: service control policies. Refused, where the decision would depend on them: conditions,
permissions boundaries, policies in the request, users and groups.
"""

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from urllib.parse import unquote

from local_aws.errors import AwsError
from local_aws.parts import Engine


def _listed(value: str | dict | list) -> list:
    return value if isinstance(value, list) else [value]


def _concerns(statement: dict, action: str, resource: str) -> bool:
    """Say whether a statement covers an action on a resource, apart from its conditions."""
    return _named(statement, "Action", action.lower(), str.lower) and _named(
        statement, "Resource", resource, str
    )


def _named(statement: dict, element: str, value: str, form: Callable[[str], str]) -> bool:
    if (others := f"Not{element}") in statement:
        return not any(fnmatchcase(value, form(each)) for each in _listed(statement[others]))
    return any(fnmatchcase(value, form(each)) for each in _listed(statement.get(element, [])))


def decide(documents: list[dict], action: str, resource: str) -> str:
    """Return `allowed`, `explicitDeny` or `implicitDeny` for an action on a resource.

    Raises:
        AwsError: `InvalidInput`, the decision depends on a condition.
    """
    statements = [line for document in documents for line in _listed(document["Statement"])]
    concerned = [line for line in statements if _concerns(line, action, resource)]
    verdict = _verdict({line["Effect"] for line in concerned if not line.get("Condition")})
    if verdict == "explicitDeny" or verdict == _verdict({line["Effect"] for line in concerned}):
        return verdict
    condition = f"{action} on {resource} depends on a Condition"
    raise AwsError("InvalidInput", f"{condition}, which the local AWS does not evaluate.")


def _verdict(effects: set[str]) -> str:
    if "Deny" in effects:
        return "explicitDeny"
    return "allowed" if "Allow" in effects else "implicitDeny"


def _role(request: dict) -> str:
    """Return the name of the role that is simulated.

    Raises:
        AwsError: `InvalidInput`.
    """
    arn = request["PolicySourceArn"]
    if ":role/" not in arn:
        raise AwsError(
            "InvalidInput",
            f"PolicySourceArn must be the ARN of a role in the local AWS, not {arn!r}.",
        )
    return arn.rpartition("/")[2]


class Simulator(Engine):
    """The engine of SimulatePrincipalPolicy."""

    name = "simulator"
    operations = {"iam": {"SimulatePrincipalPolicy": "PolicySourceArn ActionNames ResourceArns"}}

    def simulate_principal_policy(self, request: dict) -> dict:
        """Return a decision for each action on each resource.

        Raises:
            AwsError: `NoSuchEntity`, the role does not exist.
        """
        role = _role(request)
        if "PermissionsBoundary" in self._iam("GetRole", RoleName=role)["Role"]:
            message = (
                f"The local AWS does not evaluate the permissions boundary of the role {role}."
            )
            raise AwsError("InvalidInput", message)
        documents = self._documents(role)
        results = [
            {
                "EvalActionName": action,
                "EvalResourceName": resource,
                "EvalDecision": decide(documents, action, resource),
            }
            for action in request["ActionNames"]
            for resource in request.get("ResourceArns") or ["*"]
        ]
        return {"EvaluationResults": results, "IsTruncated": False}

    def _documents(self, role: str) -> list[dict]:
        """Return a role's inline and attached policies."""
        texts = []
        for name in self._iam("ListRolePolicies", RoleName=role)["PolicyNames"]:
            policy = self._iam("GetRolePolicy", RoleName=role, PolicyName=name)
            texts.append(policy["PolicyDocument"])
        for policy in self._iam("ListAttachedRolePolicies", RoleName=role)["AttachedPolicies"]:
            arn = {"PolicyArn": policy["PolicyArn"]}
            version = self._iam("GetPolicy", **arn)["Policy"]["DefaultVersionId"]
            content = self._iam("GetPolicyVersion", **arn, VersionId=version)
            texts.append(content["PolicyVersion"]["Document"])
        return [json.loads(unquote(text)) for text in texts]

    def _iam(self, operation: str, **request: str) -> dict:
        return self.parts.call("iam", operation, request)
