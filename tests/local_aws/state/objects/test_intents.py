"""A process may be killed at any step of a change: the next one finds it whole, or never made."""

import errno
import os
import signal
import sys

import pytest

from local_aws.state.objects.store import ObjectStore
from local_aws.state.objects.uploads import Uploads
from tests.local_aws.state.objects.folders import files

STEPS = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "open", "shutil.rmtree"}
OLD = {"a/b": b"old", "dir/": b"odd", "c": b"plain", "e/f": b"more"}


def begin(folder):
    """Return a store with some objects, and an upload of two parts."""
    store = ObjectStore(folder / "s3")
    store.create_bucket("birds")
    for key, body in OLD.items():
        store.put("birds", key, body, metadata={"of": body.decode()})
    store.objects.notices.switch("birds", True)
    uploads = Uploads(store)
    upload = uploads.create("birds", "a/b", {"metadata": {"of": "new"}}, "", "")
    for number in (1, 2):
        with store.draft([b"new"[number - 1 :: 2]]) as made:
            uploads.put_part(upload, number, made, {})
    return store, uploads, upload


def put(key):
    return lambda store, *_: store.put("birds", key, b"new", metadata={"of": "new"})


CHANGES = {
    "a new key": (put("x/y/z"), OLD | {"x/y/z": b"new"}),
    "an overwritten key": (put("a/b"), OLD | {"a/b": b"new"}),
    "a new odd key": (put("x//y"), OLD | {"x//y": b"new"}),
    "an overwritten odd key": (put("dir/"), OLD | {"dir/": b"new"}),
    "a key with no bytes": (
        lambda store, *_: store.put("birds", "c", b"", metadata={"of": ""}),
        OLD | {"c": b""},
    ),
    "a delete": (
        lambda store, *_: store.delete("birds", "a/b"),
        {key: OLD[key] for key in ("dir/", "c", "e/f")},
    ),
    "a delete of several": (lambda store, *_: store.delete("birds", *OLD, "none"), {}),
    "a completed upload": (
        lambda _, uploads, upload: uploads.complete(upload, uploads.parts(upload), "", None),
        OLD | {"a/b": b"nwe"},
    ),
    "an aborted upload": (lambda _, uploads, upload: uploads.abort(upload), OLD),
    "another part": (
        lambda store, uploads, upload: uploads.put_part(upload, 1, store.draft([b"new"]), {}),
        OLD,
    ),
    "a bucket": (lambda store, *_: store.create_bucket("bins"), OLD),
    "a deleted bucket": (
        lambda store, *_: [store.delete("birds", *OLD), store.delete_bucket("birds")],
        {},
    ),
}


def no_link(path, _):
    os.stat(path)  # the lack of a file comes first
    raise PermissionError(errno.EPERM, "a file system without second names")


def killed_at(step, change, folder, has_links=True):
    """Make a change in a process that is killed before its nth step; say whether.

    A step is an operation on files, or the end of a transaction.
    """
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    try:
        if not has_links:
            os.link = no_link
        arguments, left = begin(folder), step

        def count():
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(lambda event, _: event in STEPS and count())
        statements = arguments[0].index._connection.set_trace_callback
        statements(lambda sql: sql == "COMMIT" and count())
        change(*arguments)
    finally:
        os._exit(0)


def held(store):
    """Return what a store holds: body by key. Each has the metadata of its own write."""
    if not store.has_bucket("birds"):
        return {}
    held = {info.key: store.read("birds", info.key) for info in store.list("birds")}
    for key, body in held.items():
        assert sorted(store.info("birds", key).metadata.get("of", "")) == sorted(body.decode())
    return held


@pytest.mark.parametrize("has_links", [True, False], ids=["", "no second names"])
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_is_killed_at_any_step_is_whole_or_was_never_made(name, has_links, tmp_path):
    change, after = CHANGES[name]
    step, is_killed = 0, True
    while is_killed:
        step += 1
        folder = tmp_path / str(step)
        folder.mkdir()
        is_killed = killed_at(step, change, folder, has_links)
        store = ObjectStore(folder / "s3")
        uploads = Uploads(store)
        objects = held(store)
        allowed = [after] if not is_killed else [OLD, after]
        if name == "a deleted bucket" and is_killed:
            allowed.append({})
        assert objects in allowed, f"killed before step {step}"
        if name != "a deleted bucket":
            changed = {key for key in {*OLD, *objects} if OLD.get(key) != objects.get(key)}
            notices = store.objects.notices.pending()
            assert sorted(notice.detail["object"]["key"] for notice in notices) == sorted(changed)
        for bucket in store.buckets():
            assert store.adopt(bucket) == [], f"a file that no row knows, at {step}"
        rows = store.index.rows("SELECT file FROM parts")
        assert files(store.side / "uploads") == sorted(file for (file,) in rows)
        assert files(store.side / "drafts") == []
        known = {folder.name for folder in (store.root).iterdir()}
        assert known == set(store.buckets())
        empty = [path for path in store.root.glob("*/**/") if not any(path.iterdir())]
        assert [path for path in empty if path.parent != store.root] == []
        for row in store.index.rows("SELECT bucket, key, id FROM uploads"):
            uploads.complete(again := uploads.get(*row), uploads.parts(again), "", None)
        for bucket in store.buckets():
            store.delete(bucket, *(info.key for info in store.list(bucket)))
            store.delete_bucket(bucket)
        assert files(store.root) == files(store.side / "odd") == []
        store.close()
    assert step > 1


def test_a_state_folder_that_is_moved_after_a_kill_is_put_right_all_the_same(tmp_path):
    change, _ = CHANGES["an overwritten key"]
    for step in range(2, 8):
        (folder := tmp_path / str(step)).mkdir()
        killed_at(step, change, folder)
        folder.rename(moved := tmp_path / f"moved {step}")
        store = ObjectStore(moved / "s3")
        assert held(store) in (OLD, OLD | {"a/b": b"new"})
        store.close()
