"""Plans the contents and the fault of each bin of the sample data; draws nothing.

The counts 1 to 5 have the proportions of the 10,441-photo list that the published results were
trained on; empty bins and bins above 5 (which the classes leave out) are rarer than in the whole
of aft-vbi-pds, where they would cost drawing time and teach nothing.
"""

from dataclasses import dataclass

import numpy as np

from helpers.datasets.bins.catalog import Item, make_item
from helpers.datasets.bins.layout import Cell, Unit, arrange

COUNTS = {0: 340, 1: 1228, 2: 2299, 3: 2666, 4: 2373, 5: 1875, 6: 420, 7: 280, 8: 120}
"""Bins by number of units, in proportion."""
DIRT = {
    "no metadata": 0.005,
    "no photo": 0.003,
    "wrong total": 0.004,
    "turned": 0.02,
    "tiny": 0.0017,
    "strip": 0.0017,
    "huge": 0.0017,
    "copy": 0.01,
    "again": 0.015,
}
"""Shares of all bins: `turned` has an EXIF orientation, `copy` is another bin's photo and metadata
under a second id, `again` another bin's goods photographed a second time. Broken files (truncated,
or no JPEG at all) come on top, 1 % unless asked otherwise."""
BROKEN = ("truncated", "png", "truncated", "html", "truncated", "empty")
"""Kinds of broken files, in turn."""
POPULAR = 0.05
"""Share of products that come from a small pool and so lie in several bins."""
_BULK = {3: 0.85, 4: 0.6, 5: 0.35}
"""How large products may be by number of units, so that they fit: 1 up to two, 0.2 above five."""


@dataclass(frozen=True)
class Bin:
    """One bin of the sample: its items depend on the seed and `contents` only."""

    index: int
    id: str
    count: int
    fault: str = ""
    contents: int = -1
    """Index of the bin whose items it holds: its own, unless it is a copy."""


def plan(seed: int, images: int, broken: int) -> list[Bin]:
    """Return all bins of the sample, by id.

    Raises:
        ValueError: `broken` exceeds the number of images.
    """
    if not 0 <= broken <= images:
        raise ValueError(f"{broken} of {images} files can't be broken")
    rng = np.random.default_rng([seed, images])
    numbers = np.sort(rng.choice(np.arange(1, 20 * images + 400), images, replace=False))
    counts = rng.permutation(_quota(images))
    faults = rng.permutation(_faults(images, broken))
    bins = [
        Bin(i, f"{number:05d}", int(count), str(fault), i)
        for i, (number, count, fault) in enumerate(zip(numbers, counts, faults, strict=True))
    ]
    originals = [b for b in bins if b.fault == "" and 0 < b.count <= 5]
    return [_as_twin(b, originals, rng) if b.fault in ("copy", "again") else b for b in bins]


def goods(seed: int, images: int, bin_: Bin) -> tuple[list[Item], Cell, list[Unit]]:
    """Return a bin's products (one entry a unit), its cell, and the units' positions."""
    rng = np.random.default_rng([seed, images, bin_.contents])
    bulk = _BULK.get(bin_.count, 1.0 if bin_.count < 3 else 0.2)
    while True:
        items = _choose(rng, seed, bin_.count, bulk, pool=max(3, images // 12))
        layout = arrange(rng, items, tries=4)
        if layout is not None:
            return items, *_again(seed, bin_, items, layout)
        bulk *= 0.95


def _again(seed: int, bin_: Bin, items: list[Item], layout: tuple) -> tuple[Cell, list[Unit]]:
    """Return the arrangement in the bin's photo: moved, if it is a second photo of one bin."""
    if bin_.fault != "again":
        return layout
    moved = arrange(np.random.default_rng([seed, bin_.index, 1]), items, tries=20)
    return moved or layout


def _choose(rng: np.random.Generator, seed: int, count: int, bulk: float, pool: int) -> list[Item]:
    """Choose products with quantities that add up to `count`; most bins hold two or three."""
    items: list[Item] = []
    while len(items) < count:
        if rng.random() < POPULAR:
            number = int(pool * rng.random() ** 2)  # the first of the pool are the most popular
            item = make_item(np.random.default_rng([seed, 2**31, number]), 0.3)
        else:
            item = make_item(rng, bulk)
        quantity = int(rng.choice([1, 2, 3], p=[0.72, 0.2, 0.08]))
        items += [item] * min(quantity, count - len(items))
    return items


def _quota(images: int) -> np.ndarray:
    """Return `images` counts in the proportions of COUNTS, rounded so that none is left out."""
    shares = np.array(list(COUNTS.values())) / sum(COUNTS.values())
    edges = np.round(np.cumsum(shares) * images).astype(int)
    return np.repeat(list(COUNTS), np.diff(edges, prepend=0))


def _faults(images: int, broken: int) -> list[str]:
    """Return a fault for each bin; most have none."""
    faults = [BROKEN[i % len(BROKEN)] for i in range(broken)]
    for fault, share in DIRT.items():
        faults += [fault] * round(share * images)
    return (faults + [""] * images)[:images]


def _as_twin(bin_: Bin, originals: list[Bin], rng: np.random.Generator) -> Bin:
    """Return the bin with another bin's items; unchanged if there is no original."""
    if not originals:
        return Bin(bin_.index, bin_.id, bin_.count, "", bin_.index)
    twin = originals[rng.integers(len(originals))]
    return Bin(bin_.index, bin_.id, twin.count, bin_.fault, twin.index)
