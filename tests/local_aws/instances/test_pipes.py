"""A channel's pipes: one for each pass, in order, however far each is read."""

import gzip
import os
import stat
import time
from itertools import count

import pytest

from local_aws.instances.pipes import ChannelPipes


def until(happens, seconds=5.0):
    """Wait for a true result of `happens()`, and return it."""
    end = time.monotonic() + seconds
    while not (result := happens()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)
    return result


@pytest.fixture
def pipes(tmp_path):
    """Return a function that starts the pipes of some objects; they end with the test."""
    made = []

    def start(*contents, **options):
        numbers = count()
        files = [tmp_path / f"object-{next(numbers):02d}" for _ in contents]
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(content)
        made.append(ChannelPipes(tmp_path, "train", files, **options))
        made[-1].start()
        return made[-1]

    yield start
    for each in made:
        each.end()
        each.join(5)
        assert not each.is_alive()


def read(folder, epoch):
    path = folder / f"train_{epoch}"
    until(path.exists)
    return path.read_bytes()


def test_each_pass_is_all_objects_in_their_order_again(pipes, tmp_path):
    pipes(b"one", b"", b"two" * 100_000)
    for epoch in range(3):
        assert read(tmp_path, epoch) == b"one" + b"two" * 100_000


def test_a_pass_has_one_pipe_that_goes_when_it_was_read(pipes, tmp_path):
    pipes(b"one")
    first, second = tmp_path / "train_0", tmp_path / "train_1"
    assert stat.S_ISFIFO(first.stat().st_mode) and not second.exists()
    read(tmp_path, 0)
    until(second.exists)
    assert not first.exists()


def test_a_reader_that_has_enough_gets_the_next_pass_from_its_begin(pipes, tmp_path):
    pipes(b"a" * 1_000_000, b"b")
    with open(tmp_path / "train_0", "rb") as pipe:
        assert pipe.read(10) == b"a" * 10
    assert read(tmp_path, 1) == b"a" * 1_000_000 + b"b"


def test_pipes_that_nobody_opens_end_with_their_job(pipes):
    unread = pipes(b"one")
    unread.end()
    unread.join(2)
    assert not unread.is_alive()


def test_pipes_end_in_the_middle_of_a_pass_when_their_reader_does(pipes, tmp_path):
    stuck = pipes(b"a" * 1_000_000)
    descriptor = os.open(tmp_path / "train_0", os.O_RDONLY)
    os.read(descriptor, 1)
    stuck.end()
    os.close(descriptor)
    stuck.join(2)
    assert not stuck.is_alive()


def test_a_shuffled_channel_has_an_order_for_each_pass(pipes, tmp_path):
    pipes(*(bytes([n]) for n in range(50)), seed=7)
    passes = [read(tmp_path, epoch) for epoch in range(2)]
    assert passes[0] != passes[1]
    assert all(sorted(each) == list(range(50)) for each in passes)


def test_zipped_objects_are_read_as_what_is_in_them(pipes, tmp_path):
    pipes(gzip.compress(b"one"), gzip.compress(b"two"), unzip=True)
    assert read(tmp_path, 0) == b"onetwo"


def test_an_object_that_is_gone_ends_its_pass_short_and_not_the_channel(pipes, tmp_path):
    pipes(b"one", b"two")
    (tmp_path / "object-01").unlink()
    assert read(tmp_path, 0) == b"one"
    assert read(tmp_path, 1) == b"one"


@pytest.mark.parametrize(
    "bad",
    [b"no gzip", gzip.compress(b"x" * 9999)[:-20], gzip.compress(b"x" * 99)[:15] + b"?" * 40],
    ids=["no gzip", "half", "damaged"],
)
def test_an_object_that_is_no_gzip_ends_its_pass_short_and_not_the_channel(pipes, tmp_path, bad):
    pipes(gzip.compress(b"one"), bad, unzip=True)
    for epoch in range(3):
        assert read(tmp_path, epoch)[:3] == b"one"
