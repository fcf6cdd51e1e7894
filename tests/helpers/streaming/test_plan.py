"""Who reads what: for any shards, ranks, epochs and batch sizes."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.streaming.plan import EpochPlan

shard_counts = st.lists(st.integers(1, 40), min_size=1, max_size=12)
worlds = st.integers(1, 9)
batch_sizes = st.integers(1, 50)
epochs = st.integers(0, 3)


def plans(counts, world, batch_size, *, shuffle, epoch=0, seed=0, block_bytes=1000):
    sizes = [count * 10 for count in counts]
    return [
        EpochPlan(counts, sizes, batch_size, rank, world, seed, epoch, shuffle, block_bytes)
        for rank in range(world)
    ]


def samples(plan, skip=0):
    return [tuple(ref) for batch in plan.batches(skip) for ref in batch.tolist()]


def everything(counts):
    return Counter((shard, n) for shard, count in enumerate(counts) for n in range(count))


@given(shard_counts, worlds, batch_sizes, epochs)
def test_training_sees_every_sample_once_over_all_ranks(counts, world, batch_size, epoch):
    if sum(counts) >= world:
        ranks = plans(counts, world, batch_size, shuffle=True, epoch=epoch)
        assert Counter(s for plan in ranks for s in samples(plan)) == everything(counts)


@given(shard_counts, worlds, batch_sizes)
def test_evaluation_counts_every_sample_once_over_all_ranks(counts, world, batch_size):
    ranks = plans(counts, world, batch_size, shuffle=False)
    assert Counter(s for plan in ranks for s in samples(plan)) == everything(counts)


@given(shard_counts, worlds, batch_sizes, epochs)
def test_all_ranks_train_the_same_number_of_full_steps(counts, world, batch_size, epoch):
    if sum(counts) < world:
        return
    ranks = plans(counts, world, batch_size, shuffle=True, epoch=epoch)
    sizes = [[len(batch) for batch in plan.batches()] for plan in ranks]
    assert {len(plan) for plan in ranks} == {len(one) for one in sizes} == {len(sizes[0])}
    flat = [size for one in sizes for size in one]
    assert min(flat) >= 1 and max(flat) - min(flat) <= 1
    assert max(flat) <= max(batch_size, 2)


@given(shard_counts, batch_sizes.filter(lambda b: b > 1), worlds)
def test_training_takes_no_more_steps_than_it_must(counts, batch_size, world):
    if sum(counts) >= world:
        plan = plans(counts, world, batch_size, shuffle=True)[0]
        assert len(plan) == -(-sum(counts) // (world * batch_size))


@given(shard_counts, worlds, batch_sizes)
def test_evaluation_has_full_batches_and_one_tail(counts, world, batch_size):
    for plan in plans(counts, world, batch_size, shuffle=False):
        sizes = [len(batch) for batch in plan.batches()]
        assert len(sizes) == len(plan)
        assert all(size == batch_size for size in sizes[:-1])


@given(shard_counts, worlds, batch_sizes, st.booleans(), st.data())
def test_a_resumed_epoch_is_the_rest_of_the_whole_one(counts, world, batch_size, shuffle, data):
    if shuffle and sum(counts) < world:
        return
    for plan in plans(counts, world, batch_size, shuffle=shuffle):
        skip = data.draw(st.integers(0, len(plan)))
        whole = [batch.tolist() for batch in plan.batches()]
        assert [batch.tolist() for batch in plan.batches(skip)] == whole[skip:]
        needed = Counter(shard for shard, _ in samples(plan, skip))
        reads = list(plan.reads(skip))
        assert dict(reads) == needed and len(reads) == len(needed)


@given(shard_counts, worlds, batch_sizes)
def test_a_rank_reads_each_shard_once_and_in_the_order_of_need(counts, world, batch_size):
    if sum(counts) >= world:
        for plan in plans(counts, world, batch_size, shuffle=True):
            blocks = [{part.shard for part in block} for block in plan.blocks()]
            read = [shard for shard, _ in plan.reads()]
            assert len(set(read)) == len(read)
            assert read == [part.shard for block in plan.blocks() for part in block]
            assert sum(map(len, blocks)) == len(read)


@given(shard_counts, worlds, epochs, st.booleans())
def test_in_order_ranks_read_what_they_would_by_the_place_of_the_shards(
    counts, world, epoch, shuffle
):
    if sum(counts) < world:
        return
    for plan in plans(counts, world, 8, shuffle=shuffle, epoch=epoch):
        ordered = replace(plan, in_order=True)
        read = [shard for shard, _ in ordered.reads()]
        assert read == sorted(set(read))
        assert sorted(samples(ordered)) == sorted(samples(plan))
        assert len(ordered) == len(plan)


def test_only_neighboring_ranks_share_a_shard():
    ranks = plans([50] * 10, 4, 8, shuffle=True)
    reads = Counter(shard for plan in ranks for shard, _ in plan.reads())
    assert sum(reads.values()) <= 10 + 3


@given(shard_counts, epochs, st.integers(0, 3))
def test_the_same_seed_and_epoch_give_the_same_order(counts, epoch, seed):
    first, second = (
        samples(plans(counts, 1, 8, shuffle=True, epoch=epoch, seed=seed)[0]) for _ in range(2)
    )
    assert first == second


def test_epochs_and_seeds_differ_and_move_shards_between_ranks():
    def order(epoch, seed):
        return samples(plans([50] * 10, 2, 8, shuffle=True, epoch=epoch, seed=seed)[0])

    orders = [order(0, 0), order(1, 0), order(0, 1)]
    assert len({tuple(one) for one in orders}) == 3
    assert set(orders[0]) != set(orders[1])


def test_samples_of_a_block_are_mixed_over_its_shards():
    plan = plans([100] * 8, 1, 20, shuffle=True, block_bytes=4000)[0]
    assert [len(block) for block in plan.blocks()] == [1, 1, 2, 4]
    last = np.concatenate(list(plan.batches(skip=len(plan) - 10)))
    assert len(set(last[:, 0].tolist())) == 4


def test_no_block_but_of_one_shard_exceeds_its_bytes():
    counts = [5, 90, 3, 200, 7, 7, 7, 60]
    for block in plans(counts, 1, 8, shuffle=True, block_bytes=1000)[0].blocks():
        size = sum(10 * counts[part.shard] for part in block)
        assert size <= 1000 or len(block) == 1


@pytest.mark.parametrize("rank, world, batch_size", [(2, 2, 1), (-1, 2, 1), (0, 0, 1), (0, 1, 0)])
def test_ranks_and_batches_that_make_no_sense_are_refused(rank, world, batch_size):
    with pytest.raises(ValueError, match="ranks count from 0"):
        EpochPlan([5], [50], batch_size, rank, world)


def test_training_with_fewer_samples_than_ranks_says_so():
    with pytest.raises(ValueError, match="2 training samples can't give 3 ranks"):
        EpochPlan([2], [20], 4, 0, 3, shuffle=True)
    assert [len(plan) for plan in plans([2], 3, 4, shuffle=False)] == [0, 1, 1]
