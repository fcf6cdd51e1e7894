"""A request is parsed to the arguments of boto3's call, in every protocol."""

import gzip
import json
from datetime import UTC, datetime

import pytest

from local_aws.errors import AwsError
from local_aws.operations import table
from local_aws.recorded.recorded_operations import RECORDED
from local_aws.wire.http_request import HttpRequest
from local_aws.wire.parsing import parse
from local_aws.wire.routing import Call, name
from local_aws.wire.validation import check_request, operation_model, service_model
from tests.local_aws import minimal_requests
from tests.local_aws.wire.round_trips import parsed, sent
from tools.operations import executed, recorded

TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OURS = sorted({*(service for service, _ in table()), *RECORDED} - {"s3"})
PLANNED = ("scheduler", "apigateway", "events", "application-autoscaling", "lambda", "sns", "sqs")


def without_empty(value):
    """Return a request without empty structures, lists and maps, which forms can't express."""
    if isinstance(value, dict):
        items = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in items.items() if item not in ({}, [])}
    if isinstance(value, list):
        return [item for item in map(without_empty, value) if item not in ({}, [])]
    return value


@pytest.mark.parametrize("service", OURS)
def test_the_least_request_of_every_operation_arrives_and_is_valid(service):
    for operation in (*executed(service), *recorded(service)):
        request = minimal_requests.request(operation_model(service, operation))
        call, arrived = parsed(service, operation, request)
        assert (call.service, call.operation) == (service, operation)
        assert arrived == request


@pytest.mark.parametrize("service", (*PLANNED, "route53", "cloudfront", "rds"))
def test_the_least_request_of_a_service_that_may_come_arrives_too(service):
    """In all four protocols, for services that no engine does yet."""
    for operation in service_model(service).operation_names:
        model = operation_model(service, operation)
        request = minimal_requests.request(model)
        if model.deprecated or model.has_event_stream_input:
            continue
        http_request, body = sent(service, operation, request)
        call = name(http_request, body)
        arrived = parse(call, http_request, body)
        assert without_empty(arrived) == without_empty(request), operation


@pytest.mark.parametrize("protocol", ["json", "query"])
def test_every_protocol_of_a_service_gives_the_same_dict(protocol):
    metric = {"MetricName": "é & ü", "Value": 1.5, "Timestamp": TIME, "Dimensions": []}
    dimensions = [{"Name": "a", "Value": "b=c&d"}, {"Name": "e", "Value": "+ %"}]
    request = {
        "Namespace": "N",
        "MetricData": [metric, {**metric, "Dimensions": dimensions, "Values": [1.0, 2.0]}],
    }
    assert parsed("cloudwatch", "PutMetricData", request, protocol)[1] == request


@pytest.mark.parametrize(
    "service, operation, request_",
    [
        (
            "scheduler",
            "CreateSchedule",
            {
                "Name": "daily",
                "GroupName": "a b",
                "ScheduleExpression": "rate(1 day)",
                "StartDate": TIME,
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": {"Arn": "arn:aws:sqs:::q", "RoleArn": "r", "Input": '{"é": 1}'},
            },
        ),
        (
            "scheduler",
            "ListSchedules",
            {"GroupName": "g/h", "NamePrefix": "a+b", "MaxResults": 5, "State": "ENABLED"},
        ),
        ("scheduler", "DeleteSchedule", {"Name": "é", "GroupName": "g"}),
        (
            "scheduler",
            "UntagResource",
            {"ResourceArn": "arn:aws:scheduler:::s/a", "TagKeys": ["a", "b c"]},
        ),
        (
            "iam",
            "SimulatePrincipalPolicy",
            {
                "PolicySourceArn": "arn:aws:iam::000000000000:role/a",
                "ActionNames": [f"s3:{number}" for number in range(12)],
                "ContextEntries": [
                    {"ContextKeyName": "k", "ContextKeyValues": ["a", "b"]},
                    {"ContextKeyType": "string"},
                ],
                "MaxItems": 3,
            },
        ),
        (
            "iam",
            "CreateRole",
            {"RoleName": "r", "AssumeRolePolicyDocument": '{"a": "+ & =\\n%20é"}', "Path": "/"},
        ),
        (
            "sagemaker-runtime",
            "InvokeEndpoint",
            {
                "EndpointName": "birds",
                "Body": bytes(range(256)),
                "ContentType": "application/x-npy",
                "Accept": "application/json",
                "CustomAttributes": "a=1",
                "TargetVariant": "blue",
            },
        ),
        ("sagemaker-runtime", "InvokeEndpoint", {"EndpointName": "birds", "Body": b""}),
        (
            "apigateway",
            "PutIntegration",
            {
                "restApiId": "a",
                "resourceId": "b",
                "httpMethod": "POST",
                "type": "HTTP_PROXY",
                "integrationHttpMethod": "POST",
                "requestParameters": {"a": "b"},
                "timeoutInMillis": 29000,
            },
        ),
        ("apigateway", "GetExport", {"restApiId": "a", "stageName": "s", "exportType": "oas30"}),
        ("apigateway", "ImportRestApi", {"failOnWarnings": True, "body": b"{}"}),
        ("apigateway", "GetRestApis", {"limit": 5}),
        ("sagemaker", "ListModels", {"CreationTimeAfter": TIME, "MaxResults": 1}),
        (
            "lambda",
            "Invoke",
            {"FunctionName": "f", "Payload": b"\0\xff", "ClientContext": "e30="},
        ),
        (
            "route53",
            "ChangeTagsForResource",
            {
                "ResourceType": "hostedzone",
                "ResourceId": "z",
                "AddTags": [{"Key": "<a>", "Value": "\n&"}, {"Key": "b", "Value": ""}],
            },
        ),
    ],
)
def test_a_request_arrives_as_it_was_made(service, operation, request_):
    call, arrived = parsed(service, operation, request_)
    if request_.get("Body"):
        request_ = {"ContentType": "application/octet-stream", **request_}  # botocore adds it
    assert (call.service, call.operation) == (service, operation)
    assert arrived == request_


