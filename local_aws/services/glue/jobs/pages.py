"""Glue's pages, and its error for a token that is none; knows no item."""

from collections.abc import Sequence

from local_aws.errors import AwsError
from local_aws.state import positions

PAGE = 100


def page(items: Sequence[dict], name: str, request: dict) -> dict:
    """Return one page of items under `name`.

    Raises:
        AwsError: the token is not valid.
    """
    refused = AwsError("InvalidInputException", "The NextToken is not valid.")
    return positions.page(items, request, name, PAGE, refused)
