"""Equal names have equal placeholders, in every process that has the key, and in no other."""

import pytest

from helpers.evidence.names import Names, kind


def test_a_name_is_the_same_whatever_it_is_the_name_of():
    names = Names(b"k" * 16)
    assert names.placeholder("bucket", "mine")[-6:] == names.placeholder("name", "mine")[-6:]
    assert names.placeholder("bucket", "mine") != names.placeholder("bucket", "other")
    assert Names(b"k" * 16).placeholder("job", "a") == names.placeholder("job", "a")


def test_another_transcript_has_other_placeholders():
    assert Names(b"a" * 16).placeholder("job", "a") != Names(b"b" * 16).placeholder("job", "a")


def test_any_text_has_a_placeholder():
    assert Names(b"k").placeholder("key", "\udcff é").startswith("<key-")


@pytest.mark.parametrize(
    "member, word",
    [
        ("Bucket", "bucket"),
        ("TrainingJobName", "job"),
        ("EndpointConfigName", "name"),
        ("QueryExecutionId", "id"),
        ("QueryString", "value"),
    ],
)
def test_a_members_name_tells_the_kind(member, word):
    assert kind(member) == word
