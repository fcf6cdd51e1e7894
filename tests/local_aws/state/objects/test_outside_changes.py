"""What others write into, change in and delete from a bucket's folder is what the store has."""

import hashlib

import pytest

from local_aws.errors import AwsError


def test_a_bucket_with_unregistered_files_is_not_deleted_but_shows_them(store):
    (store.root / "birds/stray").write_text("x")
    with pytest.raises(AwsError, match="BucketNotEmpty"):
        store.delete_bucket("birds")
    assert [info.key for info in store.list("birds")] == ["stray"]


def test_files_written_straight_into_the_folder_are_adopted(store):
    told = []
    store.listeners.append(lambda bucket, info, reason: told.append((bucket, info.key, reason)))
    folder = store.root / "birds/tables/t1"
    folder.mkdir(parents=True)
    (folder / "part-0").write_bytes(b"rows")
    (store.root / "birds/tables/t2").write_bytes(b"other")
    adopted = store.adopt("birds", "tables/t1/")
    assert [info.key for info in adopted] == ["tables/t1/part-0"]
    assert store.info("birds", "tables/t1/part-0").etag == hashlib.md5(b"rows").hexdigest()
    assert store.adopt("birds", "tables/t1") == []
    assert [i.key for i in store.adopt("birds", "tab")] == ["tables/t2"]
    assert told[0] == ("birds", "tables/t1/part-0", "PutObject") and len(told) == 2


def test_adopting_forgets_files_that_are_gone(store):
    store.put("birds", "t/old", b"")
    (store.root / "birds/t/old").unlink()
    assert store.adopt("birds", "t/") == []
    assert list(store.list("birds")) == []


def test_a_file_changed_by_hand_is_served_as_it_is_now(store):
    store.put("birds", "a", b"before", metadata={"k": "v"})
    (store.root / "birds/a").write_bytes(b"afterwards")
    info = store.info("birds", "a")
    assert (info.size, info.etag) == (10, hashlib.md5(b"afterwards").hexdigest())
    assert info.metadata == {"k": "v"} and store.read("birds", "a") == b"afterwards"


def test_a_file_deleted_by_hand_is_no_key(store):
    store.put("birds", "a", b"")
    (store.root / "birds/a").unlink()
    with pytest.raises(AwsError, match="NoSuchKey"):
        store.info("birds", "a")
    assert list(store.list("birds")) == []
