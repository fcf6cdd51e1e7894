"""What an endpoint answers, good and bad; knows the wording, and no worker."""

from dataclasses import dataclass

from local_aws.errors import AwsError

MAX_BODY = 6_291_456
"""Bytes of one InvokeEndpoint request."""


@dataclass(frozen=True)
class Reply:
    """A good answer of an endpoint."""

    body: bytes
    content_type: str
    variant: str


class ModelError(AwsError):
    """The model's container answered with an error; what it said travels along."""

    def __init__(self, status: int, text: str, group: str):
        side = "client" if status < 500 else "server"
        message = (
            f'Received {side} error ({status}) from primary with message "{text}". '
            f"See {group} for more information."
        )
        super().__init__("ModelError", message, 424)
        self.details = {
            "OriginalStatusCode": status,
            "OriginalMessage": text,
            "LogStreamArn": group,
        }
