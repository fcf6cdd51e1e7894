"""Sends many requests by several clients at once and times each; knows no endpoint or model."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
from tqdm.auto import tqdm

MILLISECONDS = 1000


def send_all(
    ask: Callable[[Any], Any],
    items: Sequence[Any],
    *,
    clients: int,
    refused: type[Exception] | tuple[type[Exception], ...] = (),
) -> pd.DataFrame:
    """Ask about each item once; return a row for each, in the order of the items.

    Each client sends its next request when its last one is answered.

    Args:
        refused: errors that are an outcome of a request; any other one ends the test.

    Returns:
        Columns start and seconds (both float, start from the first request on), answer (None where
        there is none) and error (its message, empty where there is none).
    """
    began = time.perf_counter()

    def send(item: Any) -> dict[str, Any]:
        start = time.perf_counter()
        answer, error = None, ""
        try:
            answer = ask(item)
        except refused as reason:
            error = str(reason)
        end = time.perf_counter()
        return {"start": start - began, "seconds": end - start, "answer": answer, "error": error}

    def rows() -> Iterator[dict[str, Any]]:
        with ThreadPoolExecutor(clients) as pool:
            try:
                yield from pool.map(send, items)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    bar = tqdm(rows(), total=len(items), desc=f"clients: {clients}", leave=False)
    return pd.DataFrame(bar, columns=["start", "seconds", "answer", "error"])


def summary(requests: pd.DataFrame) -> dict[str, float]:
    """Return the seconds for all, requests a second, the middle and the slow end, and the errors.

    Args:
        requests: columns start and seconds in s, error, as `send_all` gives them.
    """
    times = requests["seconds"] * MILLISECONDS
    whole = (requests["start"] + requests["seconds"]).max() - requests["start"].min()
    return {
        "seconds": whole,
        "requests/s": len(requests) / whole,
        "p50 ms": times.quantile(0.5),
        "p99 ms": times.quantile(0.99),
        "errors": int((requests["error"] != "").sum()),
    }
