"""Reads that go on where they broke, and files that appear only when whole."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import storage
from helpers.paths import UnsafeName
from helpers.storage import LocalFolder, read_resuming

DATA = bytes(range(256)) * 40


class Breaking(io.BytesIO):
    """A body that gives `size` bytes and then breaks."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self.left = size

    def read(self, size: int) -> bytes:
        if not self.left:
            raise ConnectionResetError("broken")
        piece = super().read(min(size, self.left))
        self.left -= len(piece)
        return piece


@pytest.fixture
def pauses(monkeypatch):
    """Record the pauses instead of making them."""
    made = []
    monkeypatch.setattr(storage.time, "sleep", made.append)
    return made


@given(st.lists(st.integers(1, 3000), max_size=12))
def test_any_breaks_give_the_same_bytes_and_none_is_asked_twice(breaks):
    asked, left = [], iter(breaks)

    def open_at(start):
        asked.append(start)
        return Breaking(DATA[start:], next(left, len(DATA)))

    buffer = bytearray(len(DATA))
    read_resuming(open_at, memoryview(buffer), pause=0)
    assert bytes(buffer) == DATA
    assert asked == sorted(set(asked))


def test_pauses_double_and_start_anew_after_progress(pauses):
    sizes = iter([0, 0, 10, 0, 0])

    def open_at(start):
        return Breaking(DATA[start:], next(sizes, len(DATA)))

    read_resuming(open_at, memoryview(bytearray(len(DATA))), pause=1)
    assert pauses == [1, 2, 1, 2, 4]


def test_no_progress_ends_after_the_attempts(pauses):
    with pytest.raises(ConnectionError, match="stuck at byte 0 of 9 after 4 tries: broken"):
        read_resuming(lambda start: Breaking(DATA, 0), memoryview(bytearray(9)), attempts=4)
    assert len(pauses) == 3


def test_an_early_end_is_no_reason_to_wait(pauses):
    with pytest.raises(EOFError, match="ends at byte 10,240 of 10,241"):
        read_resuming(lambda start: io.BytesIO(DATA[start:]), memoryview(bytearray(10241)))
    assert not pauses


def test_half_written_files_are_not_listed(tmp_path):
    folder = LocalFolder(tmp_path)
    folder.write("a/b", b"1")
    (tmp_path / "a" / f".part-{'0' * 32}").write_bytes(b"half")
    assert [(entry.key, entry.size) for entry in folder.list()] == [("a/b", 1)]
    assert [entry.etag for entry in folder.list(etags=False)] == [""]


def test_a_key_that_looks_half_written_is_kept_like_any_other(tmp_path):
    folder = LocalFolder(tmp_path)
    for key in ("x", "x.part", ".part", "x.1.part", ".x"):
        folder.write(key, key.encode())
    assert {entry.key: folder.read(entry.key) for entry in folder.list()} == {
        key: key.encode() for key in ("x", "x.part", ".part", "x.1.part", ".x")
    }


@pytest.mark.parametrize("key", ["../x", "a/../../x", "/x", "..", "a//b", "", "out/x"])
def test_no_key_leads_out_of_the_folder(tmp_path, key):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/out").symlink_to(tmp_path)
    (tmp_path / "x").write_bytes(b"mine")
    folder = LocalFolder(tmp_path / "in")
    calls = (
        folder.read, folder.delete, lambda key: folder.write(key, b"theirs"),
        lambda key: folder.upload(tmp_path / "x", key),
    )  # fmt: skip
    for call in calls:
        with pytest.raises(UnsafeName, match=repr(key)):
            call(key)
    assert (tmp_path / "x").read_bytes() == b"mine"
    assert list(folder.list()) == []


def test_a_folder_that_is_not_there_is_empty(tmp_path):
    assert list(LocalFolder(tmp_path / "nothing").list()) == []
