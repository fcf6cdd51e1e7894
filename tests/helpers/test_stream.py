"""Batches from real shards on disk and in S3, in this process and in workers."""

import gc
from collections import Counter

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.manifest import BadManifest, Manifest, ShardInfo, SplitInfo
from helpers.s3 import shard_opener, upload_folder
from helpers.stream import make_loader
from helpers.streaming.shard_reader import CorruptShard
from tests.s3_server import breaking, serve
from tests.shard_files import decode, make_manifest
from tests.shard_loaders import closed_loaders, keys, loader_of


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    return folder, make_manifest(folder, [100, 100, 100, 100, 37])


@pytest.fixture(autouse=True)
def workers_end():
    with closed_loaders():
        yield


@pytest.mark.parametrize("workers", [0, 1, 2, 3])
@pytest.mark.parametrize("world", [1, 2, 3])
def test_every_training_sample_comes_once_on_any_ranks_and_workers(shards, workers, world):
    loaders = [
        loader_of(shards, rank=rank, world_size=world, workers=workers) for rank in range(world)
    ]
    found = Counter(key for loader in loaders for key in keys(loader))
    assert len(found) == 437 and set(found.values()) == {1}
    assert len({len(loader) for loader in loaders}) == 1


@pytest.mark.parametrize("workers", [0, 2])
def test_evaluation_is_in_order_with_its_tail(shards, workers):
    loader = loader_of(shards, "test", workers=workers)
    batches = list(loader)
    assert [len(batch) for batch in batches] == [16] * 27 + [5]
    assert [int(key[1:]) for batch in batches for key in batch.keys] == list(range(437))


def test_a_batch_holds_what_its_samples_say(shards):
    for workers in (0, 2):
        loader = loader_of(shards, workers=workers)
        for batch in loader:
            numbers = [int(key[1:]) for key in batch.keys]
            assert batch.data.shape == (len(batch), 2, 4) and batch.data.dtype is torch.uint8
            assert batch.data[:, 0, 0].tolist() == [n % 256 for n in numbers]
            assert batch.target.tolist() == [n % 3 for n in numbers]
            assert batch.secondary == [[] if n % 5 else [0] for n in numbers]


def test_workers_do_not_change_the_order(shards):
    orders = []
    for workers in (0, 1, 3):
        loader = loader_of(shards, workers=workers)
        loader.set_epoch(2)
        orders.append(keys(loader))
    assert orders[0] == orders[1] == orders[2]


def test_epochs_differ_and_each_comes_back_the_same(shards):
    loader = loader_of(shards, workers=2)
    orders = []
    for epoch in (0, 1, 0):
        loader.set_epoch(epoch)
        orders.append(keys(loader))
    assert orders[0] == orders[2] != orders[1]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    counts=st.lists(st.integers(1, 30), min_size=1, max_size=6),
    world=st.integers(1, 4),
    batch_size=st.integers(1, 20),
    epoch=st.integers(0, 2),
    training=st.booleans(),
)
def test_the_union_of_reads_is_the_manifest(tmp_path, counts, world, batch_size, epoch, training):
    shards = tmp_path, make_manifest(tmp_path, counts)
    if training and sum(counts) < world:
        return
    found = Counter()
    for rank in range(world):
        options = {"rank": rank, "world_size": world, "batch_size": batch_size}
        loader = loader_of(shards, "train" if training else "test", **options)
        loader.set_epoch(epoch)
        found.update(keys(loader))
    assert found == Counter(f"s{n:05d}" for n in range(sum(counts)))


@pytest.mark.parametrize("workers", [0, 2])
def test_an_epoch_goes_on_where_its_checkpoint_was_made(shards, workers):
    first = loader_of(shards, workers=workers)
    first.set_epoch(3)
    iterator = iter(first)
    head = [next(iterator).keys for _ in range(11)]
    state = first.state_dict()
    iterator.close()
    first.close()
    second = loader_of(shards, workers=workers)
    second.load_state_dict(state)
    second.set_epoch(3)
    rest = [batch.keys for batch in second]
    whole = [batch.keys for batch in second]
    assert head + rest == whole
    assert second.state_dict()["batches"] == len(second)


def test_a_checkpoint_of_another_run_is_refused(shards):
    state = loader_of(shards).state_dict()
    with pytest.raises(ValueError, match="the checkpoint has {'batch_size': 16}"):
        loader_of(shards, batch_size=8).load_state_dict(state)
    loader_of(shards, rank=1, world_size=2).load_state_dict(
        loader_of(shards, rank=0, world_size=2).state_dict()
    )


