"""Finds and deletes what the course keeps in its buckets; a company's bucket itself stays.

In a bucket that the account has, the course's objects lie below `Config.home`, and no other key is
listed or deleted. Two people who share such a bucket need a prefix each: all of one's is one's own.
"""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from helpers.bucket import bucket_exists
from helpers.config import Config
from helpers.session import client


def own_buckets(config: Config) -> Iterator[str]:
    """Yield the buckets that are there and that the course has made."""
    if not config.account.bucket:
        names = (config.bucket, config.curated_bucket)
        yield from (name for name in names if bucket_exists(config, name))


def own_folders(config: Config) -> Iterator[str]:
    """Yield `<bucket>/<prefix>` of the course's folder in the account's bucket, if it has any."""
    if not config.account.bucket or not bucket_exists(config):
        return
    if next(_versions(config, config.bucket), None):
        yield f"{config.bucket}/{config.home}"


def delete_bucket(config: Config, name: str) -> None:
    """Delete a bucket that the course has made, and all in it."""
    delete_contents(config, name)
    client(config, "s3").delete_bucket(Bucket=name)


def delete_contents(config: Config, bucket: str | None = None) -> None:
    """Delete all objects of the course in a bucket, older versions too, and broken uploads."""
    s3, bucket = client(config, "s3"), bucket or config.bucket
    pages = s3.get_paginator("list_multipart_uploads")
    for page in pages.paginate(Bucket=bucket, Prefix=config.home):
        for upload in page.get("Uploads", []):
            part = {"Key": upload["Key"], "UploadId": upload["UploadId"]}
            s3.abort_multipart_upload(Bucket=bucket, **part)
    versions = list(_versions(config, bucket))
    for start in range(0, len(versions), 1000):
        batch = versions[start : start + 1000]
        done = s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        if errors := done.get("Errors"):
            raise ClientError({"Error": errors[0]}, "DeleteObjects")


def _versions(config: Config, bucket: str) -> Iterator[dict[str, str]]:
    """Yield key and version of all that is there: an account may keep versions of objects."""
    pages = client(config, "s3").get_paginator("list_object_versions")
    for page in pages.paginate(Bucket=bucket, Prefix=config.home):
        for item in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
            yield {"Key": item["Key"], "VersionId": item["VersionId"]}
