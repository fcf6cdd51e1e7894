"""Simulates a role's policies for SimulatePrincipalPolicy, which moto lacks; knows roles alone.

The SageMaker SDK calls it before each training job. A permissions boundary bounds the policies; the
caller of the local AWS, who owns it, may do everything, unless it was started with policies.
Left out: service control policies. Refused, where the decision would depend on them: conditions
other than StringEquals, StringLike and Bool on a key of the request's context, policies in the
request, users and groups.
"""

import json
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
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


def decide(
    documents: list[dict],
    action: str,
    resource: str,
    context: Mapping[str, list[str]] = MappingProxyType({}),
) -> str:
    """Return `allowed`, `explicitDeny` or `implicitDeny` for an action on a resource.

    Args:
        context: keys of conditions, and the request's values of them.

    Raises:
        AwsError: `InvalidInput`, it depends on a condition that can't be evaluated.
    """
    statements = [line for document in documents for line in _listed(document["Statement"])]
    concerned = [
        (line["Effect"], holds(line.get("Condition", {}), context))
        for line in statements
        if _concerns(line, action, resource)
    ]
    verdict = _verdict({effect for effect, is_met in concerned if is_met})
    possible = {effect for effect, is_met in concerned if is_met is not False}
    if verdict == "explicitDeny" or verdict == _verdict(possible):
        return verdict
    condition = f"{action} on {resource} depends on a Condition"
    raise AwsError("InvalidInput", f"{condition}, which the local AWS does not evaluate.")


def holds(condition: dict[str, dict], context: Mapping[str, list[str]]) -> bool | None:
    """Say whether a condition is met; None where an operator or a key is not known.

    An unmet part decides, whatever the others are: all must hold.
    """
    parts = [
        _matches(operator, _listed(values), context.get(key.lower()))
        for operator, keys in condition.items()
        for key, values in keys.items()
    ]
    if False in parts:
        return False
    return None if None in parts else True


def _matches(operator: str, patterns: list[str], values: list[str] | None) -> bool | None:
    if values is None or (match := _OPERATORS.get(operator)) is None:
        return None
    return any(match(value, pattern) for value in values for pattern in patterns)


def _same_bool(value: str, pattern: str | bool) -> bool:
    return value == str(pattern).lower()


_OPERATORS = {"StringEquals": str.__eq__, "StringLike": fnmatchcase, "Bool": _same_bool}


def _verdict(effects: set[str]) -> str:
    if "Deny" in effects:
        return "explicitDeny"
    return "allowed" if "Allow" in effects else "implicitDeny"


OWNER = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
"""What the caller may do: whoever has the local AWS's keys owns all of it."""


class Simulator(Engine):
    """The engine of SimulatePrincipalPolicy."""

    name = "simulator"
    operations = {
        "iam": {
            "SimulatePrincipalPolicy": "PolicySourceArn ActionNames ResourceArns ContextEntries(*)"
        }
    }

    def simulate_principal_policy(self, request: dict) -> dict:
        """Return a decision for each action on each resource.

        Raises:
            AwsError: `NoSuchEntity`, the role does not exist; `InvalidInput`, it can't be answered.
        """
        policies, bound = self.policies(request["PolicySourceArn"])
        context = {
            entry["ContextKeyName"].lower(): entry["ContextKeyValues"]
            for entry in request.get("ContextEntries", [])
        }
        results = [
            _result(policies, bound, action, resource, context)
            for action in request["ActionNames"]
            for resource in request.get("ResourceArns") or ["*"]
        ]
        return {"EvaluationResults": results, "IsTruncated": False}

    def policies(self, arn: str) -> tuple[dict[str, dict], dict | None]:
        """Return a principal's policies by their names, and its permissions boundary."""
        if arn == self.parts.call("sts", "GetCallerIdentity", {})["Arn"]:
            own = enumerate(self.parts.policies, start=1)
            return {f"user-{number}": each for number, each in own} or {"owner": OWNER}, None
        if ":role/" not in arn:
            raise AwsError(
                "InvalidInput",
                f"PolicySourceArn must be the ARN of a role in the local AWS, not {arn!r}.",
            )
        role = arn.rpartition("/")[2]
        boundary = self._iam("GetRole", RoleName=role)["Role"].get("PermissionsBoundary")
        return self._documents(role), self._boundary(role, boundary) if boundary else None

    def _boundary(self, role: str, boundary: dict) -> dict:
        arn = boundary["PermissionsBoundaryArn"]
        try:
            return self._managed(arn)
        except AwsError:
            message = f"The permissions boundary {arn} of the role {role} is not in the local AWS."
            raise AwsError("InvalidInput", message) from None

    def _documents(self, role: str) -> dict[str, dict]:
        """Return a role's inline and attached policies by their names."""
        documents = {}
        for name in self._iam("ListRolePolicies", RoleName=role)["PolicyNames"]:
            policy = self._iam("GetRolePolicy", RoleName=role, PolicyName=name)
            documents[name] = json.loads(unquote(policy["PolicyDocument"]))
        for policy in self._iam("ListAttachedRolePolicies", RoleName=role)["AttachedPolicies"]:
            documents[policy["PolicyArn"]] = self._managed(policy["PolicyArn"])
        return documents

    def _managed(self, arn: str) -> dict:
        version = self._iam("GetPolicy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
        content = self._iam("GetPolicyVersion", PolicyArn=arn, VersionId=version)
        return json.loads(unquote(content["PolicyVersion"]["Document"]))

    def _iam(self, operation: str, **request: str) -> dict:
        return self.parts.call("iam", operation, request)


def _result(
    policies: dict[str, dict],
    bound: dict | None,
    action: str,
    resource: str,
    context: dict[str, list[str]],
) -> dict:
    """Return the decision on one action and one resource, with the policies that deny it."""
    verdict = decide([*policies.values()], action, resource, context)
    denials = [
        {"SourcePolicyId": name, "SourcePolicyType": "IAM Policy"}
        for name, document in policies.items()
        if verdict == "explicitDeny"
        and decide([document], action, resource, context) == "explicitDeny"
    ]
    result = {"EvalActionName": action, "EvalResourceName": resource, "MatchedStatements": denials}
    if bound is not None:
        within = decide([bound], action, resource, context)
        verdict = within if verdict == "allowed" else verdict
        is_allowed = within == "allowed"
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": is_allowed}
    return {**result, "EvalDecision": verdict}