@pytest.mark.parametrize("workers", [0, 2])
def test_a_loop_left_early_leaves_a_loader_that_works(shards, workers):
    loader = loader_of(shards, workers=workers)
    for _ in zip(range(3), loader, strict=False):
        pass
    iterator = iter(loader)
    next(iterator)
    assert len(keys(loader)) == 437
    assert list(iterator) == []


def test_a_loader_closed_midway_ends_its_iteration_and_can_start_anew(shards):
    loader = loader_of(shards, workers=2)
    iterator = iter(loader)
    next(iterator)
    loader.close()
    assert list(iterator) == []
    assert len(keys(loader)) == 437


def test_batches_that_are_kept_stay_as_they_were(shards):
    loader = loader_of(shards, workers=2)
    kept = [batch for _ in range(3) for batch in loader]
    for batch in kept:
        assert batch.data[:, 0, 0].tolist() == [int(key[1:]) % 256 for key in batch.keys]


def test_memory_of_batches_is_used_again(shards):
    loader = loader_of(shards, workers=2)
    for _ in range(4):
        for batch in loader:
            del batch
    gc.collect()
    assert len(loader._buffers._free) <= 10


@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize("damage", ["cut", "header", "missing", "count"])
def test_a_corrupt_shard_is_named(tmp_path, workers, damage):
    manifest = make_manifest(tmp_path, [20, 20, 20])
    victim = tmp_path / "test" / "test-000001.tar"
    data = bytearray(victim.read_bytes())
    if damage == "cut":
        victim.write_bytes(data[:-2000])
    elif damage == "header":
        data[3] ^= 1
        victim.write_bytes(data)
    elif damage == "missing":
        victim.unlink()
    else:
        make_manifest(tmp_path / "other", [20, 19, 21])
        other = tmp_path / "other" / "test" / "test-000001.tar"
        victim.write_bytes(other.read_bytes() + bytes(len(data) - other.stat().st_size))
    loader = loader_of((tmp_path, manifest), "test", workers=workers)
    error = FileNotFoundError if damage == "missing" else CorruptShard
    with pytest.raises(error, match="test-000001.tar"):
        list(loader)


def test_changed_media_are_noticed_when_asked_to_verify(tmp_path):
    manifest = make_manifest(tmp_path, [20, 20])
    victim = tmp_path / "test" / "test-000000.tar"
    data = bytearray(victim.read_bytes())
    data[515] ^= 1
    victim.write_bytes(data)
    assert len(keys(loader_of((tmp_path, manifest), "test"))) == 40
    with pytest.raises(CorruptShard, match="test-000000.tar is corrupt: its MD5"):
        list(loader_of((tmp_path, manifest), "test", verify=True))


@pytest.mark.parametrize("split", ["validation", "nothing"])
def test_an_empty_split_is_an_error(shards, split):
    with pytest.raises(BadManifest, match="only in"):
        loader_of(shards, split)


def test_s3_without_an_opener_says_which_to_give(shards):
    _, manifest = shards
    with pytest.raises(ValueError, match="shard_opener"):
        make_loader(manifest, "test", "s3://b/p", decode=decode, batch_size=1, shuffle=False)


@pytest.mark.parametrize("workers", [0, 2])
def test_shards_in_s3_stream_through_broken_connections(shards, tmp_path, workers, monkeypatch):
    monkeypatch.setattr("helpers.streaming.shard_reader.PART", 40_000)
    folder, manifest = shards
    with serve(tmp_path, "birds") as server:
        upload_folder(server.client(), folder, "s3://birds/shards")
        server.seen.clear()
        server.meddle = breaking(30_000, times=5)
        opener = shard_opener(server.client())
        loader = loader_of(("s3://birds/shards", manifest), open_shard=opener, workers=workers)
        assert Counter(keys(loader)) == Counter(f"s{n:05d}" for n in range(437))
    parts = sum(-(-shard.bytes // 40_000) for shard in manifest.splits["train"].shards)
    starts = [int(asked.removeprefix("bytes=").split("-")[0]) for *_, asked in server.seen]
    resumed = [start for start in starts if start % 40_000 == 30_000]
    assert len(starts) == parts + len(resumed) and 1 <= len(resumed) <= 5


def test_a_manifest_built_by_hand_is_checked_like_any(tmp_path):
    split = SplitInfo(0, 0, {}, [], [ShardInfo("test/test-000000.tar", 0, 0, "")])
    manifest = Manifest("birds", "ogg", 0, [], {"test": split}, {})
    with pytest.raises(BadManifest):
        make_loader(manifest, "test", str(tmp_path), decode=decode, batch_size=1, shuffle=False)
