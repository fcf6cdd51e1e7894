"""The object store as a role may use it: what the platform of a job does for it in S3.

Jobs' own requests come over HTTP and are refused there. Only a server that was started with the
user's policies holds a platform to its role. Left out: bucket policies, encryption keys.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from local_aws.parts import Call, Parts
from local_aws.role_permissions import check
from local_aws.state.objects.store import ObjectInfo, ObjectStore

AT_ONCE = 500
"""Objects of one question to IAM's simulator."""


class RoleStore:
    """What jobs use of an ObjectStore; raises AccessDenied where the role may not."""

    def __init__(self, store: ObjectStore, call: Call, role: str | None):
        self._store, self._call, self._role = store, call, role

    def _check(self, action: str, *places: str, **context: str) -> None:
        resources = [f"arn:aws:s3:::{place}" for place in places]
        check(self._call, self._role, action, *resources, context=context)

    def list(self, bucket: str, prefix: str = "") -> Iterator[ObjectInfo]:
        """Yield objects that lie there, each of which the role may read."""
        self._check("s3:ListBucket", bucket, **{"s3:prefix": prefix})
        found = iter(self._store.list(bucket, prefix))
        while infos := [*islice(found, AT_ONCE)]:
            self._check("s3:GetObject", *(f"{bucket}/{info.key}" for info in infos))
            yield from infos

    def info(self, bucket: str, key: str) -> ObjectInfo:
        """Return an object's facts, and the path of its content."""
        self._check("s3:GetObject", f"{bucket}/{key}")
        return self._store.info(bucket, key)

    def read(self, bucket: str, key: str) -> bytes:
        """Return an object's content."""
        self._check("s3:GetObject", f"{bucket}/{key}")
        return self._store.read(bucket, key)

    def put(self, bucket: str, key: str, content: bytes | Path) -> ObjectInfo:
        """Write an object."""
        self._check("s3:PutObject", f"{bucket}/{key}")
        return self._store.put(bucket, key, content)


def store_of(parts: Parts, role: str | None) -> ObjectStore | RoleStore:
    """Return the store as a role may use it; the store itself where nobody is held to policies."""
    return RoleStore(parts.store, parts.call, role) if parts.policies else parts.store
