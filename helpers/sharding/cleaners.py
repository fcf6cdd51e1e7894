"""Processes that turn raw bytes into samples or findings; they know data sets by their interface.

Threads read ahead and wait for a free process, so memory stays flat and no core is idle.
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
    """Processes for one data set; they end with their parent, however it ends."""

    def __init__(self, dataset: Dataset, store: str, processes: int | None = None) -> None:
        count = processes or os.cpu_count() or 1
        self._pool = ProcessPoolExecutor(count, initializer=_begin, initargs=(dataset, store))

    def __enter__(self) -> "Cleaners":
        """Start the processes now: forking is safe only before there are threads."""
        self._pool.submit(os.getpid).result()
        return self

    def __exit__(self, *error: object) -> None:
        """End the processes."""
        self._pool.shutdown(cancel_futures=True)

    def clean(self, record: Record, data: bytes) -> list[Sample] | Remark:
        """Return a record's samples, or why it gives none; waits for a free process."""
        return self._pool.submit(_clean, record, data).result()

    def survey(self, data: bytes) -> bytes:
        """Return what the data set's `relate` will need to know of a raw object."""
        return self._pool.submit(_survey, data).result()


_task: tuple[Dataset, str]


def _begin(dataset: Dataset, store: str) -> None:
    """Prepare a process."""
    global _task
    _task = (dataset, store)
    parent = multiprocessing.parent_process()
    threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()


def _clean(record: Record, data: bytes) -> list[Sample] | Remark:
    """Run in a process."""
    dataset, store = _task
    try:
        return dataset.samples(record, data, store)
    except Unreadable as error:
        return Remark(record.media, str(error))


def _survey(data: bytes) -> bytes:
    """Run in a process; what can't be read is told when it is cleaned, with its reason."""
    try:
        return _task[0].survey(data)
    except Unreadable:
        return b""


def in_order(pool: ThreadPoolExecutor, work: Callable, items: Iterable, *, ahead: int) -> Iterator:
    """Yield `work` of each item in order, with at most `ahead` of them begun and not yet taken."""
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
