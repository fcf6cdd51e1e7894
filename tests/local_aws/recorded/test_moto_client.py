"""moto is called as by boto3: dicts in and out, and its errors become AwsError."""

from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace

import pytest

from local_aws.context import Context
from local_aws.errors import AwsError
from local_aws.recorded.journal import Journal
from local_aws.recorded.moto_client import Recorded
from local_aws.server import moto_app

ROLE = {"RoleName": "wren", "AssumeRolePolicyDocument": '{"Statement": []}'}


@contextmanager
def recorded_in(folder):
    context = Context(folder, "http://127.0.0.1:1", "AKID", "secret")
    journal = Journal(folder / "moto.jsonl", moto_app())
    journal.replay()
    yield Recorded(context, journal)


@pytest.fixture
def recorded(tmp_path):
    with recorded_in(tmp_path) as made:
        yield made


def test_an_answer_has_values_as_boto3_gives_them(recorded):
    made = recorded.call("iam", "CreateRole", ROLE)["Role"]
    role = recorded.call("iam", "GetRole", {"RoleName": "wren"})["Role"]
    assert role["Arn"] == made["Arn"] == "arn:aws:iam::000000000000:role/wren"
    assert isinstance(role["CreateDate"], datetime) and role["CreateDate"].tzinfo


def test_an_error_of_moto_is_an_error_of_aws(recorded):
    with pytest.raises(AwsError, match="NoSuchEntity") as refused:
        recorded.call("iam", "GetRole", {"RoleName": "nobody"})
    assert refused.value.status == 404 and "nobody" in refused.value.message


@pytest.mark.parametrize("service", ["ecr", "sts"])
def test_every_protocol_of_a_recorded_service_is_spoken(recorded, service):
    calls = {
        "ecr": ("DescribeRepositories", {}, "repositories"),
        "sts": ("GetCallerIdentity", {}, "Account"),
    }
    operation, request, member = calls[service]
    answer = recorded.call(service, operation, request)
    assert answer[member] == ("000000000000" if service == "sts" else [])


def test_a_change_is_kept_and_a_question_is_not(tmp_path):
    with recorded_in(tmp_path) as first:
        first.call("iam", "CreateRole", ROLE)
        first.call("iam", "GetRole", {"RoleName": "wren"})
    assert len((tmp_path / "moto.jsonl").read_bytes().splitlines()) == 1
    with recorded_in(tmp_path) as second:
        assert second.call("iam", "GetRole", {"RoleName": "wren"})["Role"]["RoleName"] == "wren"


@pytest.mark.parametrize("failure", ["500 Internal Server Error", NotImplementedError()])
def test_an_operation_that_moto_lacks_is_refused_by_name(tmp_path, failure):
    def send(environ, body, is_change):
        if isinstance(failure, Exception):
            raise failure
        return failure, [("Content-Type", "text/html")], b"<html>"

    context = Context(tmp_path, "http://127.0.0.1:1", "AKID", "secret")
    with pytest.raises(AwsError, match="NotImplementedException.*iam:GetRole"):
        Recorded(context, SimpleNamespace(send=send)).call("iam", "GetRole", {"RoleName": "a"})


def test_settings_of_buckets_go_another_way(recorded):
    assert recorded.has("iam", "GetRole") and not recorded.has("iam", "CreateUser")
    assert not recorded.has("s3", "PutBucketPolicy")


@pytest.mark.parametrize(
    "service, operation, request_, code",
    [
        ("iam", "ListRoles", {"Marker": "next"}, "ValidationError"),
        ("secretsmanager", "CreateSecret", {"Name": "a", "AddReplicaRegions": [{}]}, "Validation"),
        ("ecr", "PutImage", {"repositoryName": "none", "imageManifest": "a"}, "InvalidParameter"),
    ],
)
def test_a_request_that_moto_fails_on_is_refused_with_the_reason(
    recorded, service, operation, request_, code
):
    with pytest.raises(AwsError, match=f"{code}.*It can't be recorded: "):
        recorded.call(service, operation, request_)
