"""A Lambda step gets its arguments, and hands on its outputs; its error fails the step."""

from functools import partial

import pytest

from tests.local_aws.services.functions.conftest import ROLE, make_role, zipped
from tests.local_aws.services.sagemaker.pipelines.definitions import fail, get, parameter, step
from tests.local_cloud import make_client

DOUBLE = "def handle(event, context):\n    return {'twice': 2 * event['number'], 'other': 1}\n"
BROKEN = "def handle(event, context):\n    raise ValueError('no bird')\n"


@pytest.fixture(scope="module")
def make(aws):
    """Return a function that makes one of Lambda's and returns its ARN."""
    client = partial(make_client, aws)
    make_role(client("iam"))

    def make(text, name):
        given = {"Runtime": "python3.12", "Role": ROLE, "Handler": "program.handle"}
        made = client("lambda").create_function(
            FunctionName=name, Code={"ZipFile": zipped(text)}, Timeout=30, **given
        )
        return made["FunctionArn"]

    return make


def call(arn, *outputs, **arguments):
    asked = [{"OutputName": name, "OutputType": "Integer"} for name in outputs]
    return step("call", "Lambda", arguments, FunctionArn=arn, OutputParameters=asked)


def test_outputs_go_from_a_function_to_other_steps(pipelines, make):
    arn = make(DOUBLE, "double")
    number = parameter("number", "Integer", 4)
    told = fail("told", get("Steps.call.OutputParameters['twice']"))
    execution, shown = pipelines.run(
        call(arn, "twice", number=get("Parameters.number")), told, parameters=[number]
    )
    assert shown["FailureReason"] == "8"
    assert pipelines.steps(execution)["call"]["Metadata"] == {
        "Lambda": {"Arn": arn, "OutputParameters": [{"Name": "twice", "Value": "8"}]}
    }


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        (BROKEN, "broken", "ClientError: ValueError: no bird"),
        (DOUBLE, "lacking", "ClientError: The function's result has no none"),
    ],
)
def test_a_functions_failure_is_the_steps(pipelines, make, text, name, reason):
    execution, _ = pipelines.run(call(make(text, name), "none", number=1))
    assert pipelines.steps(execution)["call"]["FailureReason"] == reason


def test_a_function_that_is_not_there_fails_the_step(pipelines):
    arn = "arn:aws:lambda:us-east-1:000000000000:function:none"
    execution, _ = pipelines.run(call(arn))
    assert "Function not found" in pipelines.steps(execution)["call"]["FailureReason"]
