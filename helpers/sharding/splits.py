"""Splits records into train, validation and test; knows groups and labels, reads no data."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from helpers.samples import Record

SPLITS = ("train", "validation", "test")
FRACTIONS = {"train": 0.7, "validation": 0.15, "test": 0.15}
COVERAGE = ("train", "test", "validation")
"""The order of the splits in which a label with few records gets one in each."""


@dataclass(frozen=True)
class Component:
    """Records connected through shared groups, which stay in one split."""

    name: str
    """Its smallest record id."""
    ids: tuple[str, ...]
    groups: tuple[str, ...]
    counts: Mapping[str, int]
    """Records of each label."""

    @property
    def size(self) -> int:
        """Return the number of records."""
        return len(self.ids)


def components(records: Iterable[Record]) -> list[Component]:
    """Join all records that share a group, directly or through others; sorted by name."""
    ordered = sorted(records, key=lambda record: record.id)
    parent = list(range(len(ordered)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    first_with: dict[str, int] = {}
    for index, record in enumerate(ordered):
        for group in record.groups:
            a, b = root(first_with.setdefault(group, index)), root(index)
            parent[max(a, b)] = min(a, b)
    members = defaultdict(list)
    for index, record in enumerate(ordered):
        members[root(index)].append(record)
    return [_component(together) for together in members.values()]


def _component(records: list[Record]) -> Component:
    """Return the component of connected records, sorted by id."""
    return Component(
        name=records[0].id,
        ids=tuple(record.id for record in records),
        groups=tuple(sorted({group for record in records for group in record.groups})),
        counts=Counter(record.label for record in records),
    )


def split_records(
    records: Iterable[Record],
    fractions: Mapping[str, float] = FRACTIONS,
    seed: int = 0,
    kept: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Return the split of each record id; no group is in two splits.

    Labels are spread by `fractions` as evenly as the groups allow. The answer depends on the
    records and the seed, not on their order.

    Args:
        kept: splits of groups in an earlier split, which they keep. Groups that new records join
            go to train together if one of them was there, else to validation.

    Raises:
        ValueError: the fractions are not those of train, validation and test, summing to 1.
    """
    _check(fractions)
    together = components(records)
    quotas = _quotas(together, fractions)
    fixed = {part.name: split for part in together if (split := _before(part, kept))}
    chosen = _fill(together, quotas, seed, fixed)
    _cover([part for part in together if part.name not in fixed], together, quotas, chosen)
    return {id: chosen[part.name] for part in together for id in part.ids}


def _before(part: Component, kept: Mapping[str, str]) -> str | None:
    """Return the split that a component's groups had before, None of a new one.

    A model of before may have been trained or chosen on what is not in test: none of it goes there.
    """
    splits = {kept[group] for group in part.groups if group in kept}
    return next((split for split in SPLITS if split in splits), None)


def _check(fractions: Mapping[str, float]) -> None:
    """Raise ValueError unless the fractions name the three splits and sum to 1."""
    if set(fractions) != set(SPLITS) or abs(sum(fractions.values()) - 1) > 1e-6:
        raise ValueError(f"Fractions of {', '.join(SPLITS)} must sum to 1, got {dict(fractions)}")
    if fractions["train"] <= 0 or min(fractions.values()) < 0:
        raise ValueError(f"train needs a share above 0 and none is negative: {dict(fractions)}")


def _quotas(together: list[Component], fractions: Mapping[str, float]) -> dict:
    """Return the target number of records of each label in each split: {label: {split: n}}."""
    totals = Counter()
    for part in together:
        totals.update(part.counts)
    return {label: _quota(total, fractions) for label, total in totals.items()}


def _quota(total: int, fractions: Mapping[str, float]) -> dict[str, int]:
    """Share `total` records out: at least one each in the order of `COVERAGE`, then by fraction."""
    quota, left = {}, total - 1
    for split in COVERAGE[1:]:
        wanted = max(1, round(fractions[split] * total)) if fractions[split] else 0
        quota[split] = min(wanted, left)
        left -= quota[split]
    quota["train"] = left + 1
    return quota


def _fill(
    together: list[Component], quotas: dict, seed: int, fixed: Mapping[str, str]
) -> dict[str, str]:
    """Assign components, largest first, to the split that comes closest to its quotas.

    Those in `fixed` come before all others.
    """

    def order(part: Component) -> tuple[bool, int, bytes]:
        return (
            part.name not in fixed,
            -part.size,
            hashlib.sha256(f"{seed}/{part.name}".encode()).digest(),
        )

    filled = {label: dict.fromkeys(SPLITS, 0) for label in quotas}
    chosen = {}
    for part in sorted(together, key=order):
        chosen[part.name] = fixed.get(part.name) or min(
            COVERAGE, key=lambda split: _cost(part, split, quotas, filled)
        )
        for label, count in part.counts.items():
            filled[label][chosen[part.name]] += count
    return chosen


def _cost(part: Component, split: str, quotas: dict, filled: dict) -> float:
    """Return the change of chi-squared against the quotas if `part` goes to `split`.

    Errors relative to the quota itself would make train, the largest, give way each time.
    """
    cost = 0.0
    for label, count in part.counts.items():
        quota, have = quotas[label][split], filled[label][split]
        cost += ((have + count - quota) ** 2 - (have - quota) ** 2) / max(quota, 0.5)
    return cost


def _cover(
    free: list[Component], together: list[Component], quotas: dict, chosen: dict[str, str]
) -> None:
    """Move small free components so that each label is in all splits that it has records for."""
    holders = defaultdict(list)
    for part in sorted(free, key=lambda part: (part.size, part.name)):
        for label in part.counts:
            holders[label].append(part)
    present = Counter((label, chosen[part.name]) for part in together for label in part.counts)
    for split in COVERAGE:
        for label in sorted(quotas):
            if not present[label, split] and quotas[label][split]:
                _move_one(holders[label], split, chosen, present)


def _move_one(parts: list[Component], split: str, chosen: dict, present: Counter) -> None:
    """Move the first of `parts` that can go to `split` without emptying an earlier split."""
    earlier = COVERAGE[: COVERAGE.index(split)]
    for part in parts:
        old = chosen[part.name]
        if old in earlier and any(present[label, old] == 1 for label in part.counts):
            continue
        for label in part.counts:
            present[label, old] -= 1
            present[label, split] += 1
        chosen[part.name] = split
        return


def split_counts(
    records: Iterable[Record], split_of: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    """Return {split: {label: records}}, for a table of the split."""
    counts = {split: Counter() for split in SPLITS}
    for record in records:
        counts[split_of[record.id]][record.label] += 1
    return {split: dict(sorted(counter.items())) for split, counter in counts.items()}


def oversized(
    records: Iterable[Record], fractions: Mapping[str, float] = FRACTIONS
) -> list[Component]:
    """Return components too large for the smallest split, largest first.

    They can't be balanced: the split that gets one exceeds its share.
    """
    together = components(records)
    room = min(share for share in fractions.values() if share) * sum(p.size for p in together)
    large = [part for part in together if part.size > max(room, 1)]
    return sorted(large, key=lambda part: (-part.size, part.name))
