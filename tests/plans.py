"""Plans of shards over records that have no raw data."""

from helpers.samples import Record
from helpers.sharding.plan import make_plan
from helpers.storage import Entry


def records(count: int) -> list[Record]:
    return [
        Record(f"r{n:03d}", f"media/r{n:03d}.jpg", "ab"[n % 2], (f"g{n // 2}",))
        for n in range(count)
    ]


def listing(rows: list[Record], size: int = 100) -> list[Entry]:
    return [Entry(row.media, size, f"etag-{row.id}") for row in rows]


def plan_of(rows: list[Record], **options):
    return make_plan("toy", rows, [], listing(rows), **{"store": "jpg"} | options)
