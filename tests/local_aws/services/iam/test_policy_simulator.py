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
        ({"CallerArn": "arn:aws:iam::000000000000:user/job"}, "with CallerArn"),
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


PASS = {**ALL, "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}}


@pytest.mark.parametrize(
    "context, verdict",
    [
        ({"iam:passedtoservice": ["sagemaker.amazonaws.com"]}, "allowed"),
        ({"iam:passedtoservice": ["ec2.amazonaws.com"]}, "implicitDeny"),
    ],
)
def test_a_condition_on_a_key_of_the_context_is_evaluated(context, verdict):
    assert decide([{"Statement": PASS}], "iam:PassRole", "role", context) == verdict
    like = {"StringLike": {"iam:PassedToService": "sage*"}}
    assert decide([{"Statement": {**ALL, "Condition": like}}], "a:B", "c", context) == verdict


def put(iam, *statements, **more):
    """Make the role `job` with a policy."""
    iam.create_role(RoleName="job", AssumeRolePolicyDocument="{}", **more)
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_role_policy(RoleName="job", PolicyName="mine", PolicyDocument=document)


def simulate(iam, *actions, arn="arn:aws:iam::000000000000:role/job", **more):
    answer = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=actions, **more)
    return answer["EvaluationResults"]


def test_a_boundary_allows_nothing_and_takes_away(client):
    iam = client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": {**READ, "Resource": "*"}})
    boundary = iam.create_policy(PolicyName="bound", PolicyDocument=document)["Policy"]["Arn"]
    put(iam, {**ALL, "Action": ["s3:*"]}, PermissionsBoundary=boundary)
    answers = simulate(iam, "s3:GetObject", "s3:PutObject", "glue:GetTable")
    decisions = [answer["EvalDecision"] for answer in answers]
    assert decisions == ["allowed", "implicitDeny", "implicitDeny"]
    within = [answer["PermissionsBoundaryDecisionDetail"] for answer in answers]
    assert [each["AllowedByPermissionsBoundary"] for each in within] == [True, False, False]


def test_a_denial_names_its_policy(client):
    iam = client("iam")
    put(iam, ALL, DENY)
    (answer,) = simulate(iam, "s3:GetObject", ResourceArns=["arn:aws:s3:::ours/secret"])
    assert answer["MatchedStatements"][0]["SourcePolicyId"] == "mine"


def test_the_context_comes_with_the_request(client):
    iam = client("iam")
    put(iam, PASS)
    entry = {"ContextKeyName": "iam:PassedToService", "ContextKeyType": "string"}
    for service, verdict in (("sagemaker", "allowed"), ("ec2", "implicitDeny")):
        values = [f"{service}.amazonaws.com"]
        context = [{**entry, "ContextKeyValues": values}]
        (answer,) = simulate(iam, "iam:PassRole", ContextEntries=context)
        assert answer["EvalDecision"] == verdict


def test_the_caller_may_do_everything(client):
    caller = client("sts").get_caller_identity()["Arn"]
    (answer,) = simulate(client("iam"), "iam:DeleteRole", arn=caller)
    assert answer["EvalDecision"] == "allowed"
