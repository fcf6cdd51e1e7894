"""Cleans and surveys raw objects in worker processes; knows data sets by their interface.

Threads read ahead and wait for a free process, so memory stays flat and all cores are used.
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import islice
from multiprocessing.connection import wait

from helpers.datasets.base import Dataset
from helpers.samples import Record, Remark, Sample, Unreadable


class Cleaners:
    """Worker processes for one data set, which end with their parent, however it ends."""

    def __init__(self, dataset: Dataset, store: str, processes: int | None = None) -> None:
        count = processes or os.cpu_count() or 1
        self._pool = ProcessPoolExecutor(count, initializer=_begin, initargs=(dataset, store))

    def __enter__(self) -> "Cleaners":
        """Start the processes at once: forking is safe only before threads start."""
        self._pool.submit(os.getpid).result()
        return self

    def __exit__(self, *error: object) -> None:
        """End the processes."""
        self._pool.shutdown(cancel_futures=True)

    def clean(self, record: Record, data: bytes) -> list[Sample] | Remark:
        """Return a record's samples, or the reason for none; wait for a free process."""
        return self._pool.submit(_clean, record, data).result()

    def survey(self, data: bytes) -> bytes:
        """Return the data set's finding on a raw object, for its `relate`."""
        return self._pool.submit(_survey, data).result()


_task: tuple[Dataset, str]


def _begin(dataset: Dataset, store: str) -> None:
    """Prepare a worker process."""
    global _task
    _task = (dataset, store)
    parent = multiprocessing.parent_process()
    threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()


def _clean(record: Record, data: bytes) -> list[Sample] | Remark:
    """Clean one raw object, in a worker process."""
    dataset, store = _task
    try:
        return dataset.samples(record, data, store)
    except Unreadable as error:
        return Remark(record.media, str(error))


def _survey(data: bytes) -> bytes:
    """Survey one raw object, in a worker process; cleaning reports unreadable ones."""
    try:
        return _task[0].survey(data)
    except Unreadable:
        return b""


def in_order(pool: ThreadPoolExecutor, work: Callable, items: Iterable, *, ahead: int) -> Iterator:
    """Yield the result of `work` for each item in order, with at most `ahead` in progress."""
    queue, pending = iter(items), deque[Future]()
    try:
        while True:
            pending.extend(pool.submit(work, item) for item in islice(queue, ahead - len(pending)))
            if not pending:
                return
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()
