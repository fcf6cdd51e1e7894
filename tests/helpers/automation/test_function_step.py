"""A step's function is put under its role when the pipeline is defined, or left as it is."""

import pytest

from helpers.automation import live_version
from helpers.automation.function_roles import FUNCTIONS, live_permissions
from helpers.automation.function_step import calling
from helpers.roles import put_role
from helpers.session import pipeline_session

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK warns of itself
NAME = "birds-and-bins-birds-live-version"


@pytest.fixture
def step(config):
    """Return a function that makes a step."""
    role = put_role(config, "birds-and-bins-function", FUNCTIONS, live_permissions(config))
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
