"""The SDK's defaults are looked up as before, only faster; tests of telemetry: test_session.py."""

import jsonschema
import pytest

from helpers.session import sagemaker_session

PATH = ["SageMaker", "PythonSDK", "Modules", "TelemetryOptOut"]


def look_up(session):
    from sagemaker.core.common_utils import resolve_value_from_config

    return resolve_value_from_config(config_path=".".join(PATH), sagemaker_session=session)


def test_a_look_up_does_not_check_the_schema_itself(config, monkeypatch):
    session = sagemaker_session(config)
    monkeypatch.setattr(jsonschema, "validate", None)
    assert look_up(session) is True


@pytest.mark.parametrize("value", ["yes", 7])
def test_a_wrong_value_in_the_users_file_is_an_error(config, value):
    session = sagemaker_session(config)
    session.sagemaker_config["SageMaker"]["PythonSDK"]["Modules"]["TelemetryOptOut"] = value
    with pytest.raises(jsonschema.ValidationError, match=f"{value!r} is not of type 'boolean'"):
        look_up(session)
