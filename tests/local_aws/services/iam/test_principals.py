"""A key's holder is the user, held to the user's policies if there are some, or a role."""

import json

import pytest

from local_aws.services.iam.principals import Principals, read_policies
from tests.local_cloud import JOB_ROLE

POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}


@pytest.fixture
def role(aws):
    aws.parts.call("iam", "CreateRole", {**JOB_ROLE, "RoleName": "r"})
    document = {"RoleName": "r", "PolicyName": "p", "PolicyDocument": json.dumps(POLICY)}
    aws.parts.call("iam", "PutRolePolicy", document)
    return "arn:aws:iam::000000000000:role/r"


def test_the_user_may_do_everything_unless_there_are_policies(aws):
    principals, key = Principals(aws.parts), aws.context.access_key
    assert principals.of(key) is None
    aws.parts.policies = [POLICY]
    assert principals.of(key).policies == ([POLICY],)


def test_a_roles_session_has_its_policies_of_some_seconds_ago_at_most(aws, role, monkeypatch):
    principals, (key, _) = Principals(aws.parts), aws.parts.keys.issue(role)
    assert principals.of(key).policies == ([POLICY],)
    aws.parts.call("iam", "DeleteRolePolicy", {"RoleName": "r", "PolicyName": "p"})
    assert principals.of(key).policies == ([POLICY],)
    assert principals.of(aws.parts.keys.issue(role)[0]).policies == ([],)
    monkeypatch.setattr("local_aws.services.iam.principals.KEPT_SECONDS", 0.0)
    assert principals.of(key).policies == ([],)


def test_region_and_account_in_a_file_stand_for_the_servers(aws, tmp_path):
    file = tmp_path / "policy.json"
    statement = {"Resource": "arn:aws:sqs:REGION:ACCOUNT:birds"}
    file.write_text(json.dumps({"Statement": [statement]}))
    (policy,) = read_policies([file], aws.context)
    assert policy["Statement"][0]["Resource"] == "arn:aws:sqs:us-east-1:000000000000:birds"


@pytest.mark.parametrize("text", ["", "{}", "[]"])
def test_a_file_without_a_policy_is_named(aws, tmp_path, text):
    file = tmp_path / "policy.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"policy\.json is not an IAM policy"):
        read_policies([file], aws.context)
