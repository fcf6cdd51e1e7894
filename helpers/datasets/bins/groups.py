"""Groups bins by the items they share, so that a split leaks nothing; knows sets of ASINs only.

Two bins with the same set of items, or with two items in common, always stay together: the same
bin photographed again, a copied photo, two bins filled from one pallet. One shared item ties bins
only as far as that leaves something to split: in the whole of aft-vbi-pds an item lies in three
bins on average and a popular one in hundreds, so tying every sharer would chain most bins into
one group. Hence a limit on how many bins an item may lie in and still tie them: the largest of
`LIMITS` that keeps every group below `LARGEST` of the bins.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

LIMITS = (1_000_000, 64, 16, 8, 4, 2, 1)
"""An item in more bins than this ties none of them; 1 means that only the strong ties count."""
LARGEST = 0.05
"""Share of all bins that one group may hold before weak ties are cut."""
SMALL = 16
"""Bins that one group may hold however few there are in all."""


def group_bins(contents: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return each bin's group, named after its smallest bin id.

    `contents` maps a bin's id to its ASINs. An empty bin is a group of its own.
    """
    items = {bin_id: tuple(sorted(set(asins))) for bin_id, asins in contents.items()}
    strong = _sharers(items, _strong_ties)
    weak = _sharers(items, lambda asins: asins)
    allowed = max(SMALL, LARGEST * len(items))
    for limit in LIMITS:
        groups = _join(items, strong + [bins for bins in weak if len(bins) <= limit])
        if _largest(groups) <= allowed:
            break
    return groups


def _strong_ties(asins: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the strong ties of a bin: its set of items, and each pair of items."""
    return [asins, *combinations(asins, 2)] if asins else []


def _sharers(items: Mapping[str, tuple[str, ...]], ties) -> list[list[str]]:
    """Return the bins of each tie that at least two bins have."""
    bins = defaultdict(list)
    for bin_id, asins in items.items():
        for tie in set(ties(asins)):
            bins[tie].append(bin_id)
    return [sharing for sharing in bins.values() if len(sharing) > 1]


def _join(ids: Iterable[str], ties: list[list[str]]) -> dict[str, str]:
    """Return each id's smallest companion over chains of ties (union-find, halving paths)."""
    parent = {bin_id: bin_id for bin_id in ids}

    def root(node: str) -> str:
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    for first, *others in ties:
        for other in others:
            low, high = sorted((root(first), root(other)))
            parent[high] = low
    return {bin_id: root(bin_id) for bin_id in parent}


def _largest(groups: Mapping[str, str]) -> int:
    """Return the size of the largest group."""
    sizes = defaultdict(int)
    for name in groups.values():
        sizes[name] += 1
    return max(sizes.values(), default=0)
