"""A full disk is known by any library's error, and room that was reserved is there when needed."""

import errno
import sqlite3

import pytest

from local_aws.errors import AwsError
from local_aws.state import disk
from local_aws.state.disk import FULL_MESSAGE, Reserve
from tests.local_aws.full_disks import no_file_longer_than


def error_from(cause: Exception) -> RuntimeError:
    error = RuntimeError("the query broke")
    error.__cause__ = cause
    return error


FULL = [
    OSError(errno.ENOSPC, "no room"),
    OSError(errno.EDQUOT, "no room"),
    sqlite3.OperationalError("database or disk is full"),
    RuntimeError("IO Error: could not write: No space left on device"),
    error_from(OSError(errno.ENOSPC, "no room")),
    disk.full_disk(),
]
OTHERS = [
    None,
    OSError(errno.EACCES, "not yours"),
    sqlite3.OperationalError("database is locked"),
    AwsError("NoSuchBucket", "none"),
    error_from(ValueError("wrong")),
]


@pytest.mark.parametrize("error", FULL, ids=repr)
def test_a_full_disk_is_known_and_said_in_one_sentence(error):
    assert disk.is_full(error) and disk.worded(error) == FULL_MESSAGE


@pytest.mark.parametrize("error", OTHERS, ids=repr)
def test_another_error_is_no_full_disk(error):
    assert not disk.is_full(error)


def test_another_error_is_said_in_its_own_words():
    assert disk.worded(AwsError("NoSuchBucket", "none")) == "none"
    assert disk.worded(ValueError("wrong")) == "wrong"


@pytest.mark.parametrize("error", [FULL[0], FULL[2]], ids=repr)
def test_a_full_disk_is_an_answer_of_aws_that_no_client_tries_again(error):
    with pytest.raises(AwsError) as caught, disk.full_disk_named():
        raise error
    assert (caught.value.code, caught.value.status) == ("InsufficientStorage", 507)


def test_other_errors_pass_as_they_are():
    with pytest.raises(PermissionError), disk.full_disk_named():
        raise PermissionError


def test_a_reserve_takes_its_room_until_it_is_given(tmp_path):
    reserve = Reserve(tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_size == Reserve.BYTES
    reserve.give()
    assert not list(tmp_path.iterdir())


def test_a_reserve_without_room_fails_and_leaves_nothing(tmp_path):
    with no_file_longer_than(Reserve.BYTES - 1), pytest.raises(OSError):
        Reserve(tmp_path)
    assert not list(tmp_path.iterdir())
