"""A step that the pipeline's role may not start fails in AWS's words, and starts once it may."""

import pytest

from local_aws.services.sagemaker.pipelines.steps.permissions import resource_name
from tests.local_aws.services.functions.conftest import ROLE as FUNCTION_ROLE
from tests.local_aws.services.functions.conftest import make_role, zipped
from tests.local_aws.services.sagemaker.pipelines.definitions import ALL, allow, step, train
from tests.local_cloud import make_client

ROLE = "arn:aws:iam::000000000000:role/course"
PASS = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
CREATE = {"Effect": "Allow", "Action": "sagemaker:CreateTrainingJob", "Resource": "*"}


@pytest.fixture
def iam(aws):
    """Return a client of IAM; after the test the role may start everything."""
    client = make_client(aws, "iam")
    yield client
    allow(client)


def refused(pipelines, *steps):
    """Run a pipeline that fails, and return the reason of its step `train`, and the execution."""
    arn, shown = pipelines.run(*steps)
    assert shown["PipelineExecutionStatus"] == "Failed"
    return pipelines.steps(arn)["train"]["FailureReason"], arn


def test_without_the_action_the_step_fails_in_aws_words_and_a_retry_completes_it(
    pipelines, sagemaker, iam
):
    allow(iam, PASS)
    reason, arn = refused(pipelines, train("train", "print(1)"))
    id_ = arn.rpartition("/")[2]
    start = "ClientError: Failed to invoke sagemaker:CreateTrainingJob. Error Details: User: "
    assert reason.startswith(
        f"{start}arn:aws:sts::000000000000:assumed-role/course/sagemaker-pipeline-{id_}-train is"
        " not authorized to perform: sagemaker:CreateTrainingJob on resource: "
        f"arn:aws:sagemaker:us-east-1:000000000000:training-job/pipelines-{id_}-train-"
    )
    assert reason.endswith(
        "because no identity-based policy allows the sagemaker:CreateTrainingJob action"
    )
    names = [
        each["TrainingJobName"] for each in sagemaker.list_training_jobs()["TrainingJobSummaries"]
    ]
    assert not [name for name in names if id_ in name]
    allow(iam, PASS, CREATE)
    sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken="t" * 32)
    assert pipelines.wait(arn)["PipelineExecutionStatus"] == "Succeeded"


def test_without_pass_role_the_step_fails_for_the_jobs_role(pipelines, iam):
    allow(iam, CREATE)
    reason, _ = refused(pipelines, train("train", "print(1)"))
    assert f"is not authorized to perform: iam:PassRole on resource: {ROLE} because no" in reason


def test_an_explicit_deny_has_its_own_words(pipelines, iam):
    allow(iam, ALL, {**CREATE, "Effect": "Deny"})
    reason, _ = refused(pipelines, train("train", "print(1)"))
    assert reason.endswith("with an explicit deny in an identity-based policy")


def test_a_function_that_may_not_be_invoked_is_not(aws, pipelines, iam):
    make_role(iam)
    allow(iam, PASS)
    arn = make_client(aws, "lambda").create_function(
        FunctionName="f", Runtime="python3.13", Role=FUNCTION_ROLE, Handler="program.handle",
        Code={"ZipFile": zipped("def handle(event, context): pass")},
    )["FunctionArn"]  # fmt: skip
    reason, _ = refused(pipelines, step("train", "Lambda", FunctionArn=arn))
    assert f"is not authorized to perform: lambda:InvokeFunction on resource: {arn}" in reason


@pytest.mark.parametrize(
    "operation, named, request_, name",
    [
        ("CreateHyperParameterTuningJob", "N", {"N": "a"}, "hyper-parameter-tuning-job/a"),
        ("UpdateEndpoint", "N", {"N": "a"}, "endpoint/a"),
        ("CreateModelPackage", "N", {"ModelPackageGroupName": "g"}, "model-package/g/*"),
    ],
)
def test_what_is_made_has_the_name_that_policies_give_it(operation, named, request_, name):
    assert resource_name(operation, named, request_) == name
