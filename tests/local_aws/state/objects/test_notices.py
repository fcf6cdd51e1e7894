"""A write to a bucket that tells leaves a notice with it, which is there until it is passed on."""

import pytest

from local_aws.state.objects.store import ObjectStore
from tests.local_aws.full_disks import refused_commits


@pytest.fixture
def notices(store):
    store.objects.notices.switch("birds", True)
    return store.objects.notices


def kinds(notices):
    return [(each.kind, each.detail["object"]["key"]) for each in notices.pending()]


def test_a_bucket_that_does_not_tell_leaves_none(store):
    store.put("birds", "one", b"1")
    assert store.objects.notices.pending() == []


def test_writes_and_deletions_leave_notices_in_their_order(store, notices):
    store.put("birds", "one", b"1")
    store.put("birds", "one", b"2")
    store.delete("birds", "one", "missing")
    assert kinds(notices) == [
        ("Object Created", "one"), ("Object Created", "one"), ("Object Deleted", "one"),
    ]  # fmt: skip
    order = [each.detail["object"]["sequencer"] for each in notices.pending()]
    assert order == sorted(order)


def test_a_file_that_another_program_wrote_or_deleted_leaves_one_too(store, notices):
    (store.root / "birds" / "new").write_bytes(b"1")
    store.adopt("birds")
    (store.root / "birds" / "new").unlink()
    store.adopt("birds")
    assert kinds(notices) == [("Object Created", "new"), ("Object Deleted", "new")]


def test_a_write_that_is_refused_leaves_none(store, notices):
    with refused_commits(store), pytest.raises(Exception, match="full"):
        store.put("birds", "one", b"1")
    assert notices.pending() == []


def test_notices_are_there_after_a_restart_with_the_same_ids_until_passed_on(store, notices):
    store.put("birds", "one", b"1")
    store.put("birds", "two", b"1")
    first, second = notices.pending()
    store.close()
    again = ObjectStore(store.root)
    assert [each.id for each in again.objects.notices.pending()] == [first.id, second.id]
    again.objects.notices.passed_on(first.number)
    assert [each.id for each in again.objects.notices.pending()] == [second.id]
    again.close()


def test_a_new_bucket_of_a_deleted_ones_name_does_not_tell(store, notices):
    store.delete_bucket("birds")
    store.create_bucket("birds")
    assert not notices.are_on("birds")
