"""A filter is words and phrases; an answer holds so many events, the next one the others."""

import pytest

from local_aws.errors import AwsError
from local_aws.services.logs import pages


@pytest.mark.parametrize(
    "pattern, terms",
    [
        ("", []),
        ("error", ["error"]),
        ('error "line 3"', ["error", "line 3"]),
        ('"loss=1.0"', ["loss=1.0"]),
    ],
)
def test_a_pattern_is_its_words_and_phrases(pattern, terms):
    assert pages.terms({"filterPattern": pattern}) == terms


@pytest.mark.parametrize("pattern", ["?a ?b", "-a", "{ $.a = 1 }", "[a, b]", "%a%", '"a', "a=1"])
def test_a_pattern_that_is_more_is_refused(pattern):
    with pytest.raises(AwsError, match="the local AWS supports words"):
        pages.terms({"filterPattern": pattern})


@pytest.mark.parametrize(
    "sizes, first, last",
    [
        ([], 0, 0),
        ([3], 1, 1),
        ([11, 1], 1, 1),
        ([1, 11], 1, 1),
        ([4, 6, 1], 2, 2),
        ([4, 4, 4], 2, 2),
        ([1] * 12, 10, 10),
    ],
)
def test_an_answer_holds_as_many_events_as_its_characters_allow(monkeypatch, sizes, first, last):
    monkeypatch.setattr(pages, "PAGE_CHARACTERS", 10)
    events = [{"message": "x" * size, "number": number} for number, size in enumerate(sizes)]
    assert pages.first(events) == events[:first]
    assert pages.last(events) == events[len(events) - last :]


def test_pages_follow_one_another_without_loss():
    request, read = {"limit": 2}, []
    while True:
        answer = pages.page(list(range(5)), "events", request, 50)
        read.append(answer["events"])
        if "nextToken" not in answer:
            break
        request = {"limit": 2, "nextToken": answer["nextToken"]}
    assert read == [[0, 1], [2, 3], [4]]


def test_a_page_without_a_limit_has_its_default_size():
    assert pages.page([1, 2, 3], "events", {}, 2) == {"events": [1, 2], "nextToken": "2"}


@pytest.mark.parametrize("token", ["-1", "x", "1.5"])
def test_a_token_that_was_never_given_is_refused(token):
    with pytest.raises(AwsError, match="nextToken is invalid"):
        pages.page([1], "events", {"nextToken": token}, 5)
