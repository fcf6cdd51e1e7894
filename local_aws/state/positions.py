"""Reads the paging tokens that are positions in a list; knows no list and no service."""

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
