"""Streams batches for training and evaluation from shards; knows no model and no AWS client.

Its parts are in streaming/. The plan of an epoch (plan.py) orders the samples; threads fetch
 whole shards ahead (shard_reader.py); worker processes decode into shared memory (workers.py).
Batches are the integers that `decode` gives, uint8 or int16: normalize them on the device.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from helpers.manifest import Manifest
from helpers.streaming.plan import EpochPlan
from helpers.streaming.shard_reader import OpenShard, ShardReader
from helpers.streaming.shared_memory import BatchBuffers
from helpers.streaming.workers import Decode, Workers, decode_sample, fill

AHEAD = 3
"""Batches submitted to each worker ahead of their use."""
RAMP = 16 << 20
"""Bytes by which each batch raises the read-ahead: the first batch's own reads come first."""


@dataclass(frozen=True)
class Batch:
    """A batch of samples."""

    data: Tensor
    """(B, …) as decoded: int16 (B, 160000) for sound, uint8 (B, 3, H, W) for images."""
    target: Tensor
    """int64 (B,), positions in the manifest's labels."""
    keys: list[str]
    secondary: list[list[int]] = field(default_factory=list)
    """For each sample, the positions of its secondary labels."""

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.keys)


def make_batch(data: np.ndarray, labels: list[list[int]], keys: list[str]) -> Batch:
    """Return samples as a batch; the first label of each is its target."""
    target = torch.tensor([indices[0] for indices in labels])
    return Batch(torch.from_numpy(data), target, keys, [indices[1:] for indices in labels])


class ShardLoader:
    """An iterable of batches of one split on one rank; `make_loader` makes it."""

    def __init__(
        self,
        manifest: Manifest,
        split: str,
        reader: ShardReader,
        decode: Decode,
        workers: int,
        **plan: int | bool,
    ) -> None:
        shards = manifest.split(split).shards
        counts, sizes = [s.samples for s in shards], [s.bytes for s in shards]
        self._make_plan = lambda epoch: EpochPlan(counts, sizes, epoch=epoch, **plan)
        self._reader, self._decode, self._count = reader, decode, workers
        self._index_of = {label: index for index, label in enumerate(manifest.labels)}
        self._same = {"shards": len(shards), "samples": sum(counts), **plan}
        self._workers: Workers | None = None
        self._buffers = BatchBuffers(most=AHEAD * workers + 4)
        self._running: Iterator[Batch] | None = None
        self._like: np.ndarray | None = None
        self._epoch = self._done = self._skip = 0
        self._make_plan(0)  # raises now if an argument is wrong

    def __len__(self) -> int:
        """Return the number of this rank's batches in an epoch."""
        return len(self._make_plan(self._epoch))

    @property
    def received(self) -> int:
        """Return the bytes of shards that were read so far."""
        return self._reader.received.bytes

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch, and so the order, of the next iteration."""
        if epoch != self._epoch:
            self._epoch, self._done, self._skip = epoch, 0, 0

    def state_dict(self) -> dict[str, int]:
        """Return the position in the epoch, for a checkpoint."""
        return {"epoch": self._epoch, "batches": self._done, **self._same}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Make the next iteration yield the rest of the epoch.

        Raises:
            ValueError: it was saved with another data set, seed, batch size or number of ranks.
        """
        other = {key: state[key] for key in self._same if key in state and key != "rank"}
        changed = {key: value for key, value in other.items() if value != self._same[key]}
        if changed:
            raise ValueError(
                f"The epoch can't go on: the checkpoint has {changed}, this run"
                f" { {key: self._same[key] for key in changed} }. Begin the next epoch instead"
            )
        self._epoch, self._done = state["epoch"], state["batches"]
        self._skip = self._done

    def __iter__(self) -> Iterator[Batch]:
        """Yield the epoch's batches; end an iteration that is still running."""
        self._end_running()
        self._running = self._iterate(self._skip)
        self._skip = 0
        return self._running

    def _iterate(self, skip: int) -> Iterator[Batch]:
        """Yield the batches after the first `skip`."""
        self._done = skip
        if self._count and self._workers is None:
            self._workers = Workers(self._count, self._decode, self._index_of)
        run = Run(self._make_plan(self._epoch), skip, self._reader)
        batches = self._decode_apart(run) if self._count else self._decode_here(run)
        try:
            for batch in batches:
                self._done += 1
                yield batch
        except Exception:
            self._end_workers()  # one may be dead; the next epoch has new ones
            raise
        finally:
            batches.close()
            self._reader.release_all()

    def _decode_here(self, run: "Run") -> Iterator[Batch]:
        """Decode in this process."""
        for refs in run.batches():
            samples = run.find(refs)
            like = self._first(samples)
            out = np.empty((len(samples), *like.shape), like.dtype)
            views = [buffer.view(buffer.size) for buffer, _ in samples]
            locations = [location for _, location in samples]
            labels = fill(out, views, locations, self._decode, self._index_of)
            run.done(refs)
            yield make_batch(out, labels, [p.key for p in locations])

    def _decode_apart(self, run: "Run") -> Iterator[Batch]:
        """Decode in the workers, some batches ahead."""
        waiting: deque[tuple] = deque()
        numbers = iter(range(1 << 62))
        try:
            for refs in run.batches():
                # Yield decoded batches rather than wait for the next shard.
                while waiting and (len(waiting) >= AHEAD * self._count or not run.is_there(refs)):
                    yield self._collect(waiting, run)
                waiting.append(self._submit(next(numbers), refs, run))
            while waiting:
                yield self._collect(waiting, run)
        finally:
            self._drain(waiting)

    def _submit(self, number: int, refs: np.ndarray, run: "Run") -> tuple:
        """Submit a batch to its worker."""
        samples = run.find(refs)
        like = self._first(samples)
        shape = (len(samples), *like.shape)
        buffer = self._buffers.take(max(len(samples), self._same["batch_size"]) * like.nbytes)
        array = self._buffers.lend(buffer, shape, like.dtype)
        self._workers.submit(number, buffer, array, samples)
        return number, refs, array, [location.key for _, location in samples]

    def _collect(self, waiting: deque[tuple], run: "Run") -> Batch:
        """Return the oldest batch, from its worker."""
        number, refs, array, keys = waiting.popleft()
        labels = self._workers.result(number)
        run.done(refs)
        return make_batch(self._buffers.keep(array), labels, keys)

    def _drain(self, waiting: deque[tuple]) -> None:
        """Wait for the workers' open tasks, so that the next epoch finds them idle."""
        try:
            for number, *_ in waiting:
                self._workers.result(number)
        except (RuntimeError, ValueError):
            self._end_workers()

    def _first(self, samples: list) -> np.ndarray:
        """Return the first decoded sample: all others have its shape and type."""
        if self._like is None:
            buffer, location = samples[0]
            view = buffer.view(buffer.size)
            self._like, _ = decode_sample(view, location, self._decode, self._index_of)
        return self._like

    def close(self) -> None:
        """End a running iteration, and the workers; the next iteration starts new ones."""
        self._end_running()
        self._end_workers()

    def _end_running(self) -> None:
        """End the iteration that is still running, if any."""
        if self._running is not None:
            self._running.close()
            self._running = None

    def _end_workers(self) -> None:
        """End the processes."""
        if self._workers is not None:
            self._workers.close()
            self._workers = None


