"""Glue's pages: a token is the position of the next item; knows no item."""

from collections.abc import Sequence

from local_aws.errors import AwsError

PAGE = 100


def page(items: Sequence[dict], name: str, request: dict) -> dict:
    """Return one page of items under `name`.

    Raises:
        AwsError: the token is not valid.
    """
    token = request.get("NextToken") or "0"
    if not token.isdigit():
        raise AwsError("InvalidInputException", "The NextToken is not valid.")
    end = int(token) + (request.get("MaxResults") or PAGE)
    answer = {name: list(items[int(token) : end])}
    return {**answer, "NextToken": str(end)} if end < len(items) else answer
