"""A request needs the actions that AWS asks for, on the resources that it names."""

import pytest

from local_aws.context import Context
from local_aws.services.iam.needs import needs

CONTEXT = Context("state", "http://127.0.0.1", "key", "secret")
PLACE = "us-east-1:000000000000"
SM, ROLE = f"arn:aws:sagemaker:{PLACE}", "arn:aws:iam::000000000000:role"


def asked(service, operation, **request):
    """Return what a request needs, as `action resource`."""
    found = needs(CONTEXT, service, operation, request)
    return [f"{each.action} {each.resource}" for each in found]


@pytest.mark.parametrize(
    "service, operation, request_, needed",
    [
        ("sagemaker", "ListModels", {}, ["sagemaker:ListModels *"]),
        (
            *("sagemaker", "CreateTransformJob", {"TransformJobName": "t", "ModelName": "m"}),
            [f"sagemaker:CreateTransformJob {SM}:transform-job/t"],
        ),
        (
            *("sagemaker", "CreateEndpoint", {"EndpointName": "e", "EndpointConfigName": "c"}),
            [
                f"sagemaker:CreateEndpoint {SM}:endpoint/e",
                f"sagemaker:CreateEndpoint {SM}:endpoint-config/c",
            ],
        ),
        (
            *("sagemaker", "DescribeModelPackage"),
            {"ModelPackageName": f"{SM}:model-package/birds/1"},
            [f"sagemaker:DescribeModelPackage {SM}:model-package/birds/1"],
        ),
        (
            *("sagemaker-runtime", "InvokeEndpoint", {"EndpointName": "e"}),
            [f"sagemaker:InvokeEndpoint {SM}:endpoint/e"],
        ),
        (
            *("sagemaker-featurestore-runtime", "BatchGetRecord"),
            {"Identifiers": [{"FeatureGroupName": "a"}, {"FeatureGroupName": "b"}]},
            [f"sagemaker:BatchGetRecord {SM}:feature-group/{name}" for name in "ab"],
        ),
        (
            *("glue", "CreateTable", {"DatabaseName": "d", "TableInput": {"Name": "t"}}),
            [
                f"glue:CreateTable arn:aws:glue:{PLACE}:{name}"
                for name in ("catalog", "database/d", "table/d/t")
            ],
        ),
        (
            *("sqs", "DeleteMessageBatch", {"QueueUrl": "http://127.0.0.1/000000000000/q"}),
            [f"sqs:DeleteMessage arn:aws:sqs:{PLACE}:q"],
        ),
        (
            *("cloudwatch", "DescribeAlarms", {"AlarmNamePrefix": "birds"}),
            [f"cloudwatch:DescribeAlarms arn:aws:cloudwatch:{PLACE}:alarm:*"],
        ),
        (
            *("cloudwatch", "DeleteAlarms", {"AlarmNames": ["a", "b"]}),
            [f"cloudwatch:DeleteAlarms arn:aws:cloudwatch:{PLACE}:alarm:{name}" for name in "ab"],
        ),
        (
            *("scheduler", "GetSchedule", {"Name": "s"}),
            [f"scheduler:GetSchedule arn:aws:scheduler:{PLACE}:schedule/default/s"],
        ),
        (
            *("logs", "GetLogEvents", {"logGroupName": "/aws/g", "logStreamName": "s"}),
            [f"logs:GetLogEvents arn:aws:logs:{PLACE}:log-group:/aws/g:log-stream:s"],
        ),
        (
            *("apigateway", "UpdateStage", {"restApiId": "a", "stageName": "s"}),
            ["apigateway:PATCH arn:aws:apigateway:us-east-1::/restapis/a/stages/s"],
        ),
        (
            *("budgets", "CreateBudget", {"AccountId": "0", "Budget": {"BudgetName": "b"}}),
            ["budgets:ModifyBudget arn:aws:budgets::000000000000:budget/b"],
        ),
        (
            *("service-quotas", "ListServiceQuotas", {"ServiceCode": "sagemaker"}),
            ["servicequotas:ListServiceQuotas *"],
        ),
        (
            *("lambda", "Invoke", {"FunctionName": "f"}),
            [f"lambda:InvokeFunction arn:aws:lambda:{PLACE}:function:f"],
        ),
        ("sts", "GetCallerIdentity", {}, []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_operation_needs_its_action_on_what_it_names(service, operation, request_, needed):
    assert asked(service, operation, **request_) == needed


@pytest.mark.parametrize(
    "service, operation, request_, tagging",
    [
        ("glue", "CreateJob", {"Name": "j", "Tags": {"a": "b"}}, "glue:TagResource"),
        ("sqs", "CreateQueue", {"QueueName": "q", "tags": {"a": "b"}}, "sqs:TagQueue"),
        ("sagemaker", "CreateModel", {"ModelName": "m", "Tags": [{"Key": "a"}]}, "AddTags"),
        ("iam", "CreateRole", {"RoleName": "r", "Tags": [{"Key": "a"}]}, "iam:TagRole"),
    ],
)
def test_tags_of_what_is_made_need_the_action_that_tags_it(service, operation, request_, tagging):
    assert tagging in asked(service, operation, **request_)[1]
    request_ = {name: value for name, value in request_.items() if name.lower() != "tags"}
    assert len(asked(service, operation, **request_)) == 1


@pytest.mark.parametrize(
    "service, operation, request_",
    [
        ("sagemaker", "CreateTrainingJob", {"TrainingJobName": "t", "RoleArn": f"{ROLE}/r"}),
        ("glue", "CreateJob", {"Name": "j", "Role": "r"}),
        ("scheduler", "CreateSchedule", {"Name": "s", "Target": {"RoleArn": f"{ROLE}/r"}}),
        ("events", "PutTargets", {"Rule": "r", "Targets": [{"RoleArn": f"{ROLE}/r"}]}),
        (
            *("apigateway", "PutRestApi"),
            {"restApiId": "a", "body": f'{{"credentials": "{ROLE}/r"}}'.encode()},
        ),
    ],
)
def test_a_role_that_a_request_hands_over_needs_to_be_passed(service, operation, request_):
    (need,) = [
        each
        for each in needs(CONTEXT, service, operation, request_)
        if each.action == "iam:PassRole"
    ]
    assert need.resource == f"{ROLE}/r"
    assert need.context == {"iam:passedtoservice": [f"{service}.amazonaws.com"]}


def test_scaling_needs_what_it_does_in_its_callers_name():
    target = {"ServiceNamespace": "sagemaker", "ResourceId": "endpoint/birds/variant/a"}
    made = asked("application-autoscaling", "RegisterScalableTarget", **target)
    assert f"sagemaker:DescribeEndpoint {SM}:endpoint/birds/variant/a" in made
    assert any(each.startswith("iam:CreateServiceLinkedRole") for each in made)
    policy = asked("application-autoscaling", "PutScalingPolicy", PolicyName="p", **target)
    alarm = f"arn:aws:cloudwatch:{PLACE}:alarm:TargetTracking-endpoint/birds/variant/a-Alarm"
    assert f"cloudwatch:PutMetricAlarm {alarm}" in policy


def test_the_boundary_of_a_role_is_seen_by_conditions():
    (need,) = needs(CONTEXT, "iam", "CreateRole", {"RoleName": "r", "PermissionsBoundary": "arn:b"})
    assert need.context == {"iam:permissionsboundary": ["arn:b"]}
