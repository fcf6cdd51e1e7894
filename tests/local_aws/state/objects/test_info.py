"""An object's facts come out of its row as they went in."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from local_aws.state.objects.info import from_row, pack

FACTS = {
    "content_type": "audio/ogg",
    "metadata": {"k": "v"},
    "checksums": {"CRC32": "AAAA-2"},
    "headers": {"x-amz-storage-class": "GLACIER_IR"},
}


def info(location=None, **facts):
    row = ("birds", "a/b", 4, "etag", 1_767_323_045 * 10**9 + 999, location, pack(**facts))
    return from_row(row, "/objects", "/side")


def test_facts_are_read_as_they_were_packed():
    read = info(**FACTS, parts=[3, 1], part_checksums=["x", "y"])
    assert {name: getattr(read, name) for name in FACTS} == FACTS
    assert (read.parts, read.part_checksums) == ((3, 1), ("x", "y"))


def test_an_object_without_facts_has_what_s3_says_of_it():
    read = info()
    assert (read.content_type, read.storage_class) == ("binary/octet-stream", "STANDARD")
    assert (read.metadata, read.checksums, read.parts) == ({}, {}, ())


def test_the_last_change_is_the_files_in_whole_seconds():
    assert info().last_modified == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("location, path", [(None, "/objects/birds/a/b"), ("odd/1", "/side/odd/1")])
def test_a_file_lies_at_its_key_or_beside_the_buckets(location, path):
    assert str(info(location).path) == path


@pytest.mark.parametrize("value, kind", [("AAAA-2", "COMPOSITE"), ("AAAA", "FULL_OBJECT")])
def test_a_checksum_over_parts_is_composite(value, kind):
    assert info(checksums={"CRC32": value}).checksum_type == kind


def test_a_storage_class_is_the_uploads():
    assert info(**FACTS).storage_class == "GLACIER_IR"


def test_facts_that_an_older_state_kept_are_passed_over():
    older = replace(info(**FACTS, tags={"t": "1"}), facts="")
    assert older == replace(info(**FACTS), facts="")
