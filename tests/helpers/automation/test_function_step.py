"""A step's function is put under its role when the pipeline is defined, or left as it is."""

import json

import pytest

from helpers import gateway_function
from helpers.automation import executions, live_version
from helpers.automation.function_roles import live_permissions
from helpers.automation.function_step import calling
from helpers.automation.pipeline_roles import make_roles
from helpers.gateway import gateway_order
from helpers.roles import make_role, put_role
from helpers.session import pipeline_session
from helpers.user_policy import LAMBDA

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK warns of itself
NAME = "birds-and-bins-birds-live-version"


@pytest.fixture
def step(config):
    """Return a function that makes a step."""
    role = put_role(config, "birds-and-bins-function", LAMBDA, live_permissions(config))
    words = (live_version, role, {"endpoint": "e"}, ("version",))
    return lambda **given: calling(config, pipeline_session(config), "Live", *words, **given)


def test_a_function_has_the_modules_code_and_name_and_the_courses_tag(client, step):
    request = step().to_request()
    about = client("lambda").get_function(FunctionName=NAME)
    assert request["FunctionArn"] == about["Configuration"]["FunctionArn"]
    assert about["Configuration"]["Handler"] == "live_version.handle"
    assert about["Tags"] == {"course": "birds-and-bins"}
    assert request["Arguments"] == {"endpoint": "e"}
    assert [each["OutputName"] for each in request["OutputParameters"]] == ["version"]


def test_a_function_that_is_not_to_be_put_is_named_alone(client, step):
    assert step(put=False).to_request()["FunctionArn"].endswith(f":function:{NAME}")
    assert client("lambda").list_functions()["Functions"] == []


@pytest.mark.slow
def test_a_function_that_fails_says_why_in_its_step(config):
    from sagemaker.mlops.workflow.pipeline import Pipeline

    make_role(config)
    roles, session = make_roles(config), pipeline_session(config)
    order = gateway_order(config, config.name, roles.gateway) | {"document": {}}
    given = ({"order": json.dumps(order), "url": "{api}"}, ("url", "done"))
    step = calling(config, session, "Gateway", gateway_function, roles.gateway_function, *given)
    name = f"{config.name}-pipeline"
    Pipeline(name=name, steps=[step], sagemaker_session=session).upsert(role_arn=roles.pipeline)
    done = executions.ended(config, executions.start(config, name))
    (why,) = done.steps["why"]
    assert done.status == "Failed" and "BadRequestException" in why, why
    assert executions.outputs(config, done.arn) == {"Gateway": {}}
