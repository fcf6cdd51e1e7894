"""Finds and deletes what the course keeps in its bucket; a company's bucket itself stays.

In a bucket that the account has, the course's objects lie below `Config.home`, and no other key is
listed or deleted. Two people who share such a bucket need a prefix each: all of one's is one's own.
"""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from helpers.bucket import bucket_exists
from helpers.config import Config
from helpers.session import client


def own_buckets(config: Config) -> Iterator[str]:
    """Yield the bucket, if it is there and the course has made it."""
    if not config.account.bucket and bucket_exists(config):
        yield config.bucket


def own_folders(config: Config) -> Iterator[str]:
    """Yield `<bucket>/<prefix>` of the course's folder in the account's bucket, if it has any."""
    if config.account.bucket and bucket_exists(config) and next(_keys(config), None):
        yield f"{config.bucket}/{config.home}"


def delete_bucket(config: Config, name: str) -> None:
    """Delete the bucket that the course has made, and all in it."""
    delete_contents(config)
    client(config, "s3").delete_bucket(Bucket=name)


def delete_contents(config: Config) -> None:
    """Delete all objects of the course, and uploads that broke off."""
    s3 = client(config, "s3")
    pages = s3.get_paginator("list_multipart_uploads")
    for page in pages.paginate(Bucket=config.bucket, Prefix=config.home):
        for upload in page.get("Uploads", []):
            part = {"Key": upload["Key"], "UploadId": upload["UploadId"]}
            s3.abort_multipart_upload(Bucket=config.bucket, **part)
    keys = list(_keys(config))
    for start in range(0, len(keys), 1000):
        batch = [{"Key": key} for key in keys[start : start + 1000]]
        done = s3.delete_objects(Bucket=config.bucket, Delete={"Objects": batch, "Quiet": True})
        if errors := done.get("Errors"):
            raise ClientError({"Error": errors[0]}, "DeleteObjects")


def _keys(config: Config) -> Iterator[str]:
    pages = client(config, "s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=config.bucket, Prefix=config.home):
        yield from (item["Key"] for item in page.get("Contents", []))
