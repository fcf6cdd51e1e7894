"""A temporary file is hashed as it is written, and is whole or not there."""

import hashlib
import zlib

import pytest

from local_aws.state.objects.checksums import text
from local_aws.state.objects.temporary_files import BLOCK, draft, file_blocks, range_blocks
from tests.local_aws.state.objects.folders import files


def test_a_stream_that_breaks_leaves_nothing(store):
    def breaking():
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.draft(breaking())
    assert files(store.side / "drafts") == []


def test_a_draft_knows_its_size_its_md5_and_the_checksums_asked_for(tmp_path):
    made = draft(str(tmp_path), [b"a song ", b"in two blocks"], {"CRC32"})
    body = b"a song in two blocks"
    assert (made.size, made.md5) == (len(body), hashlib.md5(body).hexdigest())
    assert made.checksums == {"CRC32": text(zlib.crc32(body).to_bytes(4))}
    assert [(tmp_path / name).read_bytes() for name in files(tmp_path)] == [body]


def test_a_draft_that_nobody_moved_is_dropped(tmp_path):
    with draft(str(tmp_path), [b"x"], set()):
        assert files(tmp_path)
    assert files(tmp_path) == []


@pytest.mark.parametrize("start, size", [(0, 0), (2, 5), (3, BLOCK + 7), (0, 2 * BLOCK)])
def test_a_range_of_a_file_comes_in_blocks_of_which_none_is_too_large(tmp_path, start, size):
    body = bytes(range(256)) * (2 * BLOCK // 256)
    (tmp_path / "file").write_bytes(body)
    with open(tmp_path / "file", "rb") as file:
        read = list(range_blocks(file, start, size))
    assert b"".join(read) == body[start : start + size]
    assert all(0 < len(block) <= BLOCK for block in read)


def test_a_file_that_became_shorter_breaks_the_reading(tmp_path):
    (tmp_path / "file").write_bytes(b"123")
    with open(tmp_path / "file", "rb") as file, pytest.raises(OSError, match="became shorter"):
        list(range_blocks(file, 1, 3))


def test_files_are_read_one_after_the_other(tmp_path):
    paths = [tmp_path / name for name in ("b", "a")]
    for path in paths:
        path.write_text(path.name * 2)
    assert b"".join(file_blocks(paths)) == b"bbaa"
