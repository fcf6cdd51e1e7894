"""Workers decode samples, and whatever fails in them is told, their own death too."""

import os
import signal
import time
from dataclasses import replace

import numpy as np
import psutil
import pytest

from helpers.streaming.shared_memory import SharedBuffer
from helpers.streaming.workers import BadSample
from tests.shard_files import decode, make_manifest
from tests.shard_loaders import closed_loaders, keys, loader_of


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    return folder, make_manifest(folder, [100, 100, 100, 100, 37])


@pytest.fixture(autouse=True)
def workers_end():
    with closed_loaders():
        yield


def test_a_dead_worker_missed_at_the_next_order_ends_the_epoch_with_a_reason(shards):
    loader = loader_of(shards, workers=2)
    iterator = iter(loader)
    next(iterator)
    first, _ = loader._workers._processes
    wait_until_idle(first.pid)
    os.kill(first.pid, signal.SIGKILL)
    first.join()
    with pytest.raises(RuntimeError, match="worker 0 died with exit code -9"):
        list(iterator)
    assert len(keys(loader)) == 437


def test_a_dead_worker_missed_at_an_answer_ends_the_epoch_with_a_reason(shards):
    loader = loader_of(shards, workers=2)
    assert len(keys(loader)) == 437
    _, second = loader._workers._processes
    os.kill(second.pid, signal.SIGSTOP)  # it gets its batches and answers none
    iterator = iter(loader)
    next(iterator)
    os.kill(second.pid, signal.SIGKILL)
    with pytest.raises(RuntimeError, match="worker 1 died with exit code -9"):
        list(iterator)
    assert len(keys(loader)) == 437


def test_a_worker_that_dies_while_it_is_handed_a_buffer_is_named(shards, monkeypatch):
    loader = loader_of(shards, workers=1)
    handing_over = SharedBuffer.send

    def die_first(buffer, connection, pid):
        (process,) = loader._workers._processes
        os.kill(pid, signal.SIGKILL)
        process.join()
        handing_over(buffer, connection, pid)

    monkeypatch.setattr(SharedBuffer, "send", die_first)
    with pytest.raises(RuntimeError, match="worker 0 died with exit code -9"):
        keys(loader)


def wait_until_idle(pid: int) -> None:
    """Wait for a process that has answered all: no CPU time in a tenth of a second, three times."""
    process, idle = psutil.Process(pid), 0
    while idle < 3:
        before = process.cpu_times()
        time.sleep(0.1)
        idle = idle + 1 if process.cpu_times() == before else 0


def odd(data: bytes) -> np.ndarray:
    if data[0] == 77:
        raise ValueError("it is number 77")
    return decode(data)


def strange(data: bytes) -> np.ndarray:
    return np.zeros(data[0] // 77 + 1, np.uint8)


@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize(
    "broken, problem",
    [(odd, "Sample 's00077' can't be decoded: it is number 77"), (strange, "one shape and type")],
)
def test_a_sample_that_cannot_be_decoded_is_named(shards, workers, broken, problem):
    loader = loader_of(shards, "test", decode=broken, workers=workers)
    with pytest.raises(BadSample, match=problem):
        list(loader)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_label_that_is_not_in_the_manifest_is_named(shards, workers):
    folder, manifest = shards
    other = replace(manifest, labels=["l0", "l1", "other"])
    loader = loader_of((folder, other), workers=workers)
    with pytest.raises(BadSample, match="unlisted one: 'l2'"):
        list(loader)


def test_an_unforeseen_error_in_a_worker_is_told(shards):
    loader = loader_of(shards, workers=1, decode=lambda data: 1 / (data[0] - data[0]))
    with pytest.raises(RuntimeError, match="ZeroDivisionError") as raised:
        loader._like = np.zeros((2, 4), np.uint8)
        list(loader)
    assert "worker" in str(raised.value)
