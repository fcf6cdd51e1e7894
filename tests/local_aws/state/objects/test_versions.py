"""Older versions stay until they are deleted by their ids, whatever is killed meanwhile."""

import pytest

from local_aws.errors import AwsError
from local_aws.state.objects.store import ObjectStore
from local_aws.state.objects.versions import MarkedDeleted
from tests.local_aws.state.objects.folders import files
from tests.local_aws.state.objects.test_intents import killed_at, put


@pytest.fixture
def store(tmp_path):
    """Return a store with a bucket that keeps versions."""
    store = ObjectStore(tmp_path / "s3")
    store.create_bucket("birds")
    store.objects.versions.switch("birds", "Enabled")
    yield store
    store.close()


def walk(store):
    """Return (key, body or None for a marker) of all versions, the newest of a key first."""
    versions = store.objects.versions.walk("birds", "", None)
    return [(info.key, _body(store, info)) for info in versions]


def _body(store, info):
    if info.marker:
        return None
    with store.open("birds", info.key, info.version_id)[1] as file:
        return file.read()


def test_a_new_version_leaves_the_older_ones(store):
    ids = [store.put("birds", "a/b", body).version for body in (b"1", b"2", b"3")]
    assert walk(store) == [("a/b", b"3"), ("a/b", b"2"), ("a/b", b"1")]
    assert (store.root / "birds/a/b").read_bytes() == b"3"
    assert len({*ids}) == 3 and store.info("birds", "a/b", ids[0]).size == 1


def test_what_is_from_before_versions_is_the_null_version(tmp_path):
    store = ObjectStore(tmp_path / "s3")
    store.create_bucket("birds")
    store.put("birds", "a", b"old")
    store.objects.versions.switch("birds", "Enabled")
    store.put("birds", "a", b"new")
    assert walk(store) == [("a", b"new"), ("a", b"old")]
    assert store.info("birds", "a", "null").path.read_bytes() == b"old"
    store.close()


def test_while_versions_are_suspended_the_null_version_alone_is_replaced(store):
    store.put("birds", "a", b"kept")
    store.objects.versions.switch("birds", "Suspended")
    for body in (b"1", b"2"):
        store.put("birds", "a", body)
    assert walk(store) == [("a", b"2"), ("a", b"kept")]
    assert store.delete("birds", "a") == store.delete("birds", "a") == {"a": "null"}
    assert walk(store) == [("a", None), ("a", b"kept")]
    assert len(files(store.side / "versions")) == 1


@pytest.mark.parametrize("key", ["a", "a/b", "odd//key", "dir/"])
def test_a_deleted_key_has_a_marker_and_comes_back_without_it(store, key):
    store.put("birds", key, b"1")
    markers = store.delete("birds", key)
    with pytest.raises(MarkedDeleted, match="NoSuchKey"):
        store.info("birds", key)
    with pytest.raises(MarkedDeleted, match="MethodNotAllowed"):
        store.info("birds", key, markers[key])
    assert list(store.list("birds")) == [] == files(store.root)
    assert store.delete_version("birds", key, markers[key]).marker
    assert store.read("birds", key) == b"1" and files(store.side / "versions") == []


def test_the_newest_version_that_is_left_is_the_current_one(store):
    ids = [store.put("birds", "a", body).version for body in (b"1", b"2", b"3")]
    store.delete_version("birds", "a", ids[2])
    assert store.read("birds", "a") == b"2"
    store.delete_version("birds", "a", ids[0])
    assert walk(store) == [("a", b"2")]
    assert store.delete_version("birds", "a", ids[0]) is None
    store.delete_version("birds", "a", ids[1])
    with pytest.raises(AwsError, match="NoSuchKey"):
        store.info("birds", "a")
    assert files(store.root) == files(store.side / "versions") == []


def test_a_bucket_with_versions_is_not_empty(store):
    store.put("birds", "a", b"1")
    marker = store.delete("birds", "a")["a"]
    with pytest.raises(AwsError, match="delete all versions"):
        store.delete_bucket("birds")
    for info in list(store.objects.versions.walk("birds", "", None)):
        store.delete_version("birds", "a", info.version_id)
    assert marker
    store.delete_bucket("birds")
    store.create_bucket("birds")
    assert store.objects.versions.status("birds") == ""


def test_more_versions_than_a_page_are_walked(store):
    for number in range(2):
        store.put("birds", f"k{number}", b"")
        with store.index.transaction():
            for each in range(1100):
                store.objects.versions.mark("birds", f"k{number}", f"{each}")
    walked = [
        (info.key, info.version_id) for info in store.objects.versions.walk("birds", "", None)
    ]
    assert len(walked) == len({*walked}) == 2202
    low = [key for key, _ in walked]
    assert low == sorted(low)


def begun(change):
    """Return a change of a store whose bucket keeps versions, of which some are there."""

    def changed(store, *_):
        store.objects.versions.switch("birds", "Enabled")
        for body in (b"1", b"2"):
            store.put("birds", "v", body)
        store.put("birds", "w", b"3")
        store.delete("birds", "w")
        store.index.rows("DELETE FROM notices")
        change(store)

    return changed


def newest(store, key):
    return next(store.objects.versions.walk("birds", key, None)).version_id


CHANGES = {
    "a new version": (put("v"), {"v": [b"new", b"2", b"1"]}),
    "a version over a marker": (put("w"), {"w": [b"new", None, b"3"]}),
    "a version of an odd key": (put("dir/"), {"dir/": [b"new", b"odd"]}),
    "a marker": (lambda store: store.delete("birds", "v"), {"v": [None, b"2", b"1"]}),
    "a version's end": (
        lambda store: store.delete_version("birds", "v", newest(store, "v")),
        {"v": [b"1"]},
    ),
    "a marker's end": (
        lambda store: store.delete_version("birds", "w", newest(store, "w")),
        {"w": [b"3"]},
    ),
}
BEFORE = {"a/b": [b"old"], "dir/": [b"odd"], "c": [b"plain"], "e/f": [b"more"]}
BEFORE |= {"v": [b"2", b"1"], "w": [None, b"3"]}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_versions_that_is_killed_at_any_step_is_whole_or_was_never_made(name, tmp_path):
    change, after = CHANGES[name]
    step, is_killed, seen = first_step(begun(lambda store: None), tmp_path), True, []
    while is_killed:
        folder = tmp_path / str(step)
        folder.mkdir()
        is_killed = killed_at(step, begun(change), folder)
        store = ObjectStore(folder / "s3")
        held = {}
        for key, body in walk(store):
            held.setdefault(key, []).append(body)
        assert held in ([BEFORE, BEFORE | after] if is_killed else [BEFORE | after]), step
        rows = store.index.rows("SELECT location FROM versions WHERE location IS NOT NULL")
        assert sorted(f"versions/{file}" for file in files(store.side / "versions")) == sorted(
            location for (location,) in rows
        )
        assert store.adopt("birds") == [] == files(store.side / "drafts")
        store.close()
        seen.append(held)
        step += 1
    assert seen[0] == BEFORE and seen[-1] == BEFORE | after


def first_step(begin, folder):
    """Return the step after the last of a change."""
    step = 1
    while True:
        (place := folder / f"first {step}").mkdir()
        if not killed_at(step, begin, place):
            return step
        step += 1
