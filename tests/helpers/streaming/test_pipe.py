"""Shards out of a Pipe channel: exact over ranks, epochs and splits, whatever lies between them."""

import json
import multiprocessing
import os
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.manifest import NAME, BadManifest, load_manifest
from helpers.stream import make_loader
from helpers.streaming.pipe import PipeChannel
from helpers.streaming.shard_reader import CorruptShard
from local_aws.instances.pipes import ChannelPipes
from tests.shard_files import decode, make_manifest


def write(folder: Path, counts: list[int]) -> list[Path]:
    """Write shards, sidecars and the manifest; return the files in the order of their keys."""
    manifest = make_manifest(folder, counts)
    (folder / NAME).write_text(manifest.to_json())
    for path in [*folder.glob("*/*.tar")]:
        path.with_suffix(".json").write_text(json.dumps({"ustar": 300 * "ustar "}))
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(files, key=lambda path: path.relative_to(folder).as_posix())


@contextmanager
def channel(folder: Path, files: list[Path]):
    """Stream files as a Pipe channel does; yield it."""
    folder.mkdir(exist_ok=True)
    pipes = ChannelPipes(folder, "shards", files)
    pipes.start()
    source = PipeChannel(folder / "shards", wait_s=5)
    try:
        yield source
    finally:
        source.close()
        pipes.end()


def loader_of(source, split="train", manifest=None, **options):
    options = {"decode": decode, "batch_size": 4, "shuffle": split == "train"} | options
    return make_loader(
        manifest or load_manifest(source),
        split,
        str(source),
        open_shard=source.open_shard,
        in_order=True,
        **options,
    )


def keys(loader) -> list[str]:
    return [key for batch in loader for key in batch.keys]


def everything(count: int) -> Counter:
    return Counter(f"s{n:05d}" for n in range(count))


@settings(max_examples=20, deadline=None)
@given(
    counts=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    world=st.integers(1, 3),
    block_bytes=st.sampled_from([1, 10_000, 1 << 20]),
)
def test_every_sample_comes_once_an_epoch_over_all_ranks(counts, world, block_bytes):
    seen = {"train": [Counter(), Counter()], "test": [Counter(), Counter()]}
    with tempfile.TemporaryDirectory() as folder:
        files = write(Path(folder) / "s3", counts)
        if sum(counts) < world:
            return
        for rank in range(world):  # each on an instance of its own
            with channel(Path(folder) / str(rank), files) as source:
                manifest = load_manifest(source)
                about = {"rank": rank, "world_size": world, "block_bytes": block_bytes}
                loaders = {split: loader_of(source, split, manifest, **about) for split in seen}
                for epoch in (0, 1):
                    for split, loader in loaders.items():
                        loader.set_epoch(epoch)
                        seen[split][epoch].update(keys(loader))
    for counters in seen.values():
        assert counters == [everything(sum(counts))] * 2


def feed(folder: str, files: list[Path]) -> None:
    """Be the platform, in a process of its own: no forked worker may inherit its end."""
    ChannelPipes(Path(folder), "shards", files).run()


def test_workers_read_each_sample_of_a_pipe_once_an_epoch(tmp_path):
    files = write(tmp_path / "s3", [20, 20, 7])
    platform = multiprocessing.get_context("fork").Process(target=feed, args=(tmp_path, files))
    platform.start()
    source = PipeChannel(tmp_path / "shards", wait_s=5)
    manifest = load_manifest(source)
    loaders = [loader_of(source, split, manifest, workers=2) for split in ("test", "train")]
    for _ in range(3):
        assert [Counter(keys(loader)) for loader in loaders] == [everything(47)] * 2
    for loader in loaders:
        loader.close()
    source.close()
    platform.kill()
    platform.join()


@pytest.fixture
def piped(tmp_path):
    """Return a channel of three small shards, and the files."""
    files = write(tmp_path / "s3", [20, 20, 7])
    with channel(tmp_path / "job", files) as source:
        yield source, files


def test_all_that_came_through_the_pipe_is_counted(piped):
    source, files = piped
    keys(loader_of(source))
    sizes = [path.stat().st_size for path in files]
    assert sum(sizes) - sizes[-1] < source.received.bytes <= sum(sizes)


def test_evaluation_is_in_order_with_its_tail(piped):
    loader = loader_of(piped[0], "test", batch_size=16)
    assert [len(batch) for batch in loader] == [16, 16, 15]
    assert keys(loader) == sorted(everything(47))


def test_samples_are_mixed_anew_in_each_epoch_and_the_same_with_the_same_seed(piped, tmp_path):
    loader = loader_of(piped[0])
    orders = []
    for epoch in (0, 1, 0):
        loader.set_epoch(epoch)
        orders.append(keys(loader))
    assert orders[0] == orders[2] != orders[1]
    assert orders[0] != sorted(orders[0])


def test_an_epoch_needs_one_pass_for_training_and_evaluation(piped):
    source, _ = piped
    manifest = load_manifest(source)
    train, test = (loader_of(source, split, manifest) for split in ("train", "test"))
    for _ in range(2):
        keys(test)  # its keys come before those of the training split
        keys(train)
    assert source._number == 1


def test_an_epoch_goes_on_where_its_checkpoint_was_made(piped):
    source, _ = piped
    manifest = load_manifest(source)
    first, second = (loader_of(source, "train", manifest) for _ in range(2))
    iterator = iter(first)
    head = [next(iterator).keys for _ in range(5)]
    second.load_state_dict(first.state_dict())
    iterator.close()
    rest = [batch.keys for batch in second]
    assert head + rest == [batch.keys for batch in first]


def test_an_epoch_of_a_folder_does_not_go_on_over_a_pipe(piped):
    source, files = piped
    manifest = load_manifest(source)
    folder = {"decode": decode, "batch_size": 4, "shuffle": True}
    state = make_loader(manifest, "train", str(files[0].parent), **folder).state_dict()
    with pytest.raises(ValueError, match="in_order"):
        loader_of(source, "train", manifest).load_state_dict(state)


@pytest.mark.parametrize("what", ["cut", "gone", "swapped"])
def test_a_stream_that_is_not_the_manifests_is_noticed(tmp_path, what):
    files = write(tmp_path / "s3", [20, 20, 7])
    tars = [path for path in files if path.suffix == ".tar" and path.parent.name == "train"]
    if what == "cut":
        tars[1].write_bytes(tars[1].read_bytes()[:-3000])
    elif what == "gone":
        files.remove(tars[1])
    else:
        first, last = files.index(tars[0]), files.index(tars[2])
        files[first], files[last] = files[last], files[first]
    with channel(tmp_path / "job", files) as source:
        with pytest.raises(CorruptShard, match="train-00000"):
            keys(loader_of(source, shuffle=False))


@pytest.mark.parametrize("first, error", [(None, "No manifest.json"), (b"id,x\n", "begin with")])
def test_a_channel_without_the_manifest_says_what_to_give(tmp_path, first, error):
    files = write(tmp_path / "s3", [5])
    files[0].unlink()
    del files[0]
    del files[0]  # the first sidecar
    if first:
        (tmp_path / "s3" / "a.csv").write_bytes(first)
        files.insert(0, tmp_path / "s3" / "a.csv")
    with channel(tmp_path / "job", files) as source:
        with pytest.raises(BadManifest, match=error):
            load_manifest(source)


def test_a_channel_that_is_not_there_says_so(tmp_path):
    source = PipeChannel(tmp_path / "shards", wait_s=0.01)
    with pytest.raises(BadManifest, match="No manifest.json"):
        load_manifest(source)
    assert not os.listdir(tmp_path)
