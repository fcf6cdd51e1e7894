"""A queue's attributes: their defaults, limits and errors; knows no message."""

import json

from local_aws.errors import AwsError

_SETTINGS = {
    "DelaySeconds": (0, 0, 900),
    "MaximumMessageSize": (1_048_576, 1024, 1_048_576),
    "MessageRetentionPeriod": (345_600, 60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 0, 20),
    "VisibilityTimeout": (30, 0, 43_200),
}
"""Default, least and most of each number:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"""
DEFAULTS = {name: str(default) for name, (default, _, _) in _SETTINGS.items()}
_TEXTS = ("Policy", "RedrivePolicy")


def check(attributes: dict[str, str]) -> None:
    """Refuse attributes that are not done by their names, and values that AWS refuses.

    Raises:
        AwsError: it says why.
    """
    for name, value in attributes.items():
        if name in _SETTINGS:
            _, least, most = _SETTINGS[name]
            if not (value.isdecimal() and least <= int(value) <= most):
                raise _invalid(name)
        elif name not in _TEXTS:
            message = f"The local AWS does not support sqs:CreateQueue with Attributes.{name}."
            raise AwsError("NotImplementedException", message)
    if attributes.get("RedrivePolicy"):
        redrive(attributes)


def redrive(attributes: dict[str, str]) -> tuple[str, int] | None:
    """Return the ARN of the dead-letter queue, and after how many receives messages go there."""
    if not (text := attributes.get("RedrivePolicy")):
        return None
    try:
        policy = json.loads(text)
        target, most = policy["deadLetterTargetArn"], int(policy["maxReceiveCount"])
        if not 1 <= most <= 1000 or not isinstance(target, str):
            raise ValueError(most)
    except (ValueError, TypeError, LookupError):
        raise _invalid("RedrivePolicy") from None
    return target, most


def _invalid(name: str) -> AwsError:
    return AwsError("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
