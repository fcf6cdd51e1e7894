"""S3 requests with a role's key do what its policies allow, and nothing else."""

import json
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from botocore.exceptions import ClientError

from local_aws.control import Fault, set_faults
from tests.local_cloud import BUCKET

OWN = f"arn:aws:s3:::{BUCKET}"
POLICY = [
    {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"{OWN}/in/*"},
    {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": f"{OWN}/in/a*"},
    {
        "Effect": "Allow", "Action": "s3:ListBucket", "Resource": OWN,
        "Condition": {"StringLike": {"s3:prefix": "in/*"}},
    },
]  # fmt: skip


@pytest.fixture
def s3(aws, client):
    """Return a client with the key of a role with the policy above."""
    return role_client(aws, client, POLICY)


def role_client(aws, client, statements):
    client("iam").create_role(RoleName="r", AssumeRolePolicyDocument='{"Statement": []}')
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    client("iam").put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document)
    for key in ("in/a", "in/b", "out/a"):
        aws.store.put(BUCKET, key, b"wren")
    key, secret = aws.parts.keys.issue("arn:aws:iam::000000000000:role/r")
    return client("s3", aws_access_key_id=key, aws_secret_access_key=secret)


def objects(*keys):
    return {"Objects": [{"Key": key} for key in keys]}


def test_what_the_policy_allows_is_done(aws, s3):
    assert s3.get_object(Bucket=BUCKET, Key="in/a")["Body"].read() == b"wren"
    s3.copy_object(Bucket=BUCKET, Key="in/c", CopySource=f"{BUCKET}/in/b")
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="in/")["KeyCount"] == 3
    s3.delete_objects(Bucket=BUCKET, Delete=objects("in/a"))
    assert [each.key for each in aws.store.list(BUCKET)] == ["in/b", "in/c", "out/a"]


@pytest.mark.parametrize(
    "operation, request_",
    [
        ("get_object", {"Key": "out/a"}),
        ("put_object", {"Key": "out/b", "Body": b"x"}),
        ("delete_object", {"Key": "in/b"}),
        ("delete_objects", {"Delete": objects("in/a", "in/b")}),
        ("copy_object", {"Key": "in/c", "CopySource": f"{BUCKET}/out/a"}),
        ("create_multipart_upload", {"Key": "out/b"}),
        ("list_objects_v2", {"Prefix": "out/"}),
        ("get_bucket_location", {}),
        ("delete_bucket", {}),
        ("list_buckets", None),
    ],
)
def test_all_else_is_denied_and_changes_nothing(aws, s3, operation, request_):
    request = {} if request_ is None else {"Bucket": BUCKET, **request_}
    with pytest.raises(ClientError, match="AccessDenied"):
        getattr(s3, operation)(**request)
    assert [each.key for each in aws.store.list(BUCKET)] == ["in/a", "in/b", "out/a"]


def test_a_condition_that_can_not_be_evaluated_refuses_nothing(aws, client):
    statement = {**POLICY[0], "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
    s3 = role_client(aws, client, [statement])
    assert s3.get_object(Bucket=BUCKET, Key="in/a")["Body"].read() == b"wren"


def test_the_owner_may_do_everything_meanwhile(client, s3):
    assert client("s3").get_object(Bucket=BUCKET, Key="out/a")["Body"].read() == b"wren"


@pytest.fixture
def files(aws):
    """Return a function that lists keys and files as Spark's file system does."""

    def files(s3) -> dict[str, str]:
        bodies = []

        def ask(request, **_):
            request.headers["x-local-paths"] = "1"

        s3.meta.events.register("before-sign.s3.ListObjectsV2", ask)
        s3.meta.events.register(
            "before-parse.s3.ListObjectsV2", lambda response_dict, **_: bodies.append(response_dict)
        )
        s3.list_objects_v2(Bucket=BUCKET, Prefix="in/")
        [document] = bodies
        entries = ElementTree.fromstring(document["body"]).findall("{*}Contents")
        named = {each.findtext("{*}Key"): each.findtext("{*}LocalPath") for each in entries}
        assert [*named] == ["in/a", "in/b"], document
        return named

    return files


READS_A = [{**POLICY[0], "Resource": f"{OWN}/in/a"}, {**POLICY[2]}]


def test_a_listing_names_the_files_of_what_the_role_may_read(aws, client, files):
    named = files(role_client(aws, client, READS_A))
    assert Path(unquote(named["in/a"])).read_bytes() == b"wren"
    assert named["in/b"] is None


def test_a_listing_names_no_file_to_others_and_none_while_faults_are_injected(aws, client, files):
    s3 = role_client(aws, client, READS_A)
    assert not any(files(client("s3")).values())
    set_faults(aws.context, [Fault("slow", "s3", seconds=0.001)])
    assert not any(files(s3).values())


def test_a_file_whose_condition_can_not_be_evaluated_is_not_named(aws, client, files):
    statement = {**POLICY[0], "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
    assert not any(files(role_client(aws, client, [statement, POLICY[2]])).values())
