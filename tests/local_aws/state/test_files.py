"""Files that are written whole, or not at all."""

import pytest

from local_aws.state.files import write_atomic
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
