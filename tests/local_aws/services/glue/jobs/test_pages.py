"""Glue's pages: each item once, and no other token than the service's own."""

import pytest

from local_aws.errors import AwsError
from local_aws.services.glue.jobs.pages import page


def test_all_pages_together_have_each_item_once():
    items, answer, seen = [{"n": n} for n in range(5)], {"NextToken": None}, []
    while "NextToken" in answer:
        answer = page(items, "Jobs", {"MaxResults": 2, "NextToken": answer["NextToken"]})
        seen += answer["Jobs"]
    assert seen == items


def test_a_made_up_token_is_refused():
    with pytest.raises(AwsError, match="NextToken"):
        page([], "Jobs", {"NextToken": "x"})
