"""What an endpoint answers where its model does not; knows the wording, and no worker."""

from local_aws.errors import AwsError

MAX_BODY = 6_291_456
"""Bytes of one InvokeEndpoint request."""


class ModelError(AwsError):
    """The model's container answered with an error; what it said travels along."""

    def __init__(self, status: int, text: str, group: str):
        side = "client" if status < 500 else "server"
        message = (
            f'HttpRequest {side} error ({status}) from primary with message "{text}". '
            f"See {group} for more information."
        )
        super().__init__("ModelError", message, 424)
        self.details = {
            "OriginalStatusCode": status,
            "OriginalMessage": text,
            "LogStreamArn": group,
        }
