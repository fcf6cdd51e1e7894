"""Invented goods have the sizes, weights, names and flaws of real ones."""

import numpy as np

from helpers.datasets.bins.catalog import KINDS, make_item


def test_among_many_items_some_have_no_weight_and_some_a_side_above_100_inches() -> None:
    items = [make_item(np.random.default_rng(seed)) for seed in range(2000)]
    missing = sum(item.row["weight"] is None for item in items)
    assert 0.02 < missing / len(items) < 0.06
    assert any(item.row["length"]["value"] > 100 for item in items)
    assert any(item.name != item.normalized for item in items)
    assert not all(item.name.isascii() for item in items)


def test_weight_follows_volume_within_its_kind() -> None:
    items = [make_item(np.random.default_rng(seed)) for seed in range(1500)]
    for kind, facts in KINDS.items():
        known = [item for item in items if item.kind == kind and item.row["weight"]]
        density = [item.row["weight"]["value"] / np.prod(item.sides) for item in known]
        assert facts.density[0] * 0.8 < np.median(density) < facts.density[1] * 1.2


def test_a_books_number_checks_itself() -> None:
    items = [make_item(np.random.default_rng(seed)) for seed in range(300)]
    numbers = [item.asin for item in items if not item.asin.startswith("B0")]
    assert numbers and all(item.kind == "book" for item in items if item.asin in numbers)
    for number in numbers:
        digits = [10 if letter == "X" else int(letter) for letter in number]
        assert sum(digit * (10 - place) for place, digit in enumerate(digits)) % 11 == 0
