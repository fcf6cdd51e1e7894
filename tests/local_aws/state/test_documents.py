"""Documents on a full disk, and on one that was full for a moment."""

import sqlite3

import pytest

from local_aws.state.documents import Documents
from tests.local_aws.full_disks import no_larger_database

LONG = {"text": "long" * 50_000}


@pytest.fixture
def documents(tmp_path):
    made = Documents(tmp_path / "documents.sqlite")
    made.put("thing", "old", {"n": 1})
    yield made
    made.close()


def test_what_did_not_fit_is_not_there_and_the_next_write_goes_on(documents):
    with no_larger_database(documents):
        with pytest.raises(sqlite3.OperationalError, match="is full"):
            documents.put_many("thing", [("old", {"n": 2}), ("new", LONG)])
        assert documents.items("thing") == [("old", {"n": 1})]
        documents.put("thing", "old", {"n": 3})
    documents.put("thing", "new", LONG)
    assert documents.get("thing", "old") == {"n": 3} and documents.get("thing", "new") == LONG


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_transaction_that_raises_changes_nothing(documents, error):
    with pytest.raises(error), documents.transaction():
        documents.put("thing", "new", {})
        assert documents.delete("thing", "old")
        raise error
    assert documents.items("thing") == [("old", {"n": 1})]


def test_what_is_late_is_seen_at_once_and_written_when_there_is_room(documents, tmp_path):
    with no_larger_database(documents):
        documents.put_late("thing", "old", LONG)
        documents.put_late("thing", "new", LONG)
        assert documents.get("thing", "old") == LONG
        assert [key for key, _ in documents.items("thing")] == ["new", "old"]
    other = Documents(tmp_path / "documents.sqlite")
    assert other.items("thing") == [("old", {"n": 1})]
    documents.put("other", "any", {})
    assert other.items("thing") == [("new", LONG), ("old", LONG)]
    other.close()


def test_what_was_late_and_has_changed_since_is_as_it_was_changed(documents):
    with no_larger_database(documents):
        documents.put_late("thing", "old", LONG)
        documents.put_late("thing", "gone", LONG)
    documents.put("thing", "old", {"n": 2})
    documents.delete("thing", "gone")
    assert documents.items("thing") == [("old", {"n": 2})]
