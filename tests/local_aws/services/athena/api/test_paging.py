"""Pages of a list follow one another without loss."""

import pytest

from local_aws.services.athena.api.paging import page


@pytest.mark.parametrize("size, pages", [(2, [[0, 1], [2, 3], [4]]), (5, [[0, 1, 2, 3, 4]])])
def test_pages_follow_one_another_to_the_end(size, pages):
    request, read = {"MaxResults": size}, []
    while request:
        answer = page(list(range(5)), "Names", request)
        read.append(answer["Names"])
        token = answer.get("NextToken")
        request = {"MaxResults": size, "NextToken": token} if token else {}
    assert read == pages


def test_a_page_without_a_size_has_50():
    assert len(page(list(range(60)), "Names", {})["Names"]) == 50
