"""The front accepts signed requests, and refuses others in their protocol."""

import errno
import http.client
import os
import sqlite3
import urllib.error
import urllib.request

import duckdb
import pytest
from botocore.exceptions import ClientError

from local_aws.state.disk import is_full


def test_a_request_without_a_signature_is_refused(aws):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{aws.context.url}/", data=b"{}")
    with refused.value:
        assert refused.value.code == 403


def test_a_body_without_a_length_is_read_up_to_the_limit_and_no_further(aws, monkeypatch):
    monkeypatch.setattr("local_aws.wire.front.MAX_BODY", 10_000)
    connection = http.client.HTTPConnection(aws.context.url.removeprefix("http://"))
    for count, status in ((2, 403), (11, 413)):  # the signature is asked for after the body
        connection.request("POST", "/", iter([bytes(1000)] * count), encode_chunked=True)
        with connection.getresponse() as answer:
            assert answer.status == status
    connection.close()


@pytest.mark.parametrize(
    "service, call",
    [("s3", "list_buckets"), ("sagemaker", "list_models"), ("iam", "list_roles")],
)
def test_a_wrong_secret_is_refused_in_every_protocol(client, service, call):
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        getattr(client(service, aws_secret_access_key="wrong"), call)()


def test_a_key_that_is_not_ours_is_refused(client):
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        client("sagemaker", aws_access_key_id="SOMEBODYELSE").list_models()


def test_s3_has_words_of_its_own_for_keys_and_the_lack_of_them(aws, client):
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        client("s3", aws_access_key_id="SOMEBODYELSE").list_buckets()
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{aws.context.url}/course-bucket/a")
    assert error.value.status == 403 and b"<Code>AccessDenied</Code>" in error.value.read()


def test_what_nobody_answers_is_refused_by_name_and_at_once(client):
    message = "does not support sagemaker:ListHumanTaskUis"
    with pytest.raises(ClientError, match=message) as refused:
        client("sagemaker").list_human_task_uis()
    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_the_account_is_nobodys(client):
    assert client("sts").get_caller_identity()["Account"] == "000000000000"


def test_a_presigned_url_opens_one_object_and_no_other(aws, client):
    aws.store.put("course-bucket", "a.txt", b"open")
    aws.store.put("course-bucket", "b.txt", b"closed")
    s3 = client("s3")
    url = s3.generate_presigned_url("get_object", {"Bucket": "course-bucket", "Key": "a.txt"})
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"open"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(url.replace("a.txt", "b.txt"))
    refused.value.close()
    assert refused.value.code == 403


def test_the_health_page_needs_no_signature(aws):
    with urllib.request.urlopen(f"{aws.context.url}/_local/health") as answer:
        assert answer.status == 200


def test_what_is_only_recorded_is_held_against_its_model_too(client):
    with pytest.raises(ClientError, match="InvalidParameterException.*regular expression"):
        client("ecr").create_repository(repositoryName="NO CAPITALS")


def test_a_refusal_is_not_tried_again(client):
    with pytest.raises(ClientError, match="does not support lambda:ListLayers") as refused:
        client("lambda").list_layers()
    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/some/file"),
        OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)),
        sqlite3.OperationalError("database or disk is full"),
        duckdb.IOException("IO Error: Could not write file: No space left on device"),
    ],
    ids=["system", "quota", "SQLite", "DuckDB"],
)
@pytest.mark.parametrize(
    "engine, service, call",
    [
        ("models", "sagemaker", "list_models"),
        ("catalog", "glue", "get_databases"),
        ("logs", "logs", "describe_log_groups"),
        ("athena", "athena", "list_query_executions"),
    ],
)
def test_a_full_disk_is_named_by_every_engine_and_at_once(
    aws, client, monkeypatch, error, engine, service, call
):
    def full(request):
        raise error

    monkeypatch.setattr(getattr(aws.engines, engine), "method", lambda operation: full)
    with pytest.raises(ClientError, match="InsufficientStorage.*The disk .* is full") as refused:
        getattr(client(service), call)()
    metadata = refused.value.response["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 507 and metadata["RetryAttempts"] == 0


def test_a_full_disk_is_known_by_what_caused_an_error_and_other_errors_are_none():
    error = RuntimeError("the job could not be noted")
    assert not is_full(error) and not is_full(OSError(errno.EIO, "Input/output error"))
    error.__cause__ = OSError(errno.ENOSPC, "")
    assert is_full(error)


@pytest.mark.parametrize(
    "service, operation, request_",
    [
        ("apigateway", "create_usage_plan", {"name": "a", "apiStages": [{"stage": "b"}]}),
        ("glue", "update_table", {"DatabaseName": "a"}),
        ("logs", "describe_log_streams", {}),
    ],
)
def test_a_member_that_the_model_does_not_require_but_the_engine_is_named_where_it_lacks(
    client, service, operation, request_
):
    with pytest.raises(ClientError, match="null|Specify either|not found") as error:
        getattr(client(service), operation)(**request_)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert error.value.response["Error"]["Code"] != "InternalFailure"
