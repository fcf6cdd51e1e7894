"""What moto keeps survives the server."""

import json

import pytest

from helpers.local_aws.journal import operation_of
from helpers.local_aws.server import LocalAws
from tests.local_cloud import make_client

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


@pytest.mark.parametrize(
    "environ, body, name",
    [
        ({"HTTP_X_AMZ_TARGET": "SageMaker.CreateModel"}, b"", "CreateModel"),
        ({}, b"Action=ListRoles&Version=1", "ListRoles"),
        ({"PATH_INFO": "/service/X/operation/PutMetricData"}, b"", "PutMetricData"),
        ({}, b"", ""),
    ],
)
def test_an_operations_name_is_found_in_every_protocol(environ, body, name):
    assert operation_of({"PATH_INFO": "/", "QUERY_STRING": "", **environ}, body) == name
