"""The course's bucket: private, encrypted, TLS only; knows its settings, not its contents."""

import json

from botocore.exceptions import ClientError

from helpers.config import Config
from helpers.session import client


def make_bucket(config: Config) -> str:
    """Make the course's bucket and close it to the public; running it again changes nothing.

    Returns:
        The bucket's name.
    """
    s3 = client(config, "s3")
    if not bucket_exists(config):
        # us-east-1 is the one region that a request must not name.
        location = {"LocationConstraint": config.region}
        extra = {} if config.region == "us-east-1" else {"CreateBucketConfiguration": location}
        s3.create_bucket(Bucket=config.bucket, **extra)
    s3.put_public_access_block(
        Bucket=config.bucket,
        PublicAccessBlockConfiguration=dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"),
            True,
        ),
    )
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(
        Bucket=config.bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    s3.put_bucket_policy(Bucket=config.bucket, Policy=json.dumps(_tls_only(config.bucket)))
    return config.bucket


def bucket_exists(config: Config) -> bool:
    """Return whether the course's bucket exists."""
    try:
        client(config, "s3").head_bucket(Bucket=config.bucket)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return False
        raise
    return True


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
