"""Every unsupported operation of every service is refused by name, in its protocol."""

import urllib.error
import urllib.request

import boto3
import pytest
from botocore import xform_name
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local_aws.operations import table
from local_aws.recorded.recorded_operations import RECORDED
from local_aws.server import LocalAws
from tests.local_aws.minimal_requests import request
from tools.operations import SERVICES, executed, recorded, refused

CODES = ("NotImplemented", "NotImplementedException")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    """Return one local AWS for all tests of this module: a refusal leaves nothing behind."""
    with LocalAws(tmp_path_factory.mktemp("cloud") / "state") as server:
        yield server


@pytest.fixture(scope="module")
def connect(cloud):
    """Return a function that makes a client which neither retries nor changes the host."""
    plain = Config(inject_host_prefix=False, retries={"total_max_attempts": 1})

    def connect(service):
        keys = {
            "aws_access_key_id": cloud.context.access_key,
            "aws_secret_access_key": cloud.context.secret_key,
        }
        server = {"endpoint_url": cloud.context.url, "region_name": cloud.context.region}
        return boto3.client(service, config=plain, **server, **keys)

    return connect


def told(client, operation):
    """Return the error that a minimal request gets, or nothing."""
    ask = request(client.meta.service_model.operation_model(operation))
    try:
        getattr(client, xform_name(operation))(**ask)
    except ClientError as error:
        return error.response
    return {"Error": {"Code": "", "Message": ""}}


@pytest.mark.parametrize("service", SERVICES)
def test_every_refused_operation_gets_a_400_that_names_it(connect, service):
    client, wrong = connect(service), []
    for operation in refused(service):
        error = told(client, operation)
        status = error.get("ResponseMetadata", {}).get("HTTPStatusCode")
        message = f"The local AWS does not support {service}:{operation}."
        right = (400, True, message)
        seen = (status, error["Error"]["Code"] in CODES, error["Error"].get("Message"))
        if seen != right:
            wrong.append((operation, error))
    assert not wrong
    client.close()


@pytest.mark.parametrize("service", sorted({*(name for name, _ in table()), *RECORDED}))
def test_no_executed_or_recorded_operation_is_refused_as_unsupported(connect, service):
    client = connect(service)
    names = (*executed(service), *recorded(service))
    # A minimal request may be refused for what it says: the operation itself may not.
    words = {name: told(client, name)["Error"].get("Message") for name in names}
    refusals = {name: f"The local AWS does not support {service}:{name}." for name in names}
    assert not words.items() & refusals.items()
    client.close()


@pytest.mark.parametrize(
    "service, operation",
    [
        ("sagemaker", "CreateCompilationJob"),
        ("sagemaker", "SendPipelineExecutionStepSuccess"),
        ("sagemaker", "Search"),
        ("sagemaker-runtime", "InvokeEndpointWithResponseStream"),
        ("sagemaker-featurestore-runtime", "BatchWriteRecord"),
        ("glue", "StartCrawler"),
        ("glue", "GetTableVersions"),
        ("athena", "CreateDataCatalog"),
        ("athena", "ListTagsForResource"),
        ("logs", "PutMetricFilter"),
        ("events", "CreateArchive"),
        ("sns", "PublishBatch"),
        ("sqs", "StartMessageMoveTask"),
        ("iam", "CreateAccessKey"),
        ("sts", "AssumeRole"),
        ("s3", "PutObjectLockConfiguration"),
        ("s3", "PutBucketLifecycleConfiguration"),
        ("s3", "PutBucketWebsite"),
        ("s3", "PutObjectAcl"),
        ("ec2", "RunInstances"),
        ("route53", "CreateHostedZone"),
        ("dynamodb", "PutItem"),
        ("lambda", "PublishVersion"),
    ],
)
def test_what_moto_would_only_pretend_is_refused_in_every_protocol(connect, service, operation):
    client = connect(service)
    error = told(client, operation)
    assert error["Error"]["Code"] in CODES
    assert f"{service}:{operation}" in error["Error"]["Message"]
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
    client.close()


def post(cloud, service, path="/", body=b"", method="POST", **headers):
    """Send a signed request that boto3 would not; return status, headers and body."""
    ask = AWSRequest(method, cloud.context.url + path, data=body, headers=headers)
    keys = Credentials(cloud.context.access_key, cloud.context.secret_key)
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    signer(keys, service, cloud.context.region).add_auth(ask)
    sent = urllib.request.Request(ask.url, body, dict(ask.headers.items()), method=method)
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(sent)
    with refusal.value as answer:
        return answer.status, answer.headers, answer.read()


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_service_that_boto3_does_not_know_is_refused_by_name(cloud):
    target = {"X-Amz-Target": "Nowhere.DoIt"}
    status, _, body = post(cloud, "nowhere", **target)
    assert status == 400 and b"does not support nowhere:DoIt." in body


def test_cbor_is_answered_in_cbor(cloud):
    path = "/service/GraniteServiceVersion20100801/operation/PutDashboard"
    status, headers, body = post(
        cloud, "monitoring", path, b"\xa0", **{"smithy-protocol": "rpc-v2-cbor"}
    )
    assert status == 400 and headers["smithy-protocol"] == "rpc-v2-cbor"
    assert b"does not support cloudwatch:PutDashboard." in body and body[0] == 0xA2


@pytest.mark.parametrize(
    "path, body",
    [
        ("/moto-api/reset", b"Action=ListRoles"),
        ("/?Action=ListRoles", b"Action=CreateUser&UserName=wren"),
        ("/", b"%41ction=CreateUser&Action=ListRoles&UserName=wren"),
        ("/", b"UserName=wren"),
    ],
    ids=["a page of moto", "two operations", "one of two hidden", "no operation"],
)
def test_a_recorded_name_opens_no_way_to_the_rest_of_moto(cloud, path, body):
    status, _, answer = post(cloud, "iam", path, body, **FORM)
    assert status == 400 and b"NotImplementedException" in answer


def test_a_target_of_another_service_is_refused(cloud):
    status, _, body = post(cloud, "ecr", **{"X-Amz-Target": "SageMaker.ListImages"})
    assert status == 400 and b"NotImplementedException" in body


def test_two_settings_in_one_request_are_refused(cloud):
    cloud.store.create_bucket("birds")
    status, _, body = post(cloud, "s3", "/birds?encryption=&versioning=", method="PUT")
    assert status == 400 and b"encryption, versioning" in body


def test_s3_control_is_refused_by_name_in_its_own_words(cloud):
    account = {"x-amz-account-id": "000000000000"}
    status, _, body = post(cloud, "s3", "/v20180820/jobs", **account)
    assert status == 400 and body.startswith(b"<ErrorResponse>")
    assert b"does not support s3control:CreateJob." in body
