"""Refuses requests that no policy of their caller allows, in AWS's words; does nothing by default.

It is switched on by the user's policies (`python -m local_aws start --enforce FILE …`). Identity
policies, permissions boundaries and the policies of buckets and queues decide together. What AWS's
services do by themselves is no request here. Each action on each resource that was asked for is
noted in `authorizations.jsonl` of the state folder, once.
Left out: service control policies, session policies, a policy's variables. A condition that can't
be evaluated is refused by name.
"""

import json
import threading
from collections.abc import Iterable, Mapping

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.services.iam.needs import BOUNDED, Need, needs
from local_aws.services.iam.policy_simulator import decide
from local_aws.services.iam.principals import Principal, Principals
from local_aws.state.json_lines import append
from local_aws.wire.errors import denial
from local_aws.wire.routing import Call

NOTES = "authorizations.jsonl"
REASONS = ("identity-based policy", "permissions boundary")
SECURE = {"aws:securetransport": ["true"]}
"""Loopback stands for AWS's TLS: a policy that demands it is met."""


class Authorization:
    """Decides about the requests of one local AWS."""

    def __init__(self, parts: Parts):
        self._parts, self.principals = parts, Principals(parts)
        self._noted: set[tuple] = set()
        self._lock = threading.Lock()

    def check(self, access_key: str, call: Call, request: dict) -> None:
        """Check a request of a service other than S3.

        Raises:
            AwsError: its caller is not allowed an action; InvalidInput, a condition is not known.
        """
        if not self._parts.policies:
            return
        if call.operation in BOUNDED and call.service == "iam":
            request = self._bounded(request)
        principal = self.principals.of(access_key)
        wanted = needs(self._parts.context, call.service, call.operation, request)
        self.decide(principal, wanted, call.protocol)

    def check_invoke(self, access_key: str, method: str) -> None:
        """Check that a key's holder may call a REST API's method, by its ARN.

        Raises:
            AwsError: its caller is not allowed it.
        """
        if self._parts.policies:
            need = Need("execute-api:Invoke", method)
            self.decide(self.principals.of(access_key), [need], "rest-json")

    def decide(
        self, principal: Principal, wanted: Iterable[Need], protocol: str, own: str | None = None
    ) -> None:
        """Check each action that a principal needs.

        Args:
            own: the policy of the resource, or None.

        Raises:
            AwsError: one is not allowed.
        """
        for need in wanted:
            self._note(principal, need)
            if reason := denied(principal, need, own):
                raise denial(protocol, _words(principal, need, reason))

    def _note(self, principal: Principal, need: Need) -> None:
        row = (principal.arn, need.action, need.resource, json.dumps(dict(need.context)))
        if not self._parts.policies or row in self._noted:
            return
        with self._lock:
            self._noted.add(row)
            line = {"principal": principal.arn, "action": need.action, "resource": need.resource}
            append(self._parts.context.state / NOTES, [{**line, "context": dict(need.context)}])

    def _bounded(self, request: dict) -> dict:
        """Return a request about a role with the role's permissions boundary."""
        if "PermissionsBoundary" in request:
            return request
        try:
            role = self._parts.call("iam", "GetRole", {"RoleName": request["RoleName"]})["Role"]
        except AwsError:
            return request
        bound = role.get("PermissionsBoundary")
        return {**request, "PermissionsBoundary": bound["PermissionsBoundaryArn"]} if bound else (
            request
        )  # fmt: skip


def denied(principal: Principal, need: Need, own: str | None = None) -> str | None:
    """Return why an action is denied, in AWS's words, or None if it is allowed.

    Args:
        own: the policy of the resource: it may deny, and allow what no identity policy does.
    """
    context = {**SECURE, **need.context}
    by_resource = decide(_about(own, principal), need.action, need.resource, context)
    if by_resource == "explicitDeny":
        return "with an explicit deny in a resource-based policy"
    verdicts = [
        decide(documents, need.action, need.resource, context) for documents in principal.policies
    ]
    for verdict, kind in zip(verdicts, REASONS, strict=False):
        if verdict == "explicitDeny":
            article = "an" if kind[0] in "aeiou" else "a"
            return f"with an explicit deny in {article} {kind}"
    allowed = [by_resource == "allowed" or verdicts[0] == "allowed", *_allowed(verdicts[1:])]
    for is_allowed, kind in zip(allowed, REASONS, strict=False):
        if not is_allowed:
            return f"because no {kind} allows the {need.action} action"
    return None


def _allowed(verdicts: list[str]) -> list[bool]:
    return [verdict == "allowed" for verdict in verdicts]


def _about(policy: str | None, principal: Principal) -> list[dict]:
    """Return the statements of a resource's policy that are about a principal."""
    lines = json.loads(policy)["Statement"] if policy else []
    lines = lines if isinstance(lines, list) else [lines]
    return [{"Statement": [each for each in lines if _is_named(each, principal)]}]


def _is_named(statement: Mapping, principal: Principal) -> bool:
    named = statement.get("Principal", "")
    if isinstance(named, dict):
        named = named.get("AWS", [])
    names = named if isinstance(named, list) else [named]
    account = principal.arn.split(":")[4]
    own = {"*", principal.arn, account, f"arn:aws:iam::{account}:root"}
    if ":assumed-role/" in principal.arn:
        own.add(f"arn:aws:iam::{account}:role/{principal.arn.split('/')[1]}")
    return bool(own & {*names})


def _words(principal: Principal, need: Need, reason: str) -> str:
    quote = '"' if need.action.startswith("s3:") else ""
    resource = f"{quote}{need.resource}{quote}"
    who = f"User: {principal.arn} is not authorized to perform: {need.action}"
    return f"{who} on resource: {resource} {reason}"
