"""Reads requirements of packages, from any thread."""

import functools
import threading

from packaging.requirements import Requirement

_READING = threading.Lock()


@functools.lru_cache(maxsize=10_000)
def requirement(text: str) -> Requirement:
    """Return a requirement, such as `torch>=2`; who gets it changes nothing of it.

    One at a time: a marker's strings are read by `ast`, and before Python 3.11.8 two threads in it
    may fail, for it counts their trees' depth together (https://github.com/python/cpython/pull/113035).

    Raises:
        InvalidRequirement: the text is none.
    """
    with _READING:
        return Requirement(text)
