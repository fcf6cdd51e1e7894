"""Plans the order of an epoch's samples on each rank: arithmetic over shard sizes, no files.

Ranks. The shards are put into an order (training: permuted by seed and epoch;
evaluation: as listed) and laid end to end: N samples. Rank r of W takes samples N*r//W up to
N*(r+1)//W, so a shard is cut only where two ranks meet, ranks differ by at most one sample, and
fewer shards than ranks are no special case. Every sample is in exactly one rank's range.

Training: all ranks take the same number of steps, the smallest that keeps every batch within
batch_size, and each range is cut into that many batches of equal size (give or take one). So no
rank waits for another in an all-reduce, no batch is a remainder of one or two samples (which
batch norm dislikes), and the mean over ranks is the mean over samples. Only with a batch_size of 1
that the ranks can't share evenly, a batch holds one more.

Evaluation: batches of batch_size and one smaller at the end; ranks may differ in number.

Mixing: a rank's shards are taken in blocks, whose samples are permuted together. The first block
is one shard, so that the first batch is ready soon; then they grow to `block_bytes`.

In order (a Pipe channel, see pipe.py): a rank reads the same samples, in the order of the shards.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Slice:
    """Samples `start` to `stop` of a shard."""

    shard: int
    start: int
    stop: int

    def __len__(self) -> int:
        """Return the number of samples."""
        return self.stop - self.start


@dataclass(frozen=True)
class EpochPlan:
    """One rank's batches of one epoch.

    Raises:
        ValueError: ranks or batch size are not valid, or training has fewer samples than ranks.
    """

    counts: Sequence[int]
    """Samples in each shard."""
    sizes: Sequence[int]
    """Bytes of each shard."""
    batch_size: int
    rank: int = 0
    world_size: int = 1
    seed: int = 0
    epoch: int = 0
    shuffle: bool = False
    block_bytes: int = 64 << 20
    in_order: bool = False
    """Whether a rank reads its shards in the listed order; only samples are mixed."""

    def __post_init__(self) -> None:
        """Check the caller's arguments."""
        if not 0 <= self.rank < self.world_size or self.batch_size < 1:
            raise ValueError(
                f"rank {self.rank} of {self.world_size} with batches of {self.batch_size}:"
                " ranks count from 0, batches hold at least 1"
            )
        if self.shuffle and self.total < self.world_size:
            raise ValueError(
                f"{self.total} training samples can't give {self.world_size} ranks a batch each:"
                " train on fewer instances"
            )

    @property
    def total(self) -> int:
        """Return the number of samples over all ranks."""
        return sum(self.counts)

    @property
    def begin(self) -> int:
        """Return the first sample of this rank."""
        return self.total * self.rank // self.world_size

    @property
    def end(self) -> int:
        """Return the sample after this rank's last."""
        return self.total * (self.rank + 1) // self.world_size

    def __len__(self) -> int:
        """Return the number of this rank's batches."""
        if not self.shuffle:
            return -(-(self.end - self.begin) // self.batch_size)
        steps = -(-self.total // (self.world_size * self.batch_size))
        return min(steps, self.total // self.world_size)

    def bound(self, batch: int) -> int:
        """Return the number of this rank's samples before its batch number `batch`."""
        if not self.shuffle:
            return min(batch * self.batch_size, self.end - self.begin)
        cell, cells = self.rank * len(self) + batch, self.world_size * len(self)
        return self.total * cell // cells - self.begin

    def slices(self) -> list[Slice]:
        """Return this rank's reads, in order."""
        order = list(range(len(self.counts)))
        if self.shuffle:
            random.Random(f"{self.seed}/{self.epoch}").shuffle(order)
        slices, at = [], 0
        for shard in order:
            count = self.counts[shard]
            start, stop = max(self.begin - at, 0), min(self.end - at, count)
            if start < stop:
                slices.append(Slice(shard, start, stop))
            at += count
        return sorted(slices, key=lambda part: part.shard) if self.in_order else slices

    def blocks(self) -> list[list[Slice]]:
        """Return the slices in groups whose samples are mixed."""
        if not self.shuffle:
            return [[part] for part in self.slices()]
        slices: list[list[Slice]] = []
        room = 0
        for part in self.slices():
            room -= self.sizes[part.shard]
            if room < 0:
                share = {0: 0.0, 1: 0.25, 2: 0.5}.get(len(slices), 1.0)
                room = int(self.block_bytes * share) - self.sizes[part.shard]
                slices.append([])
            slices[-1].append(part)
        return slices

    def _refs(self, number: int, block: list[Slice]) -> np.ndarray:
        """Return the samples of one block in the order of their use: int32 (n, 2)."""
        refs = np.concatenate(
            [
                np.stack([np.full(len(p), p.shard), np.arange(p.start, p.stop)], 1).astype(np.int32)
                for p in block
            ]
        )
        if not self.shuffle:
            return refs
        mixer = np.random.default_rng([self.seed, self.epoch, self.rank, number])
        return mixer.permutation(refs)

    def _left(self, skip: int) -> Iterator[np.ndarray]:
        """Yield blocks of samples after the first `skip` batches."""
        over = self.bound(skip)
        for number, block in enumerate(self.blocks()):
            size = sum(len(part) for part in block)
            if over < size:
                yield self._refs(number, block)[over:]
            over = max(over - size, 0)

    def reads(self, skip: int = 0) -> Iterator[tuple[int, int]]:
        """Yield (shard, number of samples needed) in the order of need, after `skip` batches."""
        over = self.bound(skip)
        for number, block in enumerate(self.blocks()):
            size = sum(len(part) for part in block)
            if over == 0:
                yield from ((part.shard, len(part)) for part in block)
            elif over < size:
                rest = self._refs(number, block)[over:, 0].tolist()
                yield from ((shard, rest.count(shard)) for shard in dict.fromkeys(rest))
            over = max(over - size, 0)

    def batches(self, skip: int = 0) -> Iterator[np.ndarray]:
        """Yield each batch after the first `skip`: int32 (B, 2), shard and position in it."""
        pending = np.empty((0, 2), np.int32)
        blocks = self._left(skip)
        for batch in range(skip, len(self)):
            size = self.bound(batch + 1) - self.bound(batch)
            while len(pending) < size:
                pending = np.concatenate([pending, next(blocks)])
            yield pending[:size]
            pending = pending[size:]
