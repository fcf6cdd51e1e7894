"""The store: plain files, odd keys, foreign writes, full disks, many writers."""

import errno
import hashlib
import io
import os
import sqlite3
import threading
import time
from contextlib import contextmanager

import pytest

from local_aws.errors import AwsError
from local_aws.state.objects import temporary_files
from local_aws.state.objects.store import ObjectStore
from local_aws.state.objects.uploads import Uploads

ODD = ["a//b", "/a", "dir/", "x/../y", ".", "..", "a/./b", "z" * 300, "é" * 200, "nul\0here"]


def files(folder) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("data", [b"song", io.BytesIO(b"song")], ids=["bytes", "stream"])
def test_an_object_is_a_plain_file_with_facts(store, data):
    info = store.put("birds", "raw/a.ogg", data, content_type="audio/ogg", metadata={"k": "v"})
    assert info == store.info("birds", "raw/a.ogg")
    assert info.path == store.root / "birds/raw/a.ogg" == store.path("birds", "raw/a.ogg")
    assert info.path.read_bytes() == store.read("birds", "raw/a.ogg") == b"song"
    assert (info.size, info.etag) == (4, hashlib.md5(b"song").hexdigest())
    assert (info.content_type, info.metadata) == ("audio/ogg", {"k": "v"})


def test_a_path_is_copied_not_moved(store, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(b"song")
    store.put("birds", "a", source)
    assert source.exists() and store.read("birds", "a") == b"song"


@pytest.mark.parametrize("key", ODD, ids=lambda key: repr(key[:8]))
def test_a_key_that_no_path_can_hold_is_kept_all_the_same(store, key):
    store.put("birds", key, b"odd")
    assert store.read("birds", key) == b"odd"
    assert [info.key for info in store.list("birds")] == [key]
    assert files(store.root) == []
    store.delete("birds", key)
    assert not list((store.side / "odd" / "birds").iterdir())


def test_a_key_may_be_another_keys_folder_in_either_order(store):
    for key in ("a", "a/b", "c/d", "c"):
        store.put("birds", key, key.encode())
    assert [store.read("birds", key) for key in ("a", "a/b", "c/d", "c")] == [
        b"a",
        b"a/b",
        b"c/d",
        b"c",
    ]
    store.delete("birds", "a")
    assert store.read("birds", "a/b") == b"a/b"


def test_a_key_that_was_odd_becomes_a_plain_file_once_it_can(store):
    store.put("birds", "a/b", b"1")
    store.put("birds", "a", b"2")
    store.delete("birds", "a/b")
    store.put("birds", "a", b"3")
    assert (store.root / "birds/a").read_bytes() == b"3"
    assert not list((store.side / "odd" / "birds").iterdir())


def test_deleting_leaves_no_empty_folders(store):
    store.put("birds", "a/b/c/d", b"")
    store.delete("birds", "a/b/c/d")
    store.delete("birds", "a/b/c/d")
    assert list((store.root / "birds").iterdir()) == []


def test_a_listing_is_sorted_by_utf8(store):
    keys = ["a", "a/b", "a-b", "B", "é", "\uffee", "\U0001f426", "a\x01"]
    for key in keys:
        store.put("birds", key, b"")
    assert [i.key for i in store.list("birds")] == sorted(keys, key=str.encode)
    assert [i.key for i in store.list("birds", "a", "a-b")] == ["a/b"]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda store: store.info("birds", "no"), "NoSuchKey"),
        (lambda store: store.info("none", "no"), "NoSuchBucket"),
        (lambda store: store.put("none", "a", b""), "NoSuchBucket"),
        (lambda store: list(store.list("none")), "NoSuchBucket"),
        (lambda store: store.put("birds", "k" * 1025, b""), "KeyTooLongError"),
        (lambda store: store.create_bucket("birds"), "BucketAlreadyOwnedByYou"),
        (lambda store: store.create_bucket("x"), "InvalidBucketName"),
        (lambda store: store.create_bucket("../up"), "InvalidBucketName"),
        (lambda store: store.create_bucket("127.0.0.1"), "InvalidBucketName"),
    ],
)
def test_errors_are_s3s(store, call, code):
    with pytest.raises(AwsError, match=code):
        call(store)


def test_a_bucket_with_objects_is_not_deleted(store):
    store.put("birds", "a", b"")
    with pytest.raises(AwsError, match="BucketNotEmpty"):
        store.delete_bucket("birds")
    store.delete("birds", "a")
    store.delete_bucket("birds")
    assert store.buckets() == [] and files(store.root) == []


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


def test_a_listener_that_fails_does_not_fail_the_upload(store, caplog):
    store.listeners.append(lambda *event: 1 / 0)
    store.put("birds", "a", b"x")
    assert store.read("birds", "a") == b"x"
    assert "s3://birds/a" in caplog.text


def fail_with(number):
    def failing(*arguments, **named):
        raise OSError(number, os.strerror(number))

    return failing


@pytest.mark.parametrize("old", [None, b"old"], ids=["new key", "overwritten key"])
@pytest.mark.parametrize("moment", ["writing", "indexing"])
def test_a_full_disk_is_an_error_without_a_trace(store, monkeypatch, moment, old):
    if old:
        store.put("birds", "a/b", old)
    before = files(store.root), files(store.side / "drafts")
    target = (temporary_files, "_write") if moment == "writing" else (store.objects, "put")
    with monkeypatch.context() as patch:
        patch.setattr(*target, fail_with(errno.ENOSPC))
        with pytest.raises(AwsError, match="InsufficientStorage.*free some space"):
            store.put("birds", "a/b", b"new")
    assert (files(store.root), files(store.side / "drafts")) == before
    assert [store.read("birds", info.key) for info in store.list("birds")] == ([old] if old else [])


