"""Tells who makes a request, by its access key, and by which policies; knows no action.

A role's policies are read at most once in some seconds, so a change counts soon, as on AWS.
The account's own key is the user's: it may do everything, unless the server was started with the
user's policies.
"""

import json
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from local_aws.context import Context
from local_aws.parts import Parts
from local_aws.services.iam.policy_simulator import Simulator

KEPT_SECONDS = 5.0
SESSION = "local"
"""The name of all sessions of roles: AWS's services have one each."""


@dataclass(frozen=True)
class Principal:
    """Who makes a request.

    Attributes:
        arn: of the user, or of a role's session.
        policies: each must be allowed by the first list, and by each further one, a boundary.
    """

    arn: str
    policies: tuple[list[dict], ...]


class Principals:
    """The users and roles of one local AWS, by their access keys."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._roles: dict[str, tuple[float, Principal]] = {}

    def of(self, access_key: str) -> Principal | None:
        """Return who has a key; None for one who may do everything."""
        keys = self._parts.keys
        if (role := keys.role(access_key)) is None:
            return self._user() if self._parts.policies else None
        now = time.monotonic()
        read, principal = self._roles.get(access_key, (-math.inf, None))
        if now - read > KEPT_SECONDS:
            principal = self.session(role)
            valid = {each: known for each, known in self._roles.items() if keys.role(each)}
            self._roles = {**valid, access_key: (now, principal)}
        return principal

    def session(self, role: str) -> Principal:
        """Return a role's session, with the role's present policies."""
        documents, bound = self._parts.engine(Simulator).policies(role)
        name, account = role.rpartition("/")[2], self._parts.context.account
        arn = f"arn:aws:sts::{account}:assumed-role/{name}/{SESSION}"
        return Principal(arn, ([*documents.values()], *([[bound]] if bound else [])))

    def _user(self) -> Principal:
        arn = self._parts.call("sts", "GetCallerIdentity", {})["Arn"]
        return Principal(arn, ([*self._parts.policies],))


def read_policies(paths: Iterable[Path], context: Context) -> list[dict]:
    """Return the policies in files, where REGION and ACCOUNT stand for the server's.

    Raises:
        ValueError: a file has no policy; the message names it.
    """
    documents = []
    for path in paths:
        text = path.read_text().replace(":REGION:", f":{context.region}:")
        try:
            documents.append(json.loads(text.replace(":ACCOUNT:", f":{context.account}:")))
            documents[-1]["Statement"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is not an IAM policy: {error!r}") from None
    return documents
