"""The errors of EventBridge Scheduler; where AWS publishes no words they are our own."""

from local_aws.errors import AwsError


def invalid(message: str) -> AwsError:
    """Return the refusal of a request that AWS refuses."""
    return AwsError("ValidationException", message)


def not_done(what: str) -> AwsError:
    """Return the refusal of what AWS has and the local AWS does not do."""
    return AwsError("NotImplementedException", f"The local AWS does not support {what}.")


def not_there(what: str) -> AwsError:
    """Return the refusal of a name that nothing has."""
    return AwsError("ResourceNotFoundException", f"{what} does not exist.", 404)


def taken(what: str) -> AwsError:
    """Return the refusal of a name that something has."""
    return AwsError("ConflictException", f"{what} already exists.", 409)
