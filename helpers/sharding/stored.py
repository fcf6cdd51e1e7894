"""Keeps the records that a feature group has: what somebody has deleted there is not learned."""

from collections.abc import Callable, Collection, Iterable, Sequence

from helpers.samples import Record, Remark

Known = Callable[[Iterable[str]], Collection[str]]
"""Returns those of some identifiers that have a record."""


class NotStored(LookupError):
    """More records are not in the Feature Store than --max-dropped allows."""


def stored(
    records: Sequence[Record], known: Known, most: float
) -> tuple[list[Record], list[Remark]]:
    """Return the records that are known, and a remark on each of the others.

    Args:
        most: the share of records that may be unknown.

    Raises:
        NotStored: more are; those that are new come by scripts_process/features.py.
    """
    there = known(record.id for record in records)
    missing = [record for record in records if record.id not in there]
    if len(missing) > most * len(records):
        raise NotStored(
            f"{len(missing)} of {len(records)} records are not in the Feature Store, more than "
            f"{most:.0%}: run scripts_process/features.py first"
        )
    kept = [record for record in records if record.id in there]
    return kept, [Remark(record.media, "not in the Feature Store") for record in missing]
