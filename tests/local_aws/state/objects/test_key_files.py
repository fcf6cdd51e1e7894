"""Every key has a file of its own: at its path where one can hold it, else beside the buckets."""

import os

import pytest

from local_aws.state.objects.key_files import put_in_sight, replaced, set_aside
from tests.local_aws.state.objects.folders import files

ODD = ["a//b", "/a", "dir/", "x/../y", ".", "..", "a/./b", "z" * 300, "é" * 200, "nul\0here"]


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


@pytest.mark.parametrize("old", [None, b"old"], ids=["nothing there", "a file there"])
def test_what_was_there_is_put_back_if_the_rest_of_the_change_fails(tmp_path, old):
    source, path = tmp_path / "source", tmp_path / "a"
    source.write_bytes(b"new")
    if old:
        path.write_bytes(old)
    with pytest.raises(KeyError), replaced(str(source), str(path)):
        assert path.read_bytes() == b"new"
        raise KeyError
    assert files(tmp_path) == (["a"] if old else [])
    assert old is None or path.read_bytes() == old


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("old", [None, b"old"], ids=["nothing there", "a file there"])
def test_a_file_that_is_put_in_sight_has_a_second_name_until_the_change_is_over(
    tmp_path, old, fails
):
    source, path = tmp_path / "1", tmp_path / "a"
    source.write_bytes(b"new")
    if old:
        path.write_bytes(old)
    try:
        with put_in_sight(str(source), str(path)):
            assert path.read_bytes() == b"new" and path.stat().st_nlink == 2
            if fails:
                raise KeyError
    except KeyError:
        left = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
        assert left == ({"a": old} if old else {"1": b"new"})
    else:
        assert files(tmp_path) == ["a"] and path.read_bytes() == b"new"


def test_nothing_is_put_in_sight_where_there_are_no_second_names(tmp_path, monkeypatch):
    source = tmp_path / "1"
    source.touch()
    monkeypatch.setattr(os, "link", lambda *_: os.stat("/none"))
    assert put_in_sight(str(source), str(tmp_path / "a")) is None and files(tmp_path) == ["1"]


@pytest.mark.parametrize("fails", [False, True])
def test_files_that_are_set_aside_are_gone_or_back_at_their_places(tmp_path, fails):
    aside, path = tmp_path / "aside", tmp_path / "a"
    aside.mkdir()
    path.touch()
    try:
        with set_aside({path: aside / "1", tmp_path / "never there": aside / "2"}, {}):
            assert not path.exists()
            if fails:
                raise KeyError
    except KeyError:
        pass
    assert files(tmp_path) == (["a"] if fails else [])
