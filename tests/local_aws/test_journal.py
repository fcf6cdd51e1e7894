"""What moto keeps survives the server."""

import json
from base64 import b64encode

import pytest

from helpers.local_aws.journal import Journal
from helpers.local_aws.server import LocalAws
from tests.local_cloud import make_client

FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def test_a_role_is_there_after_a_restart(tmp_path):
    with LocalAws(tmp_path) as aws:
        iam = make_client(aws, "iam")
        for name in ("kept", "gone"):
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
        iam.delete_role(RoleName="gone")
    with LocalAws(tmp_path) as aws:
        roles = make_client(aws, "iam").list_roles()["Roles"]
    assert "kept" in {role["RoleName"] for role in roles}
    assert "gone" not in {role["RoleName"] for role in roles}


OLD = [
    ("sagemaker", {"HTTP_X_AMZ_TARGET": "SageMaker.CreateTransformJob"}, b"{}"),
    ("iam", FORM, b"Action=CreateUser&Version=2010-05-08&UserName=wren"),
    ("s3", {"REQUEST_METHOD": "PUT", "PATH_INFO": "/b", "QUERY_STRING": "versioning"}, b""),
]


@pytest.mark.parametrize("service, more, body", OLD, ids=[row[0] for row in OLD])
def test_a_change_that_is_refused_now_is_not_done_again(tmp_path, caplog, service, more, body):
    scope = f"AKID/20260101/us-east-1/{service}/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    entry = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "QUERY_STRING": ""}
    entry |= {"HTTP_AUTHORIZATION": signed, **more, "body": b64encode(body).decode()}
    (tmp_path / "moto.jsonl").write_text(json.dumps(entry) + "\n")

    def moto(environ, start_response):
        raise AssertionError("it was done")

    assert Journal(tmp_path / "moto.jsonl", moto).replay() == 0
    assert f"skipped what the local AWS refuses now: {service}:" in caplog.text
