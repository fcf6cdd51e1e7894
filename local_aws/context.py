"""The address, the account and the keys of one local AWS; knows no service."""

from dataclasses import dataclass
from pathlib import Path

ACCOUNT = "000000000000"
REGION = "us-east-1"


@dataclass(frozen=True)
class Context:
    """The address and identity of one local AWS."""

    state: Path
    url: str
    access_key: str
    secret_key: str
    account: str = ACCOUNT
    region: str = REGION

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource, such as `arn('sagemaker', 'model/birds')`."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def environment(self) -> dict[str, str]:
        """Return the environment variables that send every AWS client to this server alone."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(self.state / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.state / "aws-credentials"),
            "SAGEMAKER_USER_CONFIG_OVERRIDE": str(self.state / "sagemaker-config.yaml"),
        }
