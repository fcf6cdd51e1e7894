"""The course's buckets: private, encrypted, TLS only; knows their settings, not their contents.

A bucket that the account has is checked and not changed.
"""

import json

from botocore.exceptions import ClientError

from helpers.config import Config
from helpers.session import client


def make_bucket(config: Config, name: str | None = None) -> str:
    """Make a bucket of the course and close it to the public; running it again changes nothing.

    Args:
        name: None for the first one, or `Config.curated_bucket`.

    Returns:
        The bucket's name.

    Raises:
        LookupError: the account's own bucket, which is not made, is not there.
        ValueError: it has another default encryption than the account's key.
    """
    if config.account.bucket:
        _check(config)
        return config.bucket
    s3, name = client(config, "s3"), name or config.bucket
    if not bucket_exists(config, name):
        # us-east-1 is the one region that a request must not name.
        location = {"LocationConstraint": config.region}
        extra = {} if config.region == "us-east-1" else {"CreateBucketConfiguration": location}
        s3.create_bucket(Bucket=name, **extra)
    s3.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration=dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"),
            True,
        ),
    )
    s3.put_bucket_encryption(
        Bucket=name, ServerSideEncryptionConfiguration={"Rules": [_encryption(config)]}
    )
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(_tls_only(name)))
    return name


def bucket_exists(config: Config, name: str | None = None) -> bool:
    """Return whether a bucket exists: the course's first one, unless another is named."""
    try:
        client(config, "s3").head_bucket(Bucket=name or config.bucket)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return False
        raise
    return True


def bucket_setting(config: Config, name: str, bucket: str | None = None) -> dict:
    """Return a setting of a bucket; {} where a bucket of the account has none.

    Args:
        name: what S3's client gets by `get_<name>`, such as `bucket_policy`.
        bucket: None for the course's first one.
    """
    try:
        answer = getattr(client(config, "s3"), f"get_{name}")(Bucket=bucket or config.bucket)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "NoSuchBucket" or not code.startswith("NoSuch"):
            raise
        return {}
    (value,) = (value for member, value in answer.items() if member != "ResponseMetadata")
    return json.loads(value) if isinstance(value, str) else value


def _encryption(config: Config) -> dict:
    """Return how objects are encrypted that come without a word on it, as those of jobs do.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
    """
    if not config.account.kms_key:
        return {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    key = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": config.account.kms_key}
    # One request to KMS for many objects, instead of one for each.
    return {"ApplyServerSideEncryptionByDefault": key, "BucketKeyEnabled": True}


def _check(config: Config) -> None:
    """See that the account's own bucket is there, and encrypts what jobs write with its key."""
    if not bucket_exists(config):
        raise LookupError(
            f"No bucket {config.bucket}: correct COURSE_BUCKET, or unset it to have one made"
        )
    if not (key := config.account.kms_key):
        return
    settings = client(config, "s3").get_bucket_encryption(Bucket=config.bucket)
    rules = settings["ServerSideEncryptionConfiguration"]["Rules"]
    keys = [
        rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID") for rule in rules
    ]
    if key not in keys:
        raise ValueError(
            f"The bucket {config.bucket} does not encrypt with COURSE_KMS_KEY by default, and what "
            "jobs write to it comes without a key: set the key as the bucket's default encryption"
        )


def _tls_only(bucket: str) -> dict:
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
