"""Keeps the records that a feature group has: what somebody has deleted there is not learned.

What came after the job that wrote the records is none yet: it is left for the next run.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from helpers.samples import Record, Remark

Known = Callable[[Iterable[str]], Collection[str]]
"""Returns those of some identifiers that have a record."""


class NotStored(LookupError):
    """More records are not in the Feature Store than --max-dropped allows."""


def stored(
    records: Sequence[Record], known: Known, most: float, listed: Collection[str] | None = None
) -> tuple[list[Record], list[Remark], set[str]]:
    """Return the records that are known, a remark on each of the others, and what came too late.

    Args:
        most: the share of records that may be unknown.
        listed: the identifiers that the group's writer has seen; None: all. The media of records
            that it has not seen are the third result, and of these there is no remark.

    Raises:
        NotStored: more are; those that are new come by scripts_process/features.py.
    """
    late = set() if listed is None else {each.media for each in records if each.id not in listed}
    records = [record for record in records if record.media not in late]
    there = known(record.id for record in records)
    missing = [record for record in records if record.id not in there]
    if len(missing) > most * len(records):
        raise NotStored(
            f"{len(missing)} of {len(records)} records are not in the Feature Store, more than "
            f"{most:.0%}: run scripts_process/features.py first"
        )
    kept = [record for record in records if record.id in there]
    return kept, [Remark(record.media, "not in the Feature Store") for record in missing], late
