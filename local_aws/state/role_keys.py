"""The access keys that are valid: the owner's, and those of running containers, each for a role.

In memory alone: a container ends with the server. Knows no policy.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

NO_KEY = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
"""The variables of a container that has no role: clients find no key in them."""


@dataclass(frozen=True)
class Lease:
    """The key of a container's role, as variables, and what takes it back at the end."""

    variables: dict[str, str] = field(default_factory=dict, repr=False)
    end: Callable[[], None] = lambda: None


class RoleKeys:
    """Issues keys for roles, and tells whose a key is."""

    def __init__(self, access_key: str, secret_key: str):
        self.secrets = {access_key: secret_key}
        """The secret of each valid key."""
        self._roles: dict[str, str] = {}

    def issue(self, role_arn: str) -> tuple[str, str]:
        """Return a new access key and its secret, valid until `revoke`."""
        key, secret = f"ASIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30)
        self._roles[key], self.secrets[key] = role_arn, secret
        return key, secret

    def lease(self, role_arn: str | None) -> Lease:
        """Return a new key as the environment variables that every AWS client reads.

        Args:
            role_arn: None, of a container without a role: it gets no key.
        """
        if role_arn is None:
            return Lease(NO_KEY)
        key, secret = self.issue(role_arn)
        variables = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}
        return Lease(variables, lambda: self.revoke(key))

    def revoke(self, access_key: str) -> None:
        """End a key's validity."""
        self.secrets.pop(access_key, None)
        self._roles.pop(access_key, None)

    def role(self, access_key: str) -> str | None:
        """Return the ARN of a key's role; None for the owner's key."""
        return self._roles.get(access_key)

    def __bool__(self) -> bool:
        return bool(self._roles)
