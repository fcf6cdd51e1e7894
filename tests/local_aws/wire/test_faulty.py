"""Requests with injected faults: throttled in their protocol, dropped, slow; boto3 retries."""

import time

import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from local_aws.settings import INVOKE
from local_aws.state.faults import Fault
from tests.local_cloud import BUCKET, make_client

ONCE = Config(retries={"total_max_attempts": 1})


@pytest.mark.parametrize(
    "service, operation, arguments, code",
    [
        ("s3", "head_object", {"Bucket": BUCKET, "Key": "a"}, "503"),
        ("s3", "list_objects_v2", {"Bucket": BUCKET}, "SlowDown"),
        ("sagemaker", "list_models", {}, "ThrottlingException"),
        ("athena", "list_query_executions", {}, "ThrottlingException"),
        ("iam", "list_roles", {}, "Throttling"),
    ],
)
def test_a_throttled_request_gets_its_services_error(aws, service, operation, arguments, code):
    aws.parts.faults.set([Fault("throttled", service)])
    client = make_client(aws, service, config=ONCE)
    with pytest.raises(ClientError) as error:
        getattr(client, operation)(**arguments)
    assert error.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    "service, operation, code",
    [
        ("s3", "list_buckets", "AccessDenied"),
        ("sagemaker", "list_models", "AccessDeniedException"),
        ("iam", "list_roles", "AccessDenied"),
    ],
)
def test_a_denied_request_gets_its_services_error_and_is_not_tried_again(
    aws, client, service, operation, code
):
    aws.parts.faults.set([Fault("denied", service, times=1)])
    with pytest.raises(ClientError, match=f"not authorized to perform: {service}:List") as error:
        getattr(client(service), operation)()
    assert error.value.response["Error"]["Code"] == code
    getattr(client(service), operation)()


def test_boto3_tries_again_until_it_is_let_through(aws, client):
    aws.store.put(BUCKET, "a", b"bird")
    aws.parts.faults.set([Fault("throttled", "s3", "GetObject", times=2)])
    assert client("s3").get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"bird"
    assert aws.parts.faults.draw("throttled", "s3", "GetObject") is None


def test_a_dropped_connection_has_no_answer_and_the_next_request_has_one(aws):
    aws.store.put(BUCKET, "a", b"bird")
    aws.parts.faults.set([Fault("dropped", "s3", times=1)])
    s3 = make_client(aws, "s3", config=ONCE)
    with pytest.raises(ConnectionClosedError):
        s3.get_object(Bucket=BUCKET, Key="a")
    assert s3.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"bird"


def test_a_slow_answer_begins_late_and_takes_its_bytes_at_the_rate(aws, client):
    aws.store.put(BUCKET, "a", bytes(200_000))
    aws.parts.faults.set([Fault("slow", "s3", "GetObject", seconds=0.2, bytes_per_second=1e6)])
    start = time.monotonic()
    answer = client("s3").get_object(Bucket=BUCKET, Key="a")
    first = time.monotonic() - start
    assert answer["Body"].read() == bytes(200_000)
    assert first >= 0.2 and time.monotonic() - start >= 0.4


def test_a_body_that_was_looked_into_for_its_name_arrives_whole(aws, client):
    aws.parts.faults.set([Fault("throttled", "sts")])
    group = {"Name": "mine", "Configuration": {"EnforceWorkGroupConfiguration": False}}
    client("athena").create_work_group(**group)
    assert client("athena").get_work_group(WorkGroup="mine")["WorkGroup"]["Name"] == "mine"


def test_a_caller_of_a_rest_api_meets_no_fault(aws):
    aws.parts.faults.set([Fault("dropped", "*")])
    url = f"{aws.context.url}{INVOKE}api/stage/"
    assert requests.get(url, timeout=20).json() == {"message": "Forbidden"}
