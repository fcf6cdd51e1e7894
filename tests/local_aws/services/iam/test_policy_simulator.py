"""A role's permissions follow from its policies."""

import json

import pytest
from botocore.exceptions import ClientError

from local_aws.errors import AwsError
from local_aws.services.iam.policy_simulator import decide

ALLOW = {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["arn:aws:s3:::ours/*"]}
DENY = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::ours/secret"}


@pytest.mark.parametrize(
    "action, resource, verdict",
    [
        ("s3:GetObject", "arn:aws:s3:::ours/a", "allowed"),
        ("s3:getobject", "arn:aws:s3:::ours/a", "allowed"),
        ("s3:GetObject", "arn:aws:s3:::theirs/a", "implicitDeny"),
        ("s3:PutObject", "arn:aws:s3:::ours/a", "implicitDeny"),
        ("s3:GetObject", "arn:aws:s3:::ours/secret", "explicitDeny"),
    ],
)
def test_a_deny_beats_an_allow_and_nothing_is_allowed_by_itself(action, resource, verdict):
    assert decide([{"Statement": [ALLOW, DENY]}], action, resource) == verdict


def test_the_service_answers_for_a_roles_inline_policies(client):
    iam = client("iam")
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    iam.create_role(RoleName="job", AssumeRolePolicyDocument=trust)
    policy = {"Version": "2012-10-17", "Statement": [{**ALLOW, "Resource": "*"}]}
    iam.put_role_policy(RoleName="job", PolicyName="p", PolicyDocument=json.dumps(policy))
    answer = iam.simulate_principal_policy(
        PolicySourceArn="arn:aws:iam::000000000000:role/job",
        ActionNames=["s3:GetObject", "ec2:RunInstances"],
    )["EvaluationResults"]
    assert [each["EvalDecision"] for each in answer] == ["allowed", "implicitDeny"]


def test_an_attached_policy_counts_as_long_as_it_is_attached(client):
    iam = client("iam")
    iam.create_role(RoleName="job", AssumeRolePolicyDocument="{}")
    document = json.dumps({"Version": "2012-10-17", "Statement": {**ALLOW, "Resource": "*"}})
    for name in ("one", "two"):
        arn = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="job", PolicyArn=arn)
    role = {"PolicySourceArn": "arn:aws:iam::000000000000:role/job"}

    def verdict():
        answer = iam.simulate_principal_policy(**role, ActionNames=["s3:GetObject"])
        return answer["EvaluationResults"][0]["EvalDecision"]

    assert verdict() == "allowed"
    for policy in iam.list_attached_role_policies(RoleName="job")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="job", PolicyArn=policy["PolicyArn"])
    assert verdict() == "implicitDeny"


def test_a_role_that_is_not_there_is_an_error(client):
    with pytest.raises(ClientError, match="NoSuchEntity"):
        client("iam").simulate_principal_policy(
            PolicySourceArn="arn:aws:iam::000000000000:role/nobody", ActionNames=["s3:GetObject"]
        )


ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
READ = {"Effect": "Allow", "Action": "s3:Get*"}


@pytest.mark.parametrize(
    "statements, verdict",
    [
        ([{**READ, "NotResource": "arn:aws:s3:::ours/*"}], "implicitDeny"),
        ([{**READ, "NotResource": "arn:aws:s3:::theirs/*"}], "allowed"),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "allowed"),
        ([{"Effect": "Allow", "NotAction": "S3:*", "Resource": "*"}], "implicitDeny"),
        ([ALL, {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}], "explicitDeny"),
        ([ALL, {**ALL, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}], "allowed"),
        ([DENY, {**ALL, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}], None),
    ],
)  # fmt: skip
def test_what_a_statement_does_not_name_counts_as_much(statements, verdict):
    question = ([{"Statement": statements}], "s3:GetObject", "arn:aws:s3:::ours/a")
    if verdict:
        assert decide(*question) == verdict
    else:
        with pytest.raises(AwsError, match="depends on a Condition"):
            decide(*question)


@pytest.mark.parametrize(
    "more, why",
    [
        ({"PolicyInputList": ["{}"]}, "with PolicyInputList"),
        ({"ContextEntries": [{"ContextKeyName": "aws:a"}]}, "with ContextEntries"),
        ({"PolicySourceArn": "arn:aws:iam::000000000000:user/job"}, "must be the ARN of a role"),
        ({}, "permissions boundary"),
    ],
)
def test_what_would_change_the_answer_is_refused(client, more, why):
    iam = client("iam")
    boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    iam.create_role(RoleName="job", AssumeRolePolicyDocument="{}", PermissionsBoundary=boundary)
    role = {
        "PolicySourceArn": "arn:aws:iam::000000000000:role/job",
        "ActionNames": ["s3:GetObject"],
    }
    with pytest.raises(ClientError, match=why):
        iam.simulate_principal_policy(**role | more)
