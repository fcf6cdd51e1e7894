"""A role's key is valid until it is revoked; the owner's stays."""

from local_aws.state.role_keys import RoleKeys


def test_an_issued_key_is_its_roles_until_it_is_revoked():
    keys = RoleKeys("OWNER", "secret")
    assert not keys
    key, secret = keys.issue("arn:role")
    assert keys and keys.secrets == {"OWNER": "secret", key: secret}
    assert (keys.role(key), keys.role("OWNER")) == ("arn:role", None)
    keys.revoke(key)
    assert not keys and keys.secrets == {"OWNER": "secret"} and keys.role(key) is None
