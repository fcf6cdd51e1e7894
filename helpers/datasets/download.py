"""Downloads one large file, resuming after a break; knows HTTP, and no data set.

The caller passes a `requests.Session` with the credentials.
"""

import re
import time
from pathlib import Path

import requests
from tqdm import tqdm

TRIES = 4
_STEP = 1 << 14
"""Bytes written at once, which is the most that a break loses."""
_BREAKS = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,  # a body that ends early
)


def download(http: requests.Session, address: str, path: Path, *, help_at: str = "") -> None:
    """Download one large file; continue a part from an earlier call.

    Raises:
        PermissionError: the server refuses the credentials.
        ConnectionError: it broke `TRIES` times without a new byte.
    """
    part = path.with_name(f"{path.name}.part")
    tries = 0
    while tries < TRIES:
        before = part.stat().st_size if part.exists() else 0
        try:
            if _continue(http, address, part, help_at):
                part.replace(path)
                return
            broken = "the connection broke"
        except _BREAKS as error:
            broken = str(error)
        grown = part.exists() and part.stat().st_size > before
        tries = 1 if grown else tries + 1
        time.sleep(0.2 * 2**tries)
    raise ConnectionError(f"{address}: {broken}; {before:,} bytes are kept: run it again")


def _continue(http: requests.Session, address: str, part: Path, help_at: str) -> bool:
    """Append the missing bytes to `part`; return whether it is complete."""
    start = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={start}-"} if start else {}
    with http.get(address, headers=headers, stream=True, timeout=(10, 60)) as answer:
        if answer.status_code in (401, 403):
            raise PermissionError(
                f"{address} answers {answer.status_code}: check the user name and key, and accept "
                f"the rules at {help_at}"
            )
        if answer.status_code == 416:  # no byte is left, or the file has changed
            total = _total(answer)
            if start != total:
                part.unlink()
            return start == total
        if answer.status_code >= 500 or answer.status_code == 429:
            return False
        answer.raise_for_status()
        resumed = answer.status_code == 206
        total = _total(answer) if resumed else int(answer.headers.get("Content-Length", 0))
        _save(answer, part, start if resumed else 0, total)
        return not total or part.stat().st_size == total


def _save(answer: requests.Response, part: Path, start: int, total: int) -> None:
    """Write a response's body after the first `start` bytes of a file, with a progress bar."""
    with (
        open(part, "ab" if start else "wb") as file,
        tqdm(total=total, initial=start, unit="B", unit_scale=True, desc=part.stem) as bar,
    ):
        for piece in answer.iter_content(_STEP):
            file.write(piece)
            bar.update(len(piece))


def _total(answer: requests.Response) -> int:
    """Return a whole file's size from `Content-Range: bytes 5-9/10`, or -1."""
    match = re.search(r"/(\d+)$", answer.headers.get("Content-Range", ""))
    return int(match[1]) if match else -1
