"""Makes boto3 sessions and clients, for AWS or pinned to the local AWS; knows addresses only."""

import sys
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config as BotoConfig

from helpers.account_settings import AccountSettings
from helpers.new_roles import wait_for_new_roles
from helpers.request_fields import prescribe

NOTHING = AccountSettings()


class PinnedSession(boto3.Session):
    """A boto3 session whose clients all use one endpoint, even where a caller names another.

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
def session_of(
    endpoint_url: str | None, region: str, account: AccountSettings = NOTHING
) -> boto3.Session:
    """Return the one session of an endpoint (None: AWS itself), a region and an account's rules."""
    session = (
        PinnedSession(endpoint_url, region_name=region)
        if endpoint_url
        else boto3.Session(region_name=region)
    )
    wait_for_new_roles(session.events)
    prescribe(session.events, account)
    return session


@lru_cache
def client_of(
    endpoint_url: str | None, region: str, service: str, account: AccountSettings = NOTHING
) -> Any:
    """Return the one client of a service, an endpoint, a region and an account's rules."""
    options = BotoConfig(
        max_pool_connections=32,
        retries={"mode": "standard", "max_attempts": 4},
        read_timeout=90,
        # Presigned URLs have the old signature by default.
        signature_version="s3v4" if service == "s3" else None,
    )
    return session_of(endpoint_url, region, account).client(service, config=options)


def use_aws(region: str, account: AccountSettings) -> None:
    """Have the SDK's own clients follow an account's rules, where it is given no session."""
    if account != NOTHING:
        boto3.DEFAULT_SESSION = session_of(None, region, account)


def use_local(endpoint_url: str, region: str, account: AccountSettings = NOTHING) -> None:
    """Pin this process to the local AWS, with the access keys now in the environment.

    The SageMaker SDK falls back on boto3's default session, so that is pinned too; the client that
    it made first is its default for good, also when the local AWS has started anew elsewhere.
    """
    if sdk := sys.modules.get("sagemaker.core.utils.utils"):
        sdk.SageMakerClient.reset()
    client_of.cache_clear()
    session_of.cache_clear()
    boto3.DEFAULT_SESSION = session_of(endpoint_url, region, account)


def is_local() -> bool:
    """Return whether this process is pinned to the local AWS."""
    return isinstance(boto3.DEFAULT_SESSION, PinnedSession)


def account_and_region() -> tuple[str, str]:
    """Return the account and the region of the configured credentials, as AWS confirms them.

    Raises:
        RuntimeError: no region or no credentials are configured, or this process is pinned to the
            local AWS.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    if is_local():
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
