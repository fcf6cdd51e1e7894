"""What is fetched first, and what is handed over while the rest is on its way."""

import threading
from pathlib import Path

import pytest

from helpers.stream import make_loader
from helpers.streaming import shard_reader
from helpers.streaming.shard_reader import ShardReader, open_local
from tests.shard_files import decode, make_manifest

SIZES = [40, 40, 40, 40]


class Line:
    """Opens shards below a folder as a network would, and notes what is asked for in which order.

    Shards in `held` are answered once `go` is set.
    """

    def __init__(self, folder: Path, held: set[str] = frozenset()):
        self.folder, self.held, self.asked = folder, held, []
        self.go = threading.Event()

    def __call__(self, uri: str, start: int, stop: int):
        name = uri.removeprefix("s3://b/")
        self.asked.append((name, start, stop))
        if name in self.held:
            assert self.go.wait(10)
        return open_local(str(self.folder / name), start, stop)


@pytest.fixture
def manifest(tmp_path, monkeypatch):
    monkeypatch.setattr(shard_reader, "FIRST_PART", 512)
    return make_manifest(tmp_path, SIZES)


def test_the_first_shard_has_all_connections_and_the_rest_come_in_the_order_of_need(
    tmp_path, manifest
):
    shards, line = manifest.split("train").shards, Line(tmp_path)
    reader = ShardReader("s3://b", shards, line, threads=8)
    order = [2, 0, 3, 1]
    for shard in order:
        reader.start(shard)
    for shard in order:
        assert len(reader.get(shard).locations) == SIZES[shard]
    names = [name for name, *_ in line.asked]
    assert names == [shards[2].name] * 8 + [shards[shard].name for shard in order[1:]]
    parts = sorted((start, stop) for name, start, stop in line.asked[:8])
    assert parts[0][0] == 0 and parts[-1][1] == shards[2].bytes
    assert all(a[1] == b[0] for a, b in zip(parts, parts[1:], strict=False))
    reader.close()


@pytest.mark.parametrize("workers", [0, 1])
def test_a_batch_is_handed_over_while_the_next_shard_is_on_its_way(tmp_path, manifest, workers):
    held = {shard.name for shard in manifest.split("test").shards[1:]}
    line = Line(tmp_path, held)
    how = {"decode": decode, "shuffle": False, "open_shard": line, "workers": workers}
    loader = make_loader(manifest, "test", "s3://b", batch_size=20, **how)
    batches = iter(loader)
    assert [len(next(batches)) for _ in range(2)] == [20, 20]
    line.go.set()
    assert len(list(batches)) == 6
    loader.close()


def test_shards_that_are_no_longer_wanted_are_not_asked_for(tmp_path, manifest):
    shards = manifest.split("train").shards
    line = Line(tmp_path, {shards[0].name})
    reader = ShardReader("s3://b", shards, line, threads=1)
    for shard in range(4):
        reader.start(shard)
    threading.Timer(0.1, line.go.set).start()
    reader.release_all()
    reader.close()
    assert reader.bytes == 0
    assert {name for name, *_ in line.asked} <= {shards[0].name, shards[1].name}
