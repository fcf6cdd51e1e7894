"""Notices files that other programs changed, and updates the index. Knows no HTTP."""

import os
from collections.abc import Iterator
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.state import paths
from local_aws.state.objects.index import Index
from local_aws.state.objects.info import ObjectInfo, pack
from local_aws.state.objects.objects_table import Objects
from local_aws.state.objects.temporary_files import file_md5


def same(info: ObjectInfo | None, stat: os.stat_result) -> bool:
    """Say whether a file is unchanged since the index knows it."""
    return info is not None and (info.size, info.mtime_ns) == (stat.st_size, stat.st_mtime_ns)


def forget(index: Index, objects: Objects, info: ObjectInfo) -> None:
    """Drop the row of a key whose file is gone."""
    with index.transaction():
        now = objects.get(info.bucket, info.key)
        if now and not now.path.is_file():
            marker = objects.versions.new_id(info.bucket)
            if marker:
                objects.versions.mark(info.bucket, info.key, marker)
            objects.delete(info.bucket, info.key, marker=marker)


def register(
    index: Index, objects: Objects, bucket: str, key: str, path: str, location: str | None = None
) -> ObjectInfo | None:
    """Write the row of a file as it is now; facts that are not in the file (metadata) stay.

    Args:
        location: of an odd key's file, from `key_files.home`.

    Returns:
        The object, or None if the index knew the file or it changed again meanwhile.
    """
    known = objects.get(bucket, key)
    before = os.stat(path)
    if same(known, before):
        return None
    md5 = file_md5(path)  # outside the lock: hashing may take seconds
    kept = {}
    if known:
        kept = {"metadata": known.metadata, "headers": known.headers}
        kept["content_type"] = known.content_type
    kept["version"] = known.version if known else objects.versions.new_id(bucket)
    with index.transaction():
        now = os.stat(path)
        unchanged = (now.st_size, now.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
        if not unchanged or objects.get(bucket, key) != known:
            return None
        row = (bucket, key, now.st_size, md5, now.st_mtime_ns, location)
        return objects.put(*row, pack(**kept))


def files(folder: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield (key, path) of the plain files in a bucket's folder whose key starts with `prefix`."""
    start = os.path.dirname(prefix)
    try:
        top = paths.below(Path(folder), f"{start}/-").parent if start else folder
    except AwsError:
        return  # no plain file has such a key
    for parent, folders, names_here in os.walk(top):
        folders.sort()
        for name in sorted(names_here):
            path = os.path.join(parent, name)
            key = path[len(folder) + 1 :]
            if key.startswith(prefix) and os.path.isfile(path):
                yield key, path
