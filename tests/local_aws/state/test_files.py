"""Files that are written whole, or not at all."""

import os

import pytest

from local_aws.state.files import read_head, write_atomic
from tests.local_aws.full_disks import no_file_longer_than


@pytest.mark.parametrize("room", [0, 5])
@pytest.mark.parametrize("old", [None, b"old"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, old, room):
    if old:
        write_atomic(tmp_path / "file", old)
    with no_file_longer_than(room), pytest.raises(OSError):
        write_atomic(tmp_path / "file", b"new content")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ([old] if old else [])
    write_atomic(tmp_path / "file", b"new content")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"new content"]


def test_no_more_than_the_head_of_a_large_file_is_read(tmp_path):
    with (tmp_path / "large").open("wb") as file:
        file.write(b"reason")
        file.truncate(2**40)
    assert read_head(tmp_path / "large", 8) == b"reason\0\0"


@pytest.mark.parametrize("kind", ["fifo", "link", "folder", "none", "link that leads nowhere"])
def test_what_is_no_plain_file_is_empty(tmp_path, kind):
    path, secret = tmp_path / "file", tmp_path / "secret"
    secret.write_text("secret")
    make = {
        "fifo": lambda: os.mkfifo(path), "link": lambda: path.symlink_to(secret),
        "folder": path.mkdir, "none": lambda: None,
        "link that leads nowhere": lambda: path.symlink_to("nowhere"),
    }  # fmt: skip
    make[kind]()
    assert read_head(path, 8) == b""
