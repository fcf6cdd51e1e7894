"""URIs become bucket and key, whichever letters the key has."""

import pytest

from helpers.s3_uris import join_uri, parse_uri


@pytest.mark.parametrize(
    "uri, parts",
    [
        ("s3://b/a/c.ogg", ("b", "a/c.ogg")),
        ("s3://b", ("b", "")),
        ("s3://b/", ("b", "")),
        ("s3://b/a b%20/ü", ("b", "a b%20/ü")),
        ("s3://b/a?b#c", ("b", "a?b#c")),
    ],
)
def test_a_uri_is_bucket_and_key(uri, parts):
    assert parse_uri(uri) == parts


@pytest.mark.parametrize("uri", ["", "b/a", "s3://", "s3:///a", "http://b/a"])
def test_what_is_no_uri_is_refused(uri):
    with pytest.raises(ValueError, match="Expected s3://bucket/prefix"):
        parse_uri(uri)


def test_parts_are_joined_by_one_slash():
    assert join_uri("s3://b/a/", "/c", "d") == "s3://b/a/c/d"
