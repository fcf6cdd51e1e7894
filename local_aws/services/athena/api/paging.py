"""Cuts a list in memory into pages, with positions as tokens; knows no items."""

from local_aws.errors import AwsError
from local_aws.state.positions import position


def start_of(request: dict) -> int:
    """Return the position of a request's token. Raises: AwsError InvalidRequestException."""
    refused = AwsError("InvalidRequestException", "The NextToken is not valid.")
    return position(request.get("NextToken"), refused)


def page(items: list, name: str, request: dict) -> dict:
    """Return one page of a list, under the name of its member in the answer."""
    start = start_of(request)
    end = start + (request.get("MaxResults") or 50)
    more = {"NextToken": str(end)} if end < len(items) else {}
    return {name: items[start:end], **more}
