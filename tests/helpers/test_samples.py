"""Reasons for which raw objects give no sample, summed up."""

from helpers.samples import Remark, causes


def test_causes_are_grouped_and_the_most_frequent_first():
    drops = [
        Remark("a", "truncated: 3 bytes"),
        Remark("b", "empty file"),
        Remark("c", "truncated: 4"),
    ]
    assert causes(drops) == [("truncated", 2), ("empty file", 1)]
    assert causes([{"source": "a", "reason": "x"}]) == [("x", 1)]
