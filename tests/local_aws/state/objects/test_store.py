"""The store: objects are plain files, whole for every reader, whatever fails and whoever writes."""

import errno
import hashlib
import io
import os
import threading
import time

import pytest

from local_aws.errors import AwsError
from local_aws.state.objects import temporary_files
from local_aws.state.objects.store import ObjectStore
from tests.local_aws.full_disks import refused_commits
from tests.local_aws.state.objects.folders import files


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


def test_times_are_the_one_clocks_also_after_a_restart(store):
    store.index.clock.advance(3600)
    now = store.index.clock.now()
    info = store.put("birds", "later", b"1")
    assert abs((info.last_modified - now).total_seconds()) < 60
    assert store.info("birds", "later") == info  # no other program has written it
    store.close()
    again = ObjectStore(store.root)
    assert again.info("birds", "later").last_modified == info.last_modified
    again.close()
