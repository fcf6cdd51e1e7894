"""Athena's pages, and its error for a token that is none; knows no items."""

from local_aws.errors import AwsError
from local_aws.state import positions

REFUSED = AwsError("InvalidRequestException", "The NextToken is not valid.")


def start_of(request: dict) -> int:
    """Return the position of a request's token. Raises: AwsError InvalidRequestException."""
    return positions.position(request.get("NextToken"), REFUSED)


def page(items: list, name: str, request: dict) -> dict:
    """Return one page of a list, under the name of its member in the answer."""
    return positions.page(items, request, name, 50, REFUSED)
