"""A server with the user's policies does what they allow, and denies all else in AWS's words."""

import json

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws
from local_aws.services.iam.authorization import NOTES
from local_aws.state.json_lines import read_lines
from tests.local_cloud import BUCKET, JOB_ROLE, SERVING, furnish, make_client

ROLE = "arn:aws:iam::000000000000:role/course"
PASS = {
    "Action": "iam:PassRole", "Resource": "arn:aws:iam::ACCOUNT:role/course",
    "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
}  # fmt: skip
ALLOWED = [
    {
        "Action": "sagemaker:CreateModel",
        "Resource": "arn:aws:sagemaker:REGION:ACCOUNT:model/birds*",
    },
    {
        "Action": "sagemaker:CreateModelPackageGroup",
        "Resource": "arn:aws:sagemaker:REGION:ACCOUNT:model-package-group/birds*",
    },
    {"Action": "sagemaker:AddTags", "Resource": "arn:aws:sagemaker:*:*:*/birds-tagged"},
    {"Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::{BUCKET}/*"},
    {"Action": ["s3:PutBucketPolicy"], "Resource": f"arn:aws:s3:::{BUCKET}"},
    {"Action": ["iam:GetRole", "sqs:*", "apigateway:GET"], "Resource": "*"},
    PASS,
]
DENIED = {"Effect": "Deny", "Action": "sqs:DeleteQueue", "Resource": "*"}
USER = "User: arn:aws:sts::000000000000:user/moto is not authorized to perform"


@pytest.fixture(scope="module")
def enforced(tmp_path_factory):
    """Return a local AWS that holds its user to a policy."""
    folder = tmp_path_factory.mktemp("enforced")
    policy = folder / "policy.json"
    rows = [*allowing(*ALLOWED), DENIED]
    policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": rows}))
    with LocalAws(folder / "state", policies=[policy]) as aws:
        furnish(aws)
        yield aws


def allowing(*statements):
    return [{"Effect": "Allow", **each} for each in statements]


def refused(call, **request):
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response


