"""Cuts lists into pages, with positions as tokens; knows no item and no service."""

from collections.abc import Sequence

from local_aws.errors import AwsError

MOST_DIGITS = 12


def position(token: str | None, refused: AwsError) -> int:
    """Return the position that a token names, 0 without one.

    Args:
        refused: raised for a token that no answer has given.
    """
    if not token:
        return 0
    # `isdigit` alone takes "²" too, and `int` refuses both that and thousands of digits.
    if not (token.isascii() and token.isdigit() and len(token) <= MOST_DIGITS):
        raise refused
    return int(token)


def page(
    items: Sequence,
    request: dict,
    name: str,
    size: int,
    refused: AwsError,
    most: str = "MaxResults",
    token: str = "NextToken",
) -> dict:
    """Return the page that a request asks for, under `name`, with the token of the next one.

    Args:
        size: items of a page, where the request has no `most`.
        refused: raised for a token that no answer has given.
    """
    start = position(request.get(token), refused)
    end = start + (request.get(most) or size)
    more = {token: str(end)} if end < len(items) else {}
    return {name: list(items[start:end]), **more}