@contextmanager
def refused_commits(store):
    """Let every change of the index fail at its very end, as on a full disk."""
    connection, index = store.index._connection, store.index

    class Full:
        in_transaction = property(lambda self: connection.in_transaction)

        def execute(self, sql, *values):
            if sql == "COMMIT":
                raise sqlite3.OperationalError("database or disk is full")
            return connection.execute(sql, *values)

    index._connection = Full()
    yield
    index._connection = connection


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.delete("birds", "a/b"),
        lambda store: store.delete("birds", "a/b", "dir/", "none"),
        lambda store: store.put("birds", "a/b", b"new"),
        lambda store: store.delete_bucket("empty"),
        lambda store: store.create_bucket("new"),
    ],
    ids=["delete", "several", "overwrite", "delete bucket", "create bucket"],
)
def test_a_change_that_a_full_disk_refuses_at_its_very_end_has_no_effect(store, change):
    store.put("birds", "a/b", b"old")
    store.put("birds", "dir/", b"odd")
    store.create_bucket("empty")
    with refused_commits(store), pytest.raises(AwsError, match="InsufficientStorage"):
        change(store)
    assert store.buckets() == ["birds", "empty"]
    assert store.read("birds", "a/b") == b"old" and store.read("birds", "dir/") == b"odd"
    assert files(store.side / "drafts") == []
    change(store)


def test_an_upload_whose_completion_has_no_room_can_be_completed_later(store):
    uploads = Uploads(store)
    upload = uploads.create("birds", "a", {}, "", "")
    made = store.draft([b"part"])
    part = uploads.put_part(upload, 1, made, {})
    with refused_commits(store):
        with pytest.raises(AwsError, match="InsufficientStorage"):
            uploads.complete(upload, [part], "", None)
        with pytest.raises(AwsError, match="InsufficientStorage"):
            uploads.abort(upload)
    assert list(store.list("birds")) == [] and uploads.parts(upload) == [part]
    uploads.complete(upload, uploads.parts(upload), "", None)
    assert store.read("birds", "a") == b"part"
    with pytest.raises(AwsError, match="NoSuchUpload"):
        uploads.get("birds", "a", upload.id)


def test_a_stream_that_breaks_leaves_nothing(store):
    def breaking():
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.draft(breaking())
    assert files(store.side / "drafts") == []


def test_a_new_store_over_the_same_folder_knows_everything(store):
    store.put("birds", "a", b"x", metadata={"k": "v"})
    store.put("birds", "a/b", b"y")
    again = ObjectStore(store.root)
    assert again.info("birds", "a").metadata == {"k": "v"}
    assert again.read("birds", "a/b") == b"y"
    again.close()


def test_a_moved_state_folder_still_works(store, tmp_path):
    store.put("birds", "a", b"x", metadata={"k": "v"})
    store.put("birds", "dir/", b"odd")
    store.close()
    (tmp_path / "moved").mkdir()
    for name in ("s3", "s3-index"):
        (tmp_path / name).rename(tmp_path / "moved" / name)
    again = ObjectStore(tmp_path / "moved/s3")
    assert again.read("birds", "dir/") == b"odd" and again.info("birds", "a").metadata
    again.close()


def test_one_of_many_writers_to_a_new_key_wins_if_each_asks_for_absence(store):
    def absent(old):
        time.sleep(0.002)  # time for another writer to slip in between the look and the write
        if old:
            raise AwsError("PreconditionFailed", "there already", 412)

    won, lost = [], []

    def write(number):
        with store.draft([b"%d" % number]) as made:
            try:
                won.append(store.commit("birds", "lock", made, check=absent))
            except AwsError as error:
                lost.append(error.code)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1 and lost == ["PreconditionFailed"] * 7
    assert store.info("birds", "lock") == won[0]


def test_readers_beside_writers_see_whole_objects_only(store):
    bodies = [bytes([n]) * (200_000 + n) for n in range(4)]
    store.put("birds", "a", bodies[0])
    wrong, stop = [], threading.Event()

    def write(body):
        for _ in range(25):
            store.put("birds", "a", body)

    def read():
        while not stop.is_set():
            info, file = store.open("birds", "a")
            with file:
                got = file.read()
            if got not in bodies or info.etag != hashlib.md5(got).hexdigest():
                wrong.append(info)

    writers = [threading.Thread(target=write, args=(body,)) for body in bodies]
    readers = [threading.Thread(target=read) for _ in range(2)]
    for thread in writers + readers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()
    assert wrong == []
    info = store.info("birds", "a")
    assert info.etag == hashlib.md5(info.path.read_bytes()).hexdigest()


def test_a_writer_waits_until_a_reader_has_the_file_of_the_row_it_read(store):
    store.put("birds", "a", b"1")
    writer = threading.Thread(target=store.put, args=("birds", "a", b"22"))

    def look(path):
        writer.start()
        writer.join(0.5)  # in vain: the reader holds the lock
        return path.stat()

    info, stat = store._settled("birds", "a", look)
    assert info.size == stat.st_size == 1
    writer.join()
    assert store.info("birds", "a").size == 2
