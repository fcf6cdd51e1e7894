"""The defaults by which the SageMaker SDK completes requests: no telemetry, and a fast look-up."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sagemaker.core.helper.session_helper import Session


def set_defaults(session: "Session") -> None:
    """Add the course's defaults to those that a session has read from the user's files.

    Otherwise the SDK reports the account's number and each failure to its makers.
    """
    defaults = session.sagemaker_config
    defaults.setdefault("SchemaVersion", "1.0")
    for name in ("SageMaker", "PythonSDK", "Modules"):
        defaults = defaults.setdefault(name, {})
    defaults.setdefault("TelemetryOptOut", True)
    _check_the_schema_once()


@cache
def _check_the_schema_once() -> None:
    """Let the SDK check values, and no longer the schema itself, whenever it looks one up.

    A session with defaults, as ours is, is checked at each: 0.13 s, and 130 of them for a pipeline
    of nine steps (SDK 3.27: `SageMakerConfig.get_sagemaker_config_value`).
    """
    from jsonschema.validators import validator_for
    from sagemaker.core.config.config_manager import SageMakerConfig
    from sagemaker.core.config.config_schema import SAGEMAKER_PYTHON_SDK_CONFIG_SCHEMA as SCHEMA

    validator = validator_for(SCHEMA)
    validator.check_schema(SCHEMA)
    SageMakerConfig.validate_sagemaker_config = staticmethod(validator(SCHEMA).validate)
