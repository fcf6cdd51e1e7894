"""Decodes samples into shared batches in worker processes; knows bytes and arrays, no files.

A worker gets each buffer of shards and batches once, then only offsets into them: no media and no
pixels pass through a pipe.
"""

import json
import multiprocessing
import signal
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import util
from multiprocessing.connection import Connection
from typing import Any
from weakref import WeakSet

import numpy as np

from helpers.streaming.shard_reader import SampleLocation
from helpers.streaming.shared_memory import SharedBuffer, receive

Decode = Callable[[bytes], np.ndarray]
_our_ends: "WeakSet[Connection]" = WeakSet()


class BadSample(ValueError):
    """A sample in a shard can't be decoded or has no known label; the message names it."""


def decode_sample(
    data: memoryview, location: SampleLocation, decode: Decode, index_of: Mapping[str, int]
) -> tuple[np.ndarray, list[int]]:
    """Return one sample's array and the indices of its label and of its known secondary labels.

    Raises:
        BadSample: it can't be decoded, or its label is not in the manifest.
    """
    try:
        meta = json.loads(bytes(data[location.meta : location.meta + location.meta_size]))
        array = decode(bytes(data[location.media : location.media + location.media_size]))
        label, others = meta["label"], meta.get("secondary_labels", ())
        return array, [index_of[label], *(index_of[o] for o in others if o in index_of)]
    except KeyError as error:
        raise BadSample(
            f"Sample {location.key!r}: no label, or an unlisted one: {error}"
        ) from error
    except ValueError as error:
        raise BadSample(f"Sample {location.key!r} can't be decoded: {error}") from error


def fill(
    out: np.ndarray,
    views: Sequence[memoryview],
    locations: Sequence[SampleLocation],
    decode: Decode,
    index_of,
) -> list[list[int]]:
    """Decode samples into the rows of `out`; return the indices of each one's labels."""
    labels = []
    for row, view, location in zip(out, views, locations, strict=True):
        array, indices = decode_sample(view, location, decode, index_of)
        if array.shape != row.shape or array.dtype != row.dtype:
            raise BadSample(
                f"Sample {location.key!r} is {array.dtype} {array.shape} where the first one was"
                f" {row.dtype} {row.shape}: decode() gives every sample one shape and type"
            )
        row[...] = array
        labels.append(indices)
    return labels


class Workers:
    """`count` decoding processes; batch number n is the work of process n % count.

    They are forked where the system supports it (fast, and `decode` may be any function), else
    spawned. They outlive epochs, ignore the training process's signals, and end with it.
    """

    def __init__(self, count: int, decode: Decode, index_of: Mapping[str, int]) -> None:
        methods = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
        self._pipes: list[Connection] = []
        self._processes: list[Any] = []
        self._known: list[set[int]] = [set() for _ in range(count)]
        for _ in range(count):
            ours, theirs = context.Pipe()
            self._pipes.append(ours)
            _our_ends.add(ours)
            # A fork inherits our ends of all pipes; it ends with us only if it closes them.
            inherited = list(_our_ends) if context.get_start_method() == "fork" else []
            arguments = (theirs, inherited, decode, index_of)
            process = context.Process(target=_work, args=arguments, daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)
        self._end = util.Finalize(self, _end, (self._pipes, self._processes), exitpriority=10)

    def submit(self, number: int, batch: SharedBuffer, like: np.ndarray, samples: list) -> None:
        """Submit batch `number` to its worker, to be decoded into a buffer with the rows of `like`.

        `samples` are (shard buffer, location) pairs.

        Raises:
            RuntimeError: the worker died.
        """
        worker = number % len(self._pipes)
        buffers = {buffer.number: buffer for buffer, _ in samples} | {batch.number: batch}
        locations = [(buffer.number, *location) for buffer, location in samples]
        try:
            for buffer in buffers.values():
                self._introduce(worker, buffer)
            self._pipes[worker].send(("fill", batch.number, like.shape, like.dtype.str, locations))
        except OSError as error:
            raise self._dead(worker) from error

    def _introduce(self, worker: int, buffer: SharedBuffer) -> None:
        """Send a worker a buffer that it does not know yet."""
        if buffer.number not in self._known[worker]:
            self._pipes[worker].send(("map", buffer.number))
            buffer.send(self._pipes[worker], self._processes[worker].pid)
            self._known[worker].add(buffer.number)

    def result(self, number: int) -> list[list[int]]:
        """Return the labels' indices of batch `number`, the oldest one of its worker.

        Raises:
            BadSample: a sample can't be decoded, or its label is not in the manifest.
            RuntimeError: the worker died, or `decode` raised another error.
        """
        worker = number % len(self._pipes)
        try:
            kind, value = self._pipes[worker].recv()
        except (EOFError, OSError) as error:
            raise self._dead(worker) from error
        if kind == "bad":
            raise BadSample(value)
        if kind == "error":
            raise RuntimeError(f"decode() failed in a stream worker: {value}")
        return value

    def _dead(self, worker: int) -> RuntimeError:
        """Describe how a worker ended."""
        self._processes[worker].join(1)
        code = self._processes[worker].exitcode
        return RuntimeError(
            f"Stream worker {worker} died with exit code {code}; -9 mostly means out of memory:"
            " use fewer workers or a smaller batch"
        )

    def close(self) -> None:
        """End the processes."""
        self._end()


def _end(pipes: list[Connection], processes: list[Any]) -> None:
    """Ask the processes to end; kill those that do not."""
    for pipe in pipes:
        try:
            pipe.send(("end",))
        except OSError:
            pass  # it is dead already
        pipe.close()
    for process in processes:
        process.join(5)
        if process.is_alive():
            process.kill()
            process.join()


def _work(
    pipe: Connection, inherited: list[Connection], decode: Decode, index_of: Mapping[str, int]
) -> None:
    """Run a worker: receive buffers and fill batches until the pipe closes."""
    for other in inherited:
        other.close()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    maps: dict[int, memoryview] = {}
    while True:
        try:
            kind, *rest = pipe.recv()
            if kind == "end":
                return
            if kind == "map":
                maps[rest[0]] = memoryview(receive(pipe))
            else:
                pipe.send(_answer(maps, *rest, decode, index_of))
        except (EOFError, OSError):
            return


def _answer(
    maps: dict, batch: int, shape: tuple, dtype: str, samples: list, decode: Decode, index_of
) -> tuple[str, Any]:
    """Fill one batch; return (outcome, labels or error message)."""
    try:
        out = np.frombuffer(maps[batch], dtype, count=int(np.prod(shape))).reshape(shape)
        views = [maps[buffer] for buffer, *_ in samples]
        locations = [SampleLocation(*location) for _, *location in samples]
        return "done", fill(out, views, locations, decode, index_of)
    except BadSample as error:
        return "bad", str(error)
    except Exception as error:  # any failure of `decode`: the caller raises it
        return "error", f"{type(error).__name__}: {error}"
