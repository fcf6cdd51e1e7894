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


def test_a_key_comes_as_the_variables_that_clients_read():
    keys = RoleKeys("OWNER", "secret")
    lease = keys.lease("arn:role")
    made = lease.variables
    assert keys.role(made["AWS_ACCESS_KEY_ID"]) == "arn:role"
    assert keys.secrets[made["AWS_ACCESS_KEY_ID"]] == made["AWS_SECRET_ACCESS_KEY"]
    assert made["AWS_SECRET_ACCESS_KEY"] not in repr(lease)
    lease.end()
    assert not keys


def test_a_container_without_a_role_gets_no_key():
    keys = RoleKeys("OWNER", "secret")
    assert keys.lease(None).variables["AWS_ACCESS_KEY_ID"] == "" and not keys
