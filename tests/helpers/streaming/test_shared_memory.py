"""Memory is shared with another process without a name, and used again once nobody has it."""

import multiprocessing
import os

import numpy as np
import pytest

from helpers.streaming.shared_memory import BatchBuffers, SharedBuffer, receive


def _double(connection) -> None:
    memory = receive(connection)
    memory[0] *= 2
    connection.send("done")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a fork hands the pipe over")
def test_what_one_process_writes_another_sees():
    buffer, context = SharedBuffer(8), multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_double, args=(theirs,), daemon=True)
    buffer.map[0] = 21
    process.start()
    buffer.send(ours, process.pid)
    assert ours.recv() == "done" and buffer.map[0] == 42
    process.join()


def test_a_view_is_the_buffers_own_memory_and_of_the_size_asked_for():
    buffer = SharedBuffer(8)
    view = buffer.view(3)
    view[:] = b"owl"
    assert (len(view), bytes(buffer.map[:4])) == (3, b"owl\0")
    view.release()


def test_a_buffer_is_used_again_once_its_array_is_gone():
    buffers = BatchBuffers(most=2)
    first = buffers.take(8)
    array = buffers.lend(first, (2, 4), np.dtype(np.uint8))
    assert array.shape == (2, 4) and buffers.take(8) is not first
    row = array[0]
    del array
    assert buffers.take(8) is not first
    del row
    assert buffers.take(8) is first


def test_a_buffer_that_is_too_small_is_not_taken():
    buffers = BatchBuffers(most=2)
    small = buffers.take(4)
    buffers.lend(small, (4,), np.dtype(np.uint8))
    assert buffers.take(8).size == 8 and buffers.take(4) is small


def test_whoever_keeps_too_many_batches_gets_copies():
    buffers, kept = BatchBuffers(most=2), []
    for _ in range(3):
        lent = buffers.lend(buffers.take(4), (4,), np.dtype(np.uint8))
        kept.append((lent, buffers.keep(lent)))
    assert [batch is lent for lent, batch in kept] == [True, True, False]
