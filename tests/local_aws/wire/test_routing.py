"""A request's operation is found in every protocol, its service by the signing name."""

import pytest

from local_aws.wire.http_request import HttpRequest
from local_aws.wire.routing import name

FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8"}
RUNTIME = "sagemaker-runtime"
BALANCING = "elasticloadbalancing"
CONTROL = {"HTTP_X_AMZ_ACCOUNT_ID": "000000000000"}


def http_request(signed, method="POST", uri="/", **more):
    path, _, query = uri.partition("?")
    scope = f"AKID/20260101/us-east-1/{signed}/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "RAW_URI": uri,
        "QUERY_STRING": query,
        "HTTP_AUTHORIZATION": authorization,
        **more,
    }
    return HttpRequest(environ)


@pytest.mark.parametrize(
    "signed, more, body, named",
    [
        ("sagemaker", {"HTTP_X_AMZ_TARGET": "SageMaker.Search"}, b"", "sagemaker:Search"),
        ("dynamodb", {"HTTP_X_AMZ_TARGET": "DynamoDB_20120810.Scan"}, b"", "dynamodb:Scan"),
        ("iam", FORM, b"Action=ListRoles&Version=2010-05-08", "iam:ListRoles"),
        ("monitoring", FORM, b"Action=PutDashboard", "cloudwatch:PutDashboard"),
        ("rds", FORM, b"Action=DescribeDBInstances", "rds:DescribeDBInstances"),
        (BALANCING, FORM, b"Action=DescribeTags&Version=2015-12-01", "elbv2:DescribeTags"),
        (BALANCING, FORM, b"Action=DescribeTags&Version=2012-06-01", "elb:DescribeTags"),
        ("nowhere", FORM, b"Action=DoIt", "nowhere:DoIt"),
        ("iam", FORM, b"RoleName=Action", "iam:a request without an operation"),
    ],
)  # fmt: skip
def test_a_call_is_named_by_what_it_says(signed, more, body, named):
    assert str(name(http_request(signed, **more), body)) == named


@pytest.mark.parametrize(
    "signed, more, body",
    [
        ("ecr", {"HTTP_X_AMZ_TARGET": "SageMaker.ListImages"}, b"{}"),
        ("iam", FORM, b"Action=ListRoles&Version=2099-01-01"),
        ("iam", {"HTTP_X_AMZ_TARGET": "ListRoles"}, b"Action=ListRoles"),
        ("sagemaker", FORM, b"Action=ListModels"),
        ("sagemaker", {"HTTP_X_AMZ_TARGET": "SageMaker.MakeTea"}, b"{}"),
    ],
    ids=["another's target", "another version", "no form", "no JSON", "no operation"],
)
def test_what_the_services_model_does_not_have_is_not_known(signed, more, body):
    assert not name(http_request(signed, **more), body).known


def test_a_call_in_cbor_is_named_by_its_path():
    path = "/service/GraniteServiceVersion20100801/operation/PutMetricData"
    call = name(http_request("monitoring", uri=path, HTTP_SMITHY_PROTOCOL="rpc-v2-cbor"), b"")
    assert (str(call), call.protocol) == ("cloudwatch:PutMetricData", "smithy-rpc-v2-cbor")


@pytest.mark.parametrize(
    "signed, method, uri, named",
    [
        ("lambda", "GET", "/2015-03-31/functions", "lambda:ListFunctions"),
        ("lambda", "GET", "/2015-03-31/functions/a", "lambda:GetFunction"),
        ("sagemaker", "POST", "/endpoints/a/invocations", f"{RUNTIME}:InvokeEndpoint"),
        ("sagemaker", "POST", "/endpoints/a/async-invocations", f"{RUNTIME}:InvokeEndpointAsync"),
        ("sagemaker", "PUT", "/FeatureGroup/a", "sagemaker-featurestore-runtime:PutRecord"),
        ("apigateway", "GET", "/restapis", "apigateway:GetRestApis"),
        ("apigateway", "GET", "/v2/apis", "apigatewayv2:GetApis"),
        ("scheduler", "POST", "/schedules/a", "scheduler:CreateSchedule"),
        ("s3", "GET", "/birds?acl", "s3:GetBucketAcl"),
        ("s3", "PUT", "/birds?versioning", "s3:PutBucketVersioning"),
        ("s3", "PUT", "/birds/a/b?acl", "s3:PutObjectAcl"),
        ("lambda", "GET", "/no/such/path", "lambda:GET /no/such/path"),
    ],
)  # fmt: skip
def test_a_rest_call_is_named_by_method_path_and_query(signed, method, uri, named):
    assert str(name(http_request(signed, method, uri), b"")) == named


def test_s3_control_has_names_of_its_own():
    call = name(http_request("s3", "POST", "/v20180820/jobs", **CONTROL), b"")
    assert (str(call), call.protocol) == ("s3control:CreateJob", "rest-xml")
