"""Makes all clients of the course, for the cloud in the `Config`; reads no environment."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config as BotoConfig

from helpers.boto_sessions import client_of, is_local, session_of
from helpers.config import Config, kaggle_credentials, local_settings
from helpers.request_fields import mark
from helpers.sdk_defaults import set_defaults

if TYPE_CHECKING:
    import requests
    from pyathena.connection import Connection
    from sagemaker.core.helper.session_helper import Session


def boto_session(config: Config) -> boto3.Session:
    """Return this run's boto3 session; it records its calls if the config has a transcript."""
    session = session_of(config.endpoint_url, config.region, config.account)
    if config.transcript:
        own_data = bool(config.raw)
        _record(session, config.transcript, config.cloud, config.dataset, config.notebook, own_data)
    return session


@lru_cache
def _record(
    session: boto3.Session,
    file: Path,
    cloud: str,
    dataset: str,
    notebook: str | None,
    own_data: bool,
) -> None:
    """Record the calls of a session's clients in a transcript from now on; once for a session."""
    from helpers.evidence.recorder import Recorder

    run = {"cloud": cloud, "dataset": dataset, "notebook": notebook, "own_data": own_data}
    Recorder(file, run).attach(session.events)


def client(config: Config, service: str) -> Any:
    """Return the run's client of an AWS service, such as `client(config, "s3")`."""
    boto_session(config)  # a client hears the listeners that its session has when it is made
    return client_of(config.endpoint_url, config.region, service, config.account)


def job_client(service: str) -> Any:
    """Return a client for a job script, with the credentials and region of its instance.

    What it makes gets the course's tag, by which `12` knows it.
    """
    made = boto3.client(
        service,
        config=BotoConfig(max_pool_connections=32, retries={"mode": "standard", "max_attempts": 6}),
    )
    mark(made.meta.events)
    return made


def job_secret(name: str | None) -> str | None:
    """Return a secret's text for a job script, None without a name; the role must be allowed it."""
    if not name:
        return None
    return job_client("secretsmanager").get_secret_value(SecretId=name)["SecretString"].strip()


def public_s3_client(endpoint_url: str | None = None, *, connections: int = 32) -> Any:
    """Return a client for public buckets, without signatures and credentials.

    Raises:
        PermissionError: this process is on the local AWS.
    """
    _refuse_inside()
    return boto3.Session(region_name="us-east-1").client(
        "s3",
        endpoint_url=endpoint_url,
        config=BotoConfig(
            signature_version=UNSIGNED,
            max_pool_connections=connections,
            retries={"mode": "standard", "max_attempts": 4},
            # Use AWS also in a terminal whose variables name the local AWS.
            ignore_configured_endpoint_urls=True,
        ),
    )


def kaggle_session() -> "requests.Session":
    """Return an HTTP session with the user's Kaggle credentials.

    Raises:
        PermissionError: this process is on the local AWS.
        LookupError: no credentials are configured.
    """
    import requests

    _refuse_inside()
    session = requests.Session()
    session.auth = kaggle_credentials()
    return session


def _refuse_inside() -> None:
    """Raise PermissionError in a process on the local AWS, which must not reach the internet."""
    if is_local():
        raise PermissionError(
            "This process uses the local AWS and reaches nothing outside: fetch real data in a "
            "terminal (python -m helpers.fetch --help), and give the folder as COURSE_RAW"
        )


def sagemaker_session(config: Config) -> "Session":
    """Return a session of the SageMaker SDK that stages its files in the course's bucket."""
    from sagemaker.core.helper.session_helper import Session

    return _staging(config, Session)


def pipeline_session(config: Config) -> "Session":
    """Return a session by which the SDK's jobs become steps of a pipeline and are not started."""
    from sagemaker.core.workflow.pipeline_context import PipelineSession

    return _staging(config, PipelineSession)


def _staging(config: Config, kind: type) -> Any:
    """Return a session of the SDK, of this class, for the course's bucket."""
    from sagemaker.core.utils.utils import SageMakerClient

    session = kind(
        boto_session=boto_session(config),
        sagemaker_client=client(config, "sagemaker"),
        default_bucket=config.bucket,
        default_bucket_prefix=config.key("staging"),
    )
    set_defaults(session)
    # The SDK's resources make a session of their own, which knows neither an account's rules nor a
    # transcript, unless there is a client already.
    SageMakerClient(session=session.boto_session, region_name=config.region)
    return session


def athena_connection(config: Config, **kwargs: Any) -> "Connection":
    """Return a PyAthena connection to the course's database; `kwargs` go to `pyathena.connect`."""
    from pyathena import connect

    defaults = {
        "session": boto_session(config),
        "s3_staging_dir": config.uri("athena"),
        "schema_name": config.database,
        "poll_interval": min(config.poll_seconds, 1.0),
    }
    return connect(**{**defaults, **kwargs})


def invoke_url(config: Config, api: str, stage: str) -> str:
    """Return the address of a REST API's stage, without a slash at its end."""
    if config.endpoint_url:
        from local_aws.control import INVOKE

        return f"{config.endpoint_url}{INVOKE}{api}/{stage}"
    return f"https://{api}.execute-api.{config.region}.amazonaws.com/{stage}"


def role_arn(config: Config) -> str:
    """Return the ARN of the execution role.

    Raises:
        LookupError: notebook 00 has not made it yet.
    """
    if config.account.role_arn:
        return config.account.role_arn
    iam = client(config, "iam")
    try:
        return iam.get_role(RoleName=config.role)["Role"]["Arn"]
    except iam.exceptions.NoSuchEntityException:
        raise LookupError(f"No role {config.role}: run notebooks/00 first") from None


def close(config: Config) -> str:
    """Stop the local AWS with all its processes; do nothing on AWS."""
    client_of.cache_clear()
    if not config.endpoint_url:
        return "Nothing to stop"
    from local_aws.control import stop

    return "Stopped" if stop(local_settings().state) else "It did not run"