def call_of(service, operation, body, **more):
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", **more}
    protocol = service_model(service).resolved_protocol
    return parse(Call(service, operation, protocol), HttpRequest(environ), body)


@pytest.mark.parametrize(
    "time", [TIME.timestamp(), "2026-01-02T03:04:05Z", "2026-01-02T04:04:05+01:00"]
)
def test_a_time_is_read_in_all_that_clients_send(time):
    body = json.dumps({"CreationTimeAfter": time}).encode()
    assert call_of("sagemaker", "ListModels", body) == {"CreationTimeAfter": TIME}


@pytest.mark.parametrize(
    "service, operation, body, words",
    [
        ("sagemaker", "ListModels", b'{"CreationTimeAfter": "soon"}', "timestamp expected"),
        ("sagemaker", "ListModels", b'{"CreationTimeAfter": true}', "timestamp expected"),
        ("sagemaker", "ListModels", b'{"CreationTimeAfter": 1e99}', "timestamp expected"),
        ("sagemaker", "ListModels", b'{"MaxResults": "5"}', "integer expected"),
        ("sagemaker", "ListModels", b"[]", "structure expected"),
        ("iam", "ListRoles", b"Action=ListRoles&MaxItems=many", "integer expected"),
        ("iam", "GetRole", b"Action=GetRole", "Member must not be null"),
    ],
)
def test_what_is_not_as_the_model_has_it_stays_and_is_named(service, operation, body, words):
    with pytest.raises(AwsError, match=words):
        check_request(service, operation, call_of(service, operation, body))


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff", b"[" * 100_000, b'{"a": NaN}', b'{"a": -Infinity}', b"9" * 5000,
     b'{"NameContains": "\\ud800"}', b'{"\\uDFFF": 1}'],
)  # fmt: skip
def test_a_body_that_is_no_json_is_refused(body):
    with pytest.raises(AwsError, match="SerializationException.*not valid JSON"):
        call_of("sagemaker", "ListModels", body)


@pytest.mark.parametrize("body", [b"[]", b"0", b'"a"', b"null", b"[[[]]]"])
def test_a_rest_request_whose_body_is_no_object_is_refused(body):
    http_request, _ = sent("scheduler", "GetSchedule", {"Name": "mine"})
    with pytest.raises(AwsError, match="SerializationException.*not a JSON object"):
        parse(name(http_request, b""), http_request, body)


def test_members_that_the_model_lacks_and_nulls_are_passed_by():
    body = b'{"MaxResults": null, "NoSuchThing": 1, "NameContains": "a"}'
    assert call_of("sagemaker", "ListModels", body) == {"NameContains": "a"}


def test_a_body_can_not_stand_for_what_belongs_into_the_path():
    http_request, _ = sent("scheduler", "GetSchedule", {"Name": "mine"})
    call = name(http_request, b"")
    assert parse(call, http_request, b'{"Name": "another", "GroupName": "x"}') == {"Name": "mine"}


def test_the_items_of_a_form_come_in_the_order_of_their_numbers():
    body = b"ActionNames.member.10=ten&ActionNames.member.9=nine&ActionNames.member.x=none"
    request = call_of("iam", "SimulatePrincipalPolicy", body)
    assert request == {"ActionNames": ["nine", "ten"]}


def test_metric_data_that_boto3_has_compressed_is_read(client):
    cloudwatch = client("cloudwatch")
    data = [{"MetricName": f"metric-{n:05}", "Value": n, "Unit": "None"} for n in range(300)]
    assert len(json.dumps(data)) > 10_240 > len(gzip.compress(json.dumps(data).encode()))
    cloudwatch.put_metric_data(Namespace="Many", MetricData=data)
    pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace="Many")
    assert len([metric for page in pages for metric in page["Metrics"]]) == 300
