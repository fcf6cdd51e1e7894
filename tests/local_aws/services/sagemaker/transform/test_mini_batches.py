"""Files are cut into requests by records and sizes; no byte is lost."""

import gzip

import pytest

from local_aws.services.sagemaker.transform.mini_batches import Cut, TooLarge


def cut(path, data, by_line=True, is_single=False, most=100, is_gzip=False):
    path.write_bytes(gzip.compress(data) if is_gzip else data)
    return list(Cut(by_line, is_single, most, is_gzip).bodies(path))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file"


def test_a_file_that_is_not_split_is_one_body(path):
    assert cut(path, b"a\nb\n", by_line=False) == [b"a\nb\n"]
    assert cut(path, b"", by_line=False) == [b""]


def test_a_single_record_is_a_line(path):
    assert cut(path, b"a\nb\nc", is_single=True) == [b"a\n", b"b\n", b"c"]


def test_many_records_fill_a_body_and_no_more(path):
    assert cut(path, b"aa\nbb\ncc\n", most=6) == [b"aa\nbb\n", b"cc\n"]
    assert cut(path, b"aa\nbb\ncc\n", most=0) == [b"aa\nbb\ncc\n"]
    assert cut(path, b"") == []


def test_gzip_is_unpacked_first(path):
    assert cut(path, b"a\nb\n", is_gzip=True, is_single=True) == [b"a\n", b"b\n"]


@pytest.mark.parametrize("by_line", [True, False])
def test_a_record_that_does_not_fit_is_refused(path, by_line):
    assert cut(path, b"abcdef", by_line, most=6) == [b"abcdef"]
    with pytest.raises(TooLarge, match="Too much data for max payload size"):
        cut(path, b"abcdefg", by_line, most=6)
