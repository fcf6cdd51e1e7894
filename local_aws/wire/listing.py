"""Answers SageMaker's List operations: filters, order and pages; knows fields, and no resource."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from local_aws.errors import AwsError
from local_aws.state.positions import page

PAGE = 10
"""Summaries of a page without MaxResults."""
TIMES = ("CreationTime", "LastModifiedTime")
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
LISTED = """NameContains CreationTimeAfter CreationTimeBefore SortBy SortOrder NextToken
    MaxResults"""
"""Members of requests that `answer` does, as `members.py` has them."""
CHANGED = "LastModifiedTimeAfter LastModifiedTimeBefore StatusEquals"
"""More of them, for what has a status."""


@dataclass(frozen=True)
class Listing:
    """The List operation of one kind of resource."""

    list_name: str
    """Field of the answer with the summaries, such as `Models`."""
    name: str
    """Field of the resource's name."""
    fields: tuple[str, ...]
    """Fields that a summary copies from the resource, if it has them."""
    status: str = ""
    """Field of the resource's status, if it has one."""
    sorts: tuple[tuple[str, str], ...] = ()
    """Other values of SortBy, each with its field."""

    def answer(self, documents: Iterable[dict], request: dict) -> dict:
        """Return one page of summaries; without SortBy and SortOrder the newest come first.

        Raises:
            AwsError: the token is not valid.
        """
        listed = [document for document in documents if self._wanted(document, request)]
        sorts = {"Name": self.name, "Status": self.status, **dict(self.sorts)}
        by = sorts.get(request.get("SortBy"), TIMES[0])
        listed.sort(
            key=lambda document: (document[by], document[self.name]),
            reverse=request.get("SortOrder") != "Ascending",
        )
        refused = AwsError("ValidationException", "The pagination token is not valid.")
        summaries = [
            {field: document[field] for field in self.fields if field in document}
            for document in listed
        ]
        return page(summaries, request, self.list_name, PAGE, refused)

    def _wanted(self, document: dict, request: dict) -> bool:
        if request.get("NameContains", "").lower() not in document[self.name].lower():
            return False
        if (status := request.get("StatusEquals")) and document[self.status] != status:
            return False
        return all(
            time not in document
            or request.get(f"{time}After", FIRST) <= document[time]
            and document[time] <= request.get(f"{time}Before", LAST)
            for time in TIMES
        )
