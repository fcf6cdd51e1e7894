"""An epoch over unequal shards: WebDataset's ranks take other numbers of steps, ours the same."""

import pytest
import webdataset

from helpers.epochs_compared import compare_epochs, row, shards_of_rank
from tests.shard_files import make_manifest


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    manifest = make_manifest(folder, [100, 100, 100, 100, 37])
    counts = compare_epochs(manifest, folder, ranks=2, workers=2, batch_size=16)
    return counts.set_index("loader")


def test_by_webdataset_one_rank_waits_for_steps_that_the_other_does_not_take(table):
    plain = table.loc["WebDataset"]
    assert (plain["steps of rank 0"], plain["steps of rank 1"]) == (16, 14)
    assert plain["missed"] == plain["repeated"] == 0


def test_an_epoch_of_a_fixed_length_misses_samples_and_repeats_others(table):
    fixed = table.loc["WebDataset, with_epoch(13)"]
    assert fixed["steps of rank 0"] == fixed["steps of rank 1"] == 13
    assert fixed["missed"] > 0


def test_by_our_stream_the_steps_are_equal_and_each_sample_comes_once(table):
    ours = table.loc["ours"]
    assert ours["steps of rank 0"] == ours["steps of rank 1"] == 14
    assert ours["missed"] == ours["repeated"] == 0


def test_a_rank_gets_the_shards_of_split_by_node(monkeypatch):
    for rank in range(3):
        monkeypatch.setenv("RANK", str(rank))
        monkeypatch.setenv("WORLD_SIZE", "3")
        theirs = list(webdataset.split_by_node(range(10)))
        assert list(shards_of_rank(range(10), rank, 3)) == theirs


def test_missed_and_repeated_samples_are_counted():
    assert row("x", 4, [[["a", "b"], ["a"]], [["c"]]]) == {
        "loader": "x", "steps of rank 0": 2, "steps of rank 1": 1,
        "in the split": 4, "missed": 1, "repeated": 1, "in batches": 4,
    }  # fmt: skip
