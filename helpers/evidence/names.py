"""Replaces names by placeholders, equal ones for equal names; keeps no name."""

import base64
import hashlib
import hmac

KINDS = {
    "Bucket": "bucket",
    "Database": "database",
    "DatabaseName": "database",
    "Key": "key",
    "Prefix": "key",
    "RoleName": "role",
    "TableName": "table",
    "WorkGroup": "workgroup",
    "repositoryName": "repository",
}
SUFFIXES = {"JobName": "job", "EndpointName": "endpoint", "Name": "name", "Id": "id"}


def kind(member: str) -> str:
    """Return the kind of name that a member of a request or an answer has."""
    if member in KINDS:
        return KINDS[member]
    return next((word for end, word in SUFFIXES.items() if member.endswith(end)), "value")


class Names:
    """Makes placeholders by a keyed hash, so that processes with the same key make the same.

    Nothing has to be remembered or shared but the key. Of a name 25 bits are left, and without
    the key not even a guess can be tried.
    """

    def __init__(self, key: bytes):
        self._key = key

    def placeholder(self, kind: str, name: str) -> str:
        """Return `<kind-xxxxx>`; the last part depends on the name alone, whatever its kind."""
        digest = hmac.new(self._key, name.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return f"<{kind}-{base64.b32encode(digest.digest())[:5].decode().lower()}>"
