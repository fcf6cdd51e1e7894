"""A snapshot keeps what was there, with the bytes that it had."""

import pytest

from helpers.sharding import snapshot
from helpers.storage import Entry, LocalFolder


def test_what_comes_or_changes_later_is_left_out_and_listed(tmp_path, capsys):
    folder = LocalFolder(tmp_path)
    listed = [Entry("a", 1, "1"), Entry("b", 1, "2"), Entry("c", 1, "3")]
    folder.write(snapshot.NAME, snapshot.take(listed).encode())
    later = [Entry("a", 1, "1"), Entry("b", 1, "other"), Entry("d", 1, "4")]
    assert snapshot.within(later, snapshot.read(folder)) == [Entry("a", 1, "1")]
    said = capsys.readouterr().out
    assert said == ("2 objects came or changed later and are left for the next run:\n  b\n  d\n")


def test_without_a_snapshot_all_stays():
    assert snapshot.within(iter([Entry("a", 1, "1")]), None) == [Entry("a", 1, "1")]


def test_a_folder_without_one_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        snapshot.read(LocalFolder(tmp_path))
