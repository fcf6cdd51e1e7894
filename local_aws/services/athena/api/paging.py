"""Pages of a listing that is in memory whole; a page's token is the number of its first item."""


def page(items: list, name: str, request: dict) -> dict:
    """Return one page of a listing under the name of its member."""
    start = int(request.get("NextToken") or 0)
    end = start + (request.get("MaxResults") or 50)
    more = {"NextToken": str(end)} if end < len(items) else {}
    return {name: items[start:end], **more}
