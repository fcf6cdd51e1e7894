"""Plans what a deletion does to an object and to its versions. Moves no files itself."""

from pathlib import Path

from local_aws.state.objects import key_files
from local_aws.state.objects.info import NULL, ObjectInfo
from local_aws.state.objects.objects_table import Objects
from local_aws.state.objects.versions import Change


def of_key(
    objects: Objects, change: Change, bucket: str, key: str, request: str | None
) -> str | None:
    """Plan the end of a key's object; return the id of the delete marker, if it gets one."""
    versions, old, marker = objects.versions, objects.get(bucket, key), None
    if versions.status(bucket):
        version = versions.new_id(bucket)
        versions.supersede(change, old, bucket, key, version)
        change.rows.append(lambda: versions.mark(bucket, key, version))
        marker = version or NULL
    if old and old.path not in change.moved:
        change.gone.append(old.path)
    if old or marker:
        change.rows.append(lambda: objects.delete(bucket, key, request, marker=marker))
    return marker


def of_version(
    objects: Objects, change: Change, one: tuple[str, str, str], request: str | None, side: Path
) -> ObjectInfo | None:
    """Plan the end of one version, after which the newest that is left is the current one.

    Args:
        one: bucket, key and version.
        side: the folder of the files of odd keys.

    Returns:
        The version, which may be a delete marker; None if there is none.
    """
    bucket, key, version = one
    versions, current = objects.versions, objects.get(bucket, key)
    if current and current.version_id == version:
        info = current
        change.gone.append(info.path)
        change.rows.append(lambda: objects.delete(bucket, key, request, info.version))
    elif info := versions.get(*one):
        versions.drop(change, info)
        change.rows.append(lambda: objects.notices.deleted(bucket, key, request, info.version))
    newest = versions.newest(bucket, key, version)
    if info and (info is current or not current) and newest and not newest.marker:
        row = versions.promote(
            change, newest, *key_files.home(objects.root, str(side), bucket, key)
        )
        change.rows.append(lambda: objects.restore(*row))
    return info
