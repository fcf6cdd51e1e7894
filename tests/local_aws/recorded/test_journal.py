"""moto's records survive the server."""

import base64
import json
import threading
from base64 import b64encode
from contextlib import suppress

import pytest
from botocore.exceptions import ClientError

from local_aws.recorded.journal import Journal
from local_aws.server import LocalAws
from tests.local_aws.full_disks import no_file_longer_than
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
    ("sagemaker", {"HTTP_X_AMZ_TARGET": "SageMaker.CreateCompilationJob"}, b"{}"),
    ("iam", FORM, b"Action=CreateUser&Version=2010-05-08&UserName=wren"),
    ("s3", {"REQUEST_METHOD": "PUT", "PATH_INFO": "/b", "QUERY_STRING": "lifecycle"}, b""),
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
    assert f"skipped an operation that is no longer recorded: {service}:" in caplog.text


def line(body, service, target=""):
    """Return a line of the journal."""
    entry = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "QUERY_STRING": "", "HTTP_HOST": "aws"}
    scope = f"Credential=key/20260101/us-east-1/{service}/aws4_request"
    entry["HTTP_AUTHORIZATION"] = f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=none"
    entry |= {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    entry |= {"HTTP_X_AMZ_TARGET": target} if target else {}
    return json.dumps({**entry, "body": base64.b64encode(body).decode()}).encode() + b"\n"


def role(name):
    return {"RoleName": name, "AssumeRolePolicyDocument": TRUST}


def names(aws):
    return {one["RoleName"] for one in make_client(aws, "iam").list_roles()["Roles"]}


def lines(state):
    return (state / "moto.jsonl").read_bytes().splitlines()


@pytest.mark.parametrize("room", [0, 40])
def test_a_change_that_has_no_room_is_refused_and_not_in_effect(tmp_path, room):
    with LocalAws(tmp_path) as aws:
        iam = make_client(aws, "iam")
        iam.create_role(**role("kept"))
        size = (tmp_path / "moto.jsonl").stat().st_size
        with no_file_longer_than(size + room):
            with pytest.raises(ClientError, match="InsufficientStorage.*disk .* is full"):
                iam.create_role(**role("refused"))
            with pytest.raises(ClientError, match="InsufficientStorage"):
                iam.delete_role(RoleName="kept")
        assert names(aws) == {"kept"}
        iam.create_role(**role("later"))
    with LocalAws(tmp_path) as aws:
        assert names(aws) == {"kept", "later"}


def test_a_change_that_moto_refuses_leaves_no_line(tmp_path):
    with LocalAws(tmp_path) as aws:
        iam = make_client(aws, "iam")
        iam.create_role(**role("one"))
        before = lines(tmp_path)
        with pytest.raises(ClientError, match="EntityAlreadyExists"):
            iam.create_role(**role("one"))
        with pytest.raises(ClientError, match="NoSuchEntity"):
            iam.delete_role(RoleName="none")
        assert lines(tmp_path) == before


@pytest.mark.parametrize(
    "bad",
    [
        b'{"REQUEST_METHOD": "POST", "PATH_INFO": "/", "body": "QWN0aW9u',
        b"\xff\xfe\xfd\n",
        b'["no", "request"]\n',
        b'{"REQUEST_METHOD": "POST", "PATH_INFO": "/", "body": "no base64!"}\n',
        line(b"Action=DeleteRole&RoleName=none&Version=2010-05-08", "iam"),
        line(b"{no JSON", "events", target="AWSEvents.PutRule"),
        b'{"REQUEST_METHOD": "POST", "body": ""}\n',
    ],
    ids=["half", "no UTF-8", "no request", "no base64", "refused", "raises", "no path"],
)
def test_a_line_that_can_not_be_done_again_costs_itself_alone(tmp_path, bad, caplog):
    with LocalAws(tmp_path) as aws:
        make_client(aws, "iam").create_role(**role("before"))
    with (tmp_path / "moto.jsonl").open("ab") as file:
        file.write(bad)
    with LocalAws(tmp_path) as aws:
        make_client(aws, "iam").create_role(**role("after"))
        assert "skipped" in caplog.text
    with LocalAws(tmp_path) as aws:
        assert names(aws) == {"before", "after"}


def test_changes_have_their_lines_in_the_order_of_their_effect(tmp_path):
    with LocalAws(tmp_path) as aws:

        def toggle():
            iam = make_client(aws, "iam")
            for _ in range(15):
                for call, request in ((iam.create_role, role("one")), (iam.delete_role, {})):
                    with suppress(ClientError):
                        call(**request or {"RoleName": "one"})

        threads = [threading.Thread(target=toggle) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        operations = [base64.b64decode(json.loads(one)["body"])[:17] for one in lines(tmp_path)]
    # What moto accepted was by turns a creation and a deletion.
    assert operations == ([b"Action=CreateRole", b"Action=DeleteRole"] * 45)[: len(operations)]
