"""The access keys that are valid: the owner's, and those of running jobs, each for a role.

In memory alone: a job ends with the server. Knows no policy.
"""

import secrets


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

    def variables(self, role_arn: str) -> dict[str, str]:
        """Return a new key as the environment variables that every AWS client reads."""
        key, secret = self.issue(role_arn)
        return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}

    def revoke(self, access_key: str) -> None:
        """End a key's validity."""
        self.secrets.pop(access_key, None)
        self._roles.pop(access_key, None)

    def role(self, access_key: str) -> str | None:
        """Return the ARN of a key's role; None for the owner's key."""
        return self._roles.get(access_key)

    def __bool__(self) -> bool:
        return bool(self._roles)
