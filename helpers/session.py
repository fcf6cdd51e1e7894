"""Makes every client of the course; knows which cloud from the `Config`, reads no environment."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config as BotoConfig

if TYPE_CHECKING:
    import requests
    from pyathena.connection import Connection
    from sagemaker.core.helper.session_helper import Session

    from helpers.config import Config


class PinnedSession(boto3.Session):
    """A boto3 session whose clients all talk to one endpoint, whatever a caller asks for.

    The SageMaker SDK hard-codes the address of STS: without this, a local run would send its
    (worthless) credentials to AWS.
    """

    def __init__(self, endpoint_url: str, **kwargs: Any):
        super().__init__(**kwargs)
        self._pinned = endpoint_url

    def client(self, *args: Any, **kwargs: Any) -> Any:
        """Make a client of the pinned endpoint."""
        return super().client(*args, **{**kwargs, "endpoint_url": self._pinned})

    def resource(self, *args: Any, **kwargs: Any) -> Any:
        """Make a resource of the pinned endpoint."""
        return super().resource(*args, **{**kwargs, "endpoint_url": self._pinned})


@lru_cache
def _session(endpoint_url: str | None, region: str) -> boto3.Session:
    return (
        PinnedSession(endpoint_url, region_name=region)
        if endpoint_url
        else boto3.Session(region_name=region)
    )


def use_local(endpoint_url: str, region: str) -> None:
    """Pin this process to the local AWS with the keys of the environment, which may be new ones.

    The SageMaker SDK takes boto3's default session wherever it is given none.
    """
    client.cache_clear()
    _session.cache_clear()
    boto3.DEFAULT_SESSION = _session(endpoint_url, region)


def boto_session(config: "Config") -> boto3.Session:
    """Return the one boto3 session of this run."""
    return _session(config.endpoint_url, config.region)


@lru_cache
def client(config: "Config", service: str) -> Any:
    """Return the run's client of an AWS service, such as `client(config, "s3")`."""
    options = BotoConfig(
        max_pool_connections=32,
        retries={"mode": "standard", "max_attempts": 4},
        read_timeout=90,
        # Presigned URLs have the old signature by default.
        signature_version="s3v4" if service == "s3" else None,
    )
    return boto_session(config).client(service, config=options)


def job_client(service: str) -> Any:
    """Return a client for a job script: credentials, region and endpoint are the instance's."""
    return boto3.client(
        service,
        config=BotoConfig(max_pool_connections=32, retries={"mode": "standard", "max_attempts": 6}),
    )


def public_s3_client(endpoint_url: str | None = None, *, connections: int = 32) -> Any:
    """Return a client for public buckets: it signs nothing and sends no credential.

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
            # A terminal that is pointed at the local AWS asks the real one here all the same.
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

    from helpers.config import kaggle_credentials

    _refuse_inside()
    session = requests.Session()
    session.auth = kaggle_credentials()
    return session


def _refuse_inside() -> None:
    """Raise in a process that promised to stay on this machine."""
    if isinstance(boto3.DEFAULT_SESSION, PinnedSession):
        raise PermissionError(
            "This process uses the local AWS and reaches nothing outside: fetch real data in a "
            "terminal (python -m helpers.fetch --help), and give the folder as COURSE_RAW"
        )


def sagemaker_session(config: "Config") -> "Session":
    """Return the SageMaker SDK's session, with the course's bucket for all that it stages."""
    from sagemaker.core.helper.session_helper import Session

    session = Session(
        boto_session=boto_session(config),
        sagemaker_client=client(config, "sagemaker"),
        default_bucket=config.bucket,
        default_bucket_prefix=config.key("staging"),
    )
    # Else the SDK tells its makers the account's number and what failed, with every job.
    defaults = session.sagemaker_config
    defaults.setdefault("SchemaVersion", "1.0")
    for name in ("SageMaker", "PythonSDK", "Modules"):
        defaults = defaults.setdefault(name, {})
    defaults.setdefault("TelemetryOptOut", True)
    return session


def athena_connection(config: "Config", **kwargs: Any) -> "Connection":
    """Return a PyAthena connection to the course's database; `kwargs` go to `pyathena.connect`."""
    from pyathena import connect

    defaults = {
        "session": boto_session(config),
        "s3_staging_dir": config.uri("athena"),
        "schema_name": config.database,
        "poll_interval": min(config.poll_seconds, 1.0),
    }
    return connect(**{**defaults, **kwargs})


def role_arn(config: "Config") -> str:
    """Return the ARN of the execution role.

    Raises:
        LookupError: notebook 00 has not made it yet.
    """
    iam = client(config, "iam")
    try:
        return iam.get_role(RoleName=config.role)["Role"]["Arn"]
    except iam.exceptions.NoSuchEntityException:
        raise LookupError(f"No role {config.role}: run notebooks/00 first") from None


def account_and_region() -> tuple[str, str]:
    """Ask AWS whose credentials these are; used for the `aws` cloud alone.

    Raises:
        RuntimeError: no region or no credentials are configured, or this process is pinned to the
            local AWS.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(boto3.DEFAULT_SESSION, PinnedSession):
        raise RuntimeError("This process uses the local AWS: restart the kernel to change to AWS")
    session = boto3.Session()
    if not session.region_name:
        raise RuntimeError("No AWS region is set: run `aws configure`, or set AWS_DEFAULT_REGION")
    try:
        return session.client("sts").get_caller_identity()["Account"], session.region_name
    except (BotoCoreError, ClientError) as error:
        raise RuntimeError(
            f"AWS did not accept the credentials ({error}): run `aws sso login` or "
            "`aws configure`, or set COURSE_CLOUD=local"
        ) from error


def close(config: "Config") -> str:
    """Leave the cloud: stop the local AWS and all that it runs; on AWS nothing of ours runs on."""
    client.cache_clear()
    if not config.endpoint_url:
        return "Nothing to stop"
    from helpers.config import local_settings
    from local_aws.control import stop

    return "Stopped" if stop(local_settings().state) else "It did not run"
