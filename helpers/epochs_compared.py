"""Counts the steps and samples of an epoch by WebDataset and by our stream, rank by rank.

Reads shards in a folder, decodes nothing, trains nothing. WebDataset gives ranks and their workers
whole shards, whatever is in them; our stream divides the samples, by the numbers in the manifest.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers import paths
from helpers.manifest import Manifest
from helpers.stream import make_loader

if TYPE_CHECKING:
    import webdataset


def webdataset_loader(
    shards: Sequence[Path], *, rank: int, ranks: int, workers: int, batch_size: int
) -> "webdataset.WebLoader":
    """Return WebDataset's batches for one rank: lists of the samples' keys."""
    import webdataset as wds

    pipeline = wds.DataPipeline(
        wds.SimpleShardList([str(shard) for shard in shards]),
        partial(shards_of_rank, rank=rank, ranks=ranks),
        wds.split_by_worker,
        wds.tarfile_to_samples(),
        keys_of_samples,
        wds.batched(batch_size, collation_fn=None),
    )
    return wds.WebLoader(pipeline, batch_size=None, num_workers=workers)


def shards_of_rank(shards: Iterable, rank: int, ranks: int) -> Iterator:
    """Yield every n-th shard, as `wds.split_by_node` does, which asks the process group."""
    yield from islice(shards, rank, None, ranks)


def keys_of_samples(samples: Iterable[dict]) -> Iterator[str]:
    """Yield the samples' keys."""
    for sample in samples:
        yield sample["__key__"]


def compare_epochs(
    manifest: Manifest, folder: Path, *, ranks: int, workers: int, batch_size: int
) -> pd.DataFrame:
    """Return each rank's steps, and the samples that an epoch misses and repeats.

    Args:
        folder: holds the shards of the split `train`, below it as the manifest names them.
        batch_size: samples of one rank's batch.
    """
    split = manifest.split("train")
    shards = [paths.below(folder, shard.name) for shard in split.shards]
    sizes = {"ranks": ranks, "workers": workers, "batch_size": batch_size}
    theirs = [webdataset_loader(shards, rank=rank, **sizes) for rank in range(ranks)]
    steps = max(1, split.samples // (ranks * batch_size))
    ours = [
        make_loader(
            manifest, "train", str(folder), decode=nothing, batch_size=batch_size, rank=rank,
            world_size=ranks, workers=workers, shuffle=True,
        )
        for rank in range(ranks)
    ]  # fmt: skip
    rows = [
        row("WebDataset", split.samples, [list(loader) for loader in theirs]),
        row(
            f"WebDataset, with_epoch({steps})", split.samples,
            [list(loader.with_epoch(steps)) for loader in theirs],
        ),
        row("ours", split.samples, [[batch.keys for batch in loader] for loader in ours]),
    ]  # fmt: skip
    for loader in ours:
        loader.close()
    return pd.DataFrame(rows)


def nothing(data: bytes) -> np.ndarray:
    """Decode nothing: only the keys are counted."""
    return np.zeros(1, np.uint8)


def row(name: str, samples: int, epochs: Sequence[Sequence[Sequence[str]]]) -> dict[str, object]:
    """Return one loader's counts.

    Args:
        samples: of the split.
        epochs: for each rank its batches of keys.
    """
    seen = Counter(key for batches in epochs for batch in batches for key in batch)
    steps = {f"steps of rank {rank}": len(batches) for rank, batches in enumerate(epochs)}
    given = sum(seen.values())
    counts = {"in the split": samples, "missed": samples - len(seen)}
    return {"loader": name, **steps, **counts, "repeated": given - len(seen), "in batches": given}
