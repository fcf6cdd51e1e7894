"""Cuts a list in memory into pages, with positions as tokens; knows no items."""


def page(items: list, name: str, request: dict) -> dict:
    """Return one page of a list, under the name of its member in the answer."""
    start = int(request.get("NextToken") or 0)
    end = start + (request.get("MaxResults") or 50)
    more = {"NextToken": str(end)} if end < len(items) else {}
    return {name: items[start:end], **more}
