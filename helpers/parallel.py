"""Runs work in threads with a progress bar; knows neither the work nor its items."""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any

from tqdm.auto import tqdm


def run_parallel(
    work: Callable[[Any], Any], items: Iterable, *, threads: int, title: str, total: int
) -> int:
    """Run `work` on all items in threads with a progress bar; return the count.

    The first error ends it and is raised. At most `4 * threads` items wait, so memory stays flat.
    """
    queue, done, running = iter(items), 0, set()
    with ThreadPoolExecutor(threads) as pool, tqdm(total=total, desc=title, leave=False) as bar:
        while True:
            fresh = islice(queue, 4 * threads - len(running))
            running |= {pool.submit(work, item) for item in fresh}
            if not running:
                return done
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                if future.exception():
                    pool.shutdown(wait=False, cancel_futures=True)
                future.result()
            done += len(finished)
            bar.update(len(finished))