def test_what_the_policies_allow_is_done(enforced):
    sagemaker = make_client(enforced, "sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="birds-1")
    s3 = make_client(enforced, "s3")
    s3.put_object(Bucket=BUCKET, Key="wren", Body=b"song")
    assert s3.get_object(Bucket=BUCKET, Key="wren")["Body"].read() == b"song"


@pytest.mark.parametrize(
    "service, call, request_, code, words",
    [
        (
            *("sagemaker", "create_model", {"ModelName": "bins", "ExecutionRoleArn": ROLE}),
            "AccessDeniedException",
            f"{USER}: sagemaker:CreateModel on resource: arn:aws:sagemaker:us-east-1:000000000000:"
            "model/bins because no identity-based policy allows the sagemaker:CreateModel action",
        ),
        (
            *("iam", "delete_role", {"RoleName": "course"}, "AccessDenied"),
            f"{USER}: iam:DeleteRole on resource: {ROLE} because no identity-based policy allows "
            "the iam:DeleteRole action",
        ),
        (
            *("s3", "delete_object", {"Bucket": BUCKET, "Key": "a"}, "AccessDenied"),
            f'{USER}: s3:DeleteObject on resource: "arn:aws:s3:::{BUCKET}/a" because no '
            "identity-based policy allows the s3:DeleteObject action",
        ),
        (
            *("apigateway", "create_rest_api", {"name": "a"}, "AccessDeniedException"),
            f"{USER}: apigateway:POST on resource: arn:aws:apigateway:us-east-1::/restapis "
            "because no identity-based policy allows the apigateway:POST action",
        ),
    ],
    ids=["json", "query", "s3", "rest"],
)
def test_all_else_is_denied_in_each_protocol(enforced, service, call, request_, code, words):
    answer = refused(getattr(make_client(enforced, service), call), **request_)
    assert (answer["Error"]["Code"], answer["Error"]["Message"]) == (code, words)


def test_a_denial_in_a_policy_wins(enforced):
    sqs = make_client(enforced, "sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    answer = refused(sqs.delete_queue, QueueUrl=url)
    assert answer["Error"]["Message"].endswith("with an explicit deny in an identity-based policy")


def test_the_tags_of_what_is_made_need_an_action_of_their_own(enforced):
    tags = {"Tags": [{"Key": "course", "Value": "birds"}]}
    call = make_client(enforced, "sagemaker").create_model_package_group
    answer = refused(call, ModelPackageGroupName="birds-2", **tags)
    assert "perform: sagemaker:AddTags on resource" in answer["Error"]["Message"]
    assert call(ModelPackageGroupName="birds-tagged", **tags)["ModelPackageGroupArn"]


@pytest.mark.parametrize("service, is_passed", [("sagemaker", True), ("glue", False)])
def test_a_role_is_passed_to_the_service_of_the_condition_alone(
    enforced, monkeypatch, service, is_passed
):
    passing = {**PASS, "Resource": ROLE}
    passing["Condition"] = {"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}}
    anything = {"Action": "sagemaker:*", "Resource": "*"}
    monkeypatch.setattr(enforced.parts, "policies", [{"Statement": allowing(anything, passing)}])
    # The server lets it through, and finds then that there is no such model data.
    place = {"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/none.tar.gz"}
    request = {"ModelName": "m", "ExecutionRoleArn": ROLE, "PrimaryContainer": place}
    words = refused(make_client(enforced, "sagemaker").create_model, **request)["Error"]["Message"]
    assert ("Could not access model data" in words) is is_passed
    assert (f"perform: iam:PassRole on resource: {ROLE}" in words) is not is_passed


def test_who_is_calling_is_told_to_everybody(enforced):
    assert make_client(enforced, "sts").get_caller_identity()["Account"] == "000000000000"


def test_a_roles_requests_are_held_to_its_policies_in_every_service(enforced):
    allowed = {"Effect": "Allow", "Action": "sagemaker:ListModels", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    role = {"RoleName": "r", "AssumeRolePolicyDocument": JOB_ROLE["AssumeRolePolicyDocument"]}
    enforced.parts.call("iam", "CreateRole", role)
    policy = {"RoleName": "r", "PolicyName": "p", "PolicyDocument": document}
    enforced.parts.call("iam", "PutRolePolicy", policy)
    key, secret = enforced.parts.keys.issue("arn:aws:iam::000000000000:role/r")
    keys = {"aws_access_key_id": key, "aws_secret_access_key": secret}
    sagemaker = make_client(enforced, "sagemaker", **keys)
    assert "Models" in sagemaker.list_models()
    words = refused(sagemaker.list_endpoints)["Error"]["Message"]
    assert words.startswith("User: arn:aws:sts::000000000000:assumed-role/r/")


def test_a_bucket_policy_denies_what_the_users_policies_allow(enforced):
    s3 = make_client(enforced, "s3")
    rows = [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
         "Resource": f"arn:aws:s3:::{BUCKET}/closed/*"},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*",
         "Resource": f"arn:aws:s3:::{BUCKET}/*",
         "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "s3:DeleteObject",
         "Resource": f"arn:aws:s3:::{BUCKET}/open/*"},
    ]  # fmt: skip
    s3.put_object(Bucket=BUCKET, Key="closed/a", Body=b"a")
    s3.get_object(Bucket=BUCKET, Key="closed/a")
    policy = json.dumps({"Version": "2012-10-17", "Statement": rows})
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy)
    words = refused(s3.get_object, Bucket=BUCKET, Key="closed/a")["Error"]["Message"]
    assert words.endswith("with an explicit deny in a resource-based policy")
    s3.delete_object(Bucket=BUCKET, Key="open/a")


def test_each_action_that_was_asked_for_is_noted_once(enforced):
    s3 = make_client(enforced, "s3")
    for _ in range(2):
        s3.put_object(Bucket=BUCKET, Key="noted", Body=b"")
    lines = [*read_lines(enforced.context.state / NOTES, dict)]
    noted = [each for each in lines if each["resource"].endswith("/noted")]
    assert [each["action"] for each in noted] == ["s3:PutObject"]


def test_a_condition_that_is_not_known_is_refused_by_name(enforced, monkeypatch):
    unknown = {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
    row = {"Action": "sagemaker:*", "Resource": "*", **unknown}
    monkeypatch.setattr(enforced.parts, "policies", [{"Statement": allowing(row)}])
    answer = refused(make_client(enforced, "sagemaker").list_models)
    assert "depends on a Condition" in answer["Error"]["Message"]
