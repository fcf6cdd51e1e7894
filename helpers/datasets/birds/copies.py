"""Relates recordings that repeat others; knows fingerprints, opens no files.

A copy that adds nothing is dropped: kept, it would count twice. A near copy that is longer than
its original, or has another label, is kept: it joins its original's group, so that both are in one
split.
"""

import numpy as np

from helpers.media import duplicates
from helpers.media.duplicates import Duplicate
from helpers.samples import Record, Relation

SLACK = 0.5
"""A copy longer by so many seconds still adds nothing: codecs pad as much."""
_DIGEST = 16
"""Bytes of an MD5."""


def survey(data: bytes) -> bytes:
    """Return a recording's MD5 and its fingerprint, little-endian, as one string of bytes.

    Raises:
        Unreadable: it is not readable audio.
    """
    digest, words = duplicates.examine(data)
    return bytes.fromhex(digest) + words.astype("<u4").tobytes()


def relate(records: list[Record], findings: dict[str, bytes]) -> list[Relation]:
    """Return the relation of each recording that repeats another, by id."""
    by_id = {record.id: record for record in records}
    readable = {id: data for id, data in findings.items() if data}
    copies = duplicates.find_duplicates(
        {id: data[:_DIGEST].hex() for id, data in readable.items()},
        {id: np.frombuffer(data[_DIGEST:], "<u4") for id, data in readable.items()},
    )
    return [_relation(copy, by_id[copy.id], by_id[copy.original]) for copy in copies]


def _relation(copy: Duplicate, record: Record, original: Record) -> Relation:
    """Return the relation of a copy to its original: dropped, or in one split, with the reason."""
    if copy.kind == "exact":
        return Relation(copy.id, copy.original, f"the same bytes as {original.media}", True)
    reason = f"near copy: {copy.similarity:.0%} of its fingerprint is that of {original.media}"
    if record.label != original.label:
        return Relation(copy.id, copy.original, f"{reason}, labeled {original.label}", False)
    if copy.more > SLACK:
        longer = f", with {copy.more:g} s more" if np.isfinite(copy.more) else ", by way of others"
        return Relation(copy.id, copy.original, reason + longer, False)
    return Relation(copy.id, copy.original, reason, True)
