"""Looks at new records before a model learns from them: checks with limits, a page; trains none.

It finds whole batches that are wrong (labels that belong to other objects, copies, nothing to see
or to hear). Single wrong labels it does not find.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from html import escape

import numpy as np

from helpers.datasets.base import Dataset
from helpers.manifest import Manifest
from helpers.samples import Record, Unreadable
from helpers.storage import Entry

RATE = 0.01
"""The most of fit batches that the check of the labels stops."""
HARDER = 0.6
"""A new recordist or shelf is harder: the live model is expected to be right at least this share of
the times that it is right in its test."""
MOST_COPIES, MOST_EMPTY = 0.1, 0.2
EMPTY = 0.002
"""Standard deviation of an empty sample at most, as a share of its type's span."""
STYLE = """:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;
max-width:50rem;padding:0 1rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;
padding:.3rem .6rem;border-bottom:1px solid #8886}.bar{background:#4477aa;height:.8rem}
.no{color:#c04a00;font-weight:700}"""


@dataclass(frozen=True)
class Check:
    """A check of a batch: its value, the limit, and the result in words."""

    name: str
    value: float
    limit: float
    passed: bool
    reason: str


@dataclass(frozen=True)
class Looked:
    """What was seen in a new object; `answer` is the live model's label, None without one."""

    record: Record
    is_copy: bool
    is_empty: bool
    answer: str | None


def new_records(
    records: Iterable[Record], objects: Iterable[Entry], manifest: Manifest
) -> list[Record]:
    """Return the records whose objects a manifest does not know, or knows with other bytes."""
    known, etags = manifest.sources.get("etags", {}), {each.key: each.etag for each in objects}
    dropped = {drop.source for drop in manifest.dropped}
    return [
        record for record in records
        if record.media not in dropped and known.get(record.media) != etags.get(record.media)
    ]  # fmt: skip


def copies(records: Sequence[Record], objects: Iterable[Entry], manifest: Manifest) -> set[str]:
    """Return the media of new records that have the bytes of a known one, or of one another."""
    etags = {each.key: each.etag for each in objects}
    names = {record.media for record in records}
    known = {etag for key, etag in manifest.sources.get("etags", {}).items() if key not in names}
    times = Counter(etags[record.media] for record in records)
    return {
        record.media for record in records
        if etags[record.media] in known or times[etags[record.media]] > 1
    }  # fmt: skip


def look(
    dataset: Dataset, record: Record, data: bytes, is_copy: bool, ask: Callable[[bytes], str]
) -> Looked:
    """Clean a new object as for shards, and ask the live model about it unless it is empty."""
    try:
        samples = dataset.samples(record, data, dataset.stores[0])
        is_empty = all(_is_flat(dataset.decode(sample.media)) for sample in samples)
        return Looked(record, is_copy, is_empty, None if is_empty else ask(data))
    except Unreadable:
        return Looked(record, is_copy, True, None)


def _is_flat(sample: np.ndarray) -> bool:
    span = np.iinfo(sample.dtype)
    return float(sample.std()) < EMPTY * (span.max - span.min)


def check_batch(
    seen: Sequence[Looked], labels: Sequence[str], accuracy: float | None
) -> list[Check]:
    """Return the checks of a batch.

    Args:
        labels: those that the live model knows.
        accuracy: the live model's in its test; None leaves the labels unjudged.
    """
    number = max(1, len(seen))
    strange = sorted({each.record.label for each in seen} - set(labels))
    checks = [
        Check("records", len(seen), 1, len(seen) > 0, f"{len(seen)} new records"),
        Check(
            "classes", len(strange), 0, not strange,
            f"classes without a model: {', '.join(strange)}" if strange else "all are known",
        ),
        _share("copies", sum(each.is_copy for each in seen), number, MOST_COPIES,
               "have the bytes of others"),
        _share("empty", sum(each.is_empty for each in seen), number, MOST_EMPTY,
               "have nothing to see or to hear, or can't be read"),
    ]  # fmt: skip
    answers = [each.answer == each.record.label for each in seen if each.answer is not None]
    if accuracy is None:
        words = "not judged: the live model's card has no accuracy of its test"
        checks.append(Check("labels", 0, 0, True, words))
    elif answers:
        checks.append(_agreement(sum(answers), len(answers), accuracy))
    return checks


def _share(name: str, count: int, number: int, most: float, words: str) -> Check:
    share = count / number
    reason = f"{count} of {number} {words}, at most {most:.0%} may"
    return Check(name, share, most, share <= most, reason)


def _agreement(right: int, number: int, accuracy: float) -> Check:
    """Check whether so few agreements of the live model with the labels can be chance."""
    expected = HARDER * accuracy
    chances = [_chance(number, k, expected) for k in range(number + 1)]
    least = next(k for k, chance in enumerate(chances) if chance >= RATE)
    reason = f"the live model agrees with {right} of {number} labels, at least {least} must"
    if right < least:
        reason += f": where it is right in {expected:.0%}, so few have a chance of"
        reason += f" {chances[right]:.2g}"
    return Check("labels", right / number, least / number, right >= least, reason)


def _chance(number: int, most: int, share: float) -> float:
    """Return the chance of at most so many hits in a number of tries."""
    return sum(
        math.comb(number, k) * share**k * (1 - share) ** (number - k) for k in range(most + 1)
    )


def document(checks: Sequence[Check]) -> dict[str, object]:
    """Return what checks.json holds; the reason is that of the checks that failed."""
    failed = [f"{check.name}: {check.reason}" for check in checks if not check.passed]
    return {
        "passed": not failed,
        "reason": "; ".join(failed) or "all checks passed",
        "records": int(checks[0].value),
        "checks": [asdict(check) for check in checks],
    }


def page(title: str, seen: Sequence[Looked], checks: Sequence[Check]) -> str:
    """Return the page of a batch for a person: the checks, and the records of each class."""
    rows = "".join(
        f'<tr><td>{escape(check.name)}</td><td class="{"" if check.passed else "no"}">'
        f"{'✓' if check.passed else '✗'} {escape(check.reason)}</td></tr>"
        for check in checks
    )
    counts = Counter(each.record.label for each in seen)
    most = max(counts.values(), default=1)
    bars = "".join(
        f"<tr><td>{escape(label)}</td><td>{count}</td><td style='width:60%'>"
        f"<div class='bar' style='width:{100 * count / most:.0f}%'></div></td></tr>"
        for label, count in sorted(counts.items())
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1><table><tr><th>check</th><th>result</th></tr>{rows}</table>"
        f"<h2>New records of each class</h2><table>{bars}</table></body></html>"
    )
