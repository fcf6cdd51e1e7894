"""Listings against a simple model of S3's rules, and large ones through boto3."""

import time
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_aws.services.s3 import listings
from local_aws.state.objects.info import pack
from local_aws.state.objects.names import after

KEYS = st.lists(st.text("ab/é\U0001f426", min_size=1, max_size=6), max_size=40, unique=True)


def fill(store, keys) -> None:
    """Write index rows only: a listing reads nothing else."""
    with store.index.transaction():
        for key in keys:
            store.objects.put("birds", key, 0, "0" * 32, 0, None, pack())


def expected(keys, prefix, delimiter) -> list[str]:
    """Return what S3 lists, in order: keys and common prefixes."""
    listed = set()
    for key in keys:
        if key.startswith(prefix):
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            listed.add(key if end < 0 else key[: end + len(delimiter)])
    return sorted(listed, key=str.encode)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(KEYS, st.text("ab/", max_size=3), st.sampled_from(["", "/", "a", "//"]), st.integers(1, 5))
def test_pages_put_together_are_the_whole_listing(store, keys, prefix, delimiter, most):
    store.index.rows("DELETE FROM objects")
    fill(store, keys)
    listed, low = [], ""
    while low is not None:
        page = listings.page(store, "birds", prefix, delimiter, low, most)
        shown = sorted([o.key for o in page.objects] + page.prefixes, key=str.encode)
        assert 0 < len(shown) <= most or (page.next is None and not shown)
        listed += shown
        low = page.next
    assert listed == expected(keys, prefix, delimiter)


@pytest.mark.parametrize("text", ["a", "a/", "é", "\ud7ff", "a\U0010ffff"])
def test_after_is_the_least_string_above_a_prefix(text):
    above = after(text)
    assert (text + "\U0010ffff" * 3).encode("utf-8", "surrogatepass") < above.encode()
    assert not above.startswith(text)


def test_nothing_is_above_the_last_character():
    assert after("\U0010ffff") is after("") is None


def test_version_2_starts_after_a_key_and_names_the_owner_if_asked(s3):
    for key in ("a", "b", "c"):
        s3.put_object(Bucket="birds", Key=key, Body=b"x", StorageClass="STANDARD_IA")
    page = s3.list_objects_v2(Bucket="birds", StartAfter="a", FetchOwner=True)
    assert [c["Key"] for c in page["Contents"]] == ["b", "c"]
    assert (page["KeyCount"], page["IsTruncated"], page["StartAfter"]) == (2, False, "a")
    first = page["Contents"][0]
    assert first["Owner"]["ID"] and first["StorageClass"] == "STANDARD_IA" and first["Size"] == 1
    assert first["ChecksumAlgorithm"] == ["CRC32"] and first["ChecksumType"] == "FULL_OBJECT"
    assert "Owner" not in s3.list_objects_v2(Bucket="birds")["Contents"][0]


@pytest.mark.parametrize("key", ["a b+c%20&<é>.txt", "tab\there", "line\nbreak", "\x01", '"q"'])
def test_any_key_survives_a_listing(s3, key):
    s3.put_object(Bucket="birds", Key=key, Body=b"x")
    assert [c["Key"] for c in s3.list_objects_v2(Bucket="birds")["Contents"]] == [key]
    assert s3.get_object(Bucket="birds", Key=key)["Body"].read() == b"x"


@pytest.mark.parametrize(
    "parameters",
    [{"ContinuationToken": "no token!"}, {"MaxKeys": -1}],
    ids=["token", "max-keys"],
)
def test_wrong_parameters_are_invalid_arguments(s3, parameters):
    with pytest.raises(ClientError, match="InvalidArgument"):
        s3.list_objects_v2(Bucket="birds", **parameters)


def test_no_keys_are_listed_for_max_keys_0(s3):
    s3.put_object(Bucket="birds", Key="a", Body=b"")
    page = s3.list_objects_v2(Bucket="birds", MaxKeys=0)
    assert (page["KeyCount"], page["IsTruncated"]) == (0, False)


def test_each_object_has_one_version(s3):
    for key in ("a", "b"):
        s3.put_object(Bucket="birds", Key=key, Body=b"")
    s3.delete_object(Bucket="birds", Key="a", VersionId="null")
    with pytest.raises(ClientError, match="NoSuchVersion"):
        s3.get_object(Bucket="birds", Key="b", VersionId="v" * 32)
    with pytest.raises(ClientError, match="InvalidArgument.*Invalid version id"):
        s3.get_object(Bucket="birds", Key="b", VersionId="other")


def test_the_older_listing_goes_on_after_the_last_key_or_prefix(s3):
    for key in ("a", "b/c", "b/d", "e"):
        s3.put_object(Bucket="birds", Key=key, Body=b"x")
    asked = {"Bucket": "birds", "Delimiter": "/", "MaxKeys": 2}
    first = s3.list_objects(**asked)
    assert [each["Key"] for each in first["Contents"]] == ["a"]
    assert (first["IsTruncated"], first["NextMarker"]) == (True, "b/")
    second = s3.list_objects(**asked, Marker=first["NextMarker"])
    assert [each["Key"] for each in second["Contents"]] == ["e"] and not second["IsTruncated"]
    pages = s3.get_paginator("list_objects").paginate(
        Bucket="birds", PaginationConfig={"PageSize": 2}
    )
    assert [[e["Key"] for e in page["Contents"]] for page in pages] == [["a", "b/c"], ["b/d", "e"]]


def test_ten_thousand_keys_are_listed_in_a_moment(store):
    fill(store, (f"raw/{n % 100:02}/{n}" for n in range(10_000)))
    query = {"prefix": "", "encoding-type": "url"}
    number = lambda name, default: default  # noqa: E731
    request = SimpleNamespace(bucket="birds", query=query, number=number, environ={})
    start, listed = time.process_time(), 0
    while True:
        body = listings.list_v2(store, request).body[0]
        listed += body.count(b"<Contents>")
        if b"<NextContinuationToken>" not in body:
            break
        query["continuation-token"] = (
            body.split(b"<NextContinuationToken>")[1].split(b"<")[0].decode()
        )
    assert listed == 10_000 and time.process_time() - start < 1.0


def test_a_hundred_big_folders_are_grouped_without_reading_all_keys(store, monkeypatch):
    fill(store, (f"{n % 100:02}/{n}" for n in range(10_000)))
    read, real = [], store.objects.page
    monkeypatch.setattr(store.objects, "page", lambda *a: read.extend(p := real(*a)) or p)
    page = listings.page(store, "birds", "", "/", "", 1000)
    assert len(page.prefixes) == 100 and len(read) < 4000


def test_deleting_other_versions_deletes_nothing_and_says_so(s3):
    for key in ("a", "b"):
        s3.put_object(Bucket="birds", Key=key, Body=b"")
    objects = [{"Key": "a", "VersionId": "other"}, {"Key": "b", "VersionId": "null"}]
    done = s3.delete_objects(Bucket="birds", Delete={"Objects": objects})
    assert [each["Key"] for each in done["Deleted"]] == ["b"]
    assert [(each["Key"], each["Code"]) for each in done["Errors"]] == [("a", "NoSuchVersion")]
    assert [each["Key"] for each in s3.list_objects_v2(Bucket="birds")["Contents"]] == ["a"]
