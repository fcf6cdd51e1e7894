"""The objects of one moment: what comes or changes later is left for the next run.

In the automatic pipeline Explore looks at the new objects and takes the snapshot; Features and
Shards keep to it, so nothing is learned that was not looked at, and nothing that came meanwhile is
set aside as if it were known. Knows no data set.
"""

import json
from collections.abc import Iterable, Mapping

from helpers.storage import Entry, Folder

NAME = "objects.json"
"""Of the object that holds a snapshot, in the folder of Explore's results."""


def take(objects: Iterable[Entry]) -> str:
    """Return the snapshot of a listing, as JSON: {key: etag}."""
    return json.dumps({each.key: each.etag for each in objects}, indent=0)


def read(folder: Folder) -> dict[str, str]:
    """Return the snapshot in a folder; FileNotFoundError if it has none."""
    return json.loads(folder.read(NAME))


def within(objects: Iterable[Entry], snapshot: Mapping[str, str] | None) -> list[Entry]:
    """Return the objects that a snapshot has, with the same bytes; all without a snapshot.

    The job's log counts and lists the others.
    """
    objects = [*objects]
    if snapshot is None:
        return objects
    later = [each.key for each in objects if snapshot.get(each.key) != each.etag]
    if later:
        print(f"{len(later)} objects came or changed later and are left for the next run:")
        print("".join(f"  {key}\n" for key in later), end="", flush=True)
    return [each for each in objects if snapshot.get(each.key) == each.etag]