class Run:
    """One pass over a plan: fetches its shards ahead and releases those no longer needed."""

    def __init__(self, plan: EpochPlan, skip: int, reader: ShardReader) -> None:
        self._plan, self._skip, self._reader = plan, skip, reader
        self._left: dict[int, int] = {}
        self._coming = plan.reads(skip)

    def batches(self) -> Iterator[np.ndarray]:
        """Yield each batch's references, and fetch ahead."""
        for number, refs in enumerate(self._plan.batches(self._skip), 1):
            self._fetch_ahead(min(number * RAMP, 2 * self._plan.block_bytes))
            yield refs

    def _fetch_ahead(self, limit: int) -> None:
        """Start to fetch the next shards, up to `limit` bytes."""
        while self._reader.bytes < limit:
            shard, samples = next(self._coming, (None, 0))
            if shard is None:
                return
            self._left[shard] = samples
            self._reader.start(shard)

    def is_there(self, refs: np.ndarray) -> bool:
        """Return whether `find` would not wait."""
        return all(self._reader.is_there(shard) for shard in set(refs[:, 0].tolist()))

    def find(self, refs: np.ndarray) -> list[tuple]:
        """Return (shard buffer, location) of each sample; wait for shards being fetched."""
        while any(shard not in self._left for shard in set(refs[:, 0].tolist())):
            shard, samples = next(self._coming)
            self._left[shard] = samples
            self._reader.start(shard)
        loaded = {shard: self._reader.get(shard) for shard in set(refs[:, 0].tolist())}
        return [(loaded[s].buffer, loaded[s].locations[i]) for s, i in refs.tolist()]

    def done(self, refs: np.ndarray) -> None:
        """Release shards whose last sample was in this batch."""
        for shard, count in zip(*np.unique(refs[:, 0], return_counts=True), strict=True):
            self._left[int(shard)] -= int(count)
            if not self._left[int(shard)]:
                self._reader.release(int(shard))


def make_loader(
    manifest: Manifest,
    split: str,
    source: str,
    *,
    decode: Decode,
    batch_size: int,
    rank: int = 0,
    world_size: int = 1,
    workers: int = 0,
    seed: int = 0,
    shuffle: bool,
    open_shard: OpenShard | None = None,
    verify: bool = False,
    in_order: bool = False,
    block_bytes: int = 64 << 20,
) -> ShardLoader:
    """Return the batches of one split for one rank.

    With `shuffle` (training), the ranks together see every sample once an epoch, in the same number
    of steps each; without (evaluation), every sample comes exactly once, in order.

    Args:
        source: a folder (File or FastFile channel) or `s3://` URI that holds `train/…tar`.
        decode: turns a sample's media into an array of one fixed shape and integer type.
        batch_size: the largest number of samples in a batch of one rank.
        workers: decoding processes; 0 decodes in this one.
        open_shard: for `s3://`, such as `helpers.s3.shard_opener(client)`.
        verify: compare each shard's MD5 with the manifest's.
        in_order: shards can be read in the manifest's order alone, as in a Pipe channel; see
            channel.py.
        block_bytes: bytes of shards whose samples are mixed; memory holds up to twice as many.

    Raises:
        BadManifest: the split is empty.
        ValueError: rank, batch size or source are not valid.
    """
    how = {"verify": verify, "in_order": in_order}
    reader = ShardReader(str(source), manifest.split(split).shards, open_shard, **how)
    options = {"batch_size": batch_size, "rank": rank, "world_size": world_size}
    options |= {"seed": seed, "shuffle": shuffle, "block_bytes": block_bytes, "in_order": in_order}
    return ShardLoader(manifest, split, reader, decode, workers, **options)
