"""Loaders of numbered samples (shard_files.py) for tests of the stream, closed after each test."""

from collections.abc import Iterator
from contextlib import contextmanager

from helpers.stream import ShardLoader, make_loader
from tests.shard_files import decode

_made: list[ShardLoader] = []


@contextmanager
def closed_loaders() -> Iterator[None]:
    """End all that `loader_of` started in the meantime, after a failure as well."""
    try:
        yield
    finally:
        while _made:
            _made.pop().close()


def loader_of(shards, split="train", **options) -> ShardLoader:
    """Return a loader of a folder of shards with their manifest."""
    folder, manifest = shards
    defaults = {"decode": decode, "batch_size": 16, "shuffle": split == "train"}
    _made.append(make_loader(manifest, split, str(folder), **defaults | options))
    return _made[-1]


def keys(loader) -> list[str]:
    """Return the keys of all samples of an epoch."""
    return [key for batch in loader for key in batch.keys]
