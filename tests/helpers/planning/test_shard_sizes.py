"""Larger shards take fewer requests and more memory."""

import pytest

from helpers.planning.shard_sizes import BLOCK_MB, dollars_for_gets, shard_sizes


def test_small_objects_wait_and_large_ones_take_memory():
    table = shard_sizes(1000, [0.06, 8, 64, 1024]).set_index("object MB")
    assert table["hours a pass"].is_monotonic_decreasing
    assert table["memory MB"].tolist() == [128, 128, 128, 2048]
    assert table.loc[0.06, "objects"] == 16_666_667


def test_the_rate_by_hand():
    row = shard_sizes(1, [8], connections=1).iloc[0]
    assert row["MB/s"] == pytest.approx(8 / (0.03 + 8 / 60))
    assert row["requests $ a pass"] == pytest.approx(125 * 0.4e-6)


def test_dollars_for_gets():
    assert dollars_for_gets(1000, 0.1) == pytest.approx(4)


def test_the_block_is_the_streams_own():
    import inspect

    from helpers.stream import make_loader

    block = inspect.signature(make_loader).parameters["block_bytes"].default
    assert BLOCK_MB == block >> 20
