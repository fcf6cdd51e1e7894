"""The course's bucket is private, encrypted and TLS only."""

import json

import pytest
from botocore.exceptions import ClientError

from helpers.account_settings import AccountSettings
from helpers.bucket import bucket_exists, bucket_setting, make_bucket
from helpers.course_tag import TAG
from helpers.session import client
from tests.company import COMPANY, KEY
from tests.local_cloud import course_config


@pytest.fixture
def ours(aws, config):
    """Return settings whose bucket is not there yet, and the run's S3 client."""
    return course_config(aws, bucket="birds-and-bins-test"), client(config, "s3")


def test_it_is_made_closed_and_encrypted(ours):
    config, s3 = ours
    assert not bucket_exists(config)
    assert make_bucket(config) == config.bucket and bucket_exists(config)
    block = s3.get_public_access_block(Bucket=config.bucket)["PublicAccessBlockConfiguration"]
    assert len(block) == 4 and all(block.values())
    rules = s3.get_bucket_encryption(Bucket=config.bucket)["ServerSideEncryptionConfiguration"]
    algorithm = rules["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
    assert algorithm == "AES256"


def test_whoever_comes_without_tls_is_refused(ours):
    config, s3 = ours
    make_bucket(config)
    policy = json.loads(s3.get_bucket_policy(Bucket=config.bucket)["Policy"])
    [statement] = policy["Statement"]
    assert statement["Effect"] == "Deny" and statement["Principal"] == "*"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert f"arn:aws:s3:::{config.bucket}/*" in statement["Resource"]


def test_making_it_again_changes_nothing_and_loses_nothing(ours):
    config, s3 = ours
    make_bucket(config)
    s3.put_object(Bucket=config.bucket, Key="raw/a", Body=b"a")
    make_bucket(config)
    assert s3.get_object(Bucket=config.bucket, Key="raw/a")["Body"].read() == b"a"


def test_it_is_made_in_the_runs_region(aws, config):
    ours = course_config(aws, bucket="birds-and-bins-eu", region="eu-west-1")
    make_bucket(ours)
    place = client(ours, "s3").get_bucket_location(Bucket=ours.bucket)["LocationConstraint"]
    assert place == "eu-west-1"


def default_key(config, name):
    settings = client(config, "s3").get_bucket_encryption(Bucket=name)
    rule = settings["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["BucketKeyEnabled"]
    return rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]


def test_a_companys_key_is_its_default_encryption_and_its_tags_are_the_buckets(aws, config):
    company = course_config(aws, bucket="birds-and-bins-test", account=COMPANY)
    make_bucket(company)
    assert default_key(config, company.bucket) == KEY
    tags = client(config, "s3").get_bucket_tagging(Bucket=company.bucket)["TagSet"]
    assert tags == [*COMPANY.tag_list, TAG]


def test_a_companys_bucket_is_left_as_it_is(aws, config):
    company = course_config(aws, account=AccountSettings(bucket=config.bucket))
    assert make_bucket(company) == config.bucket
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        client(config, "s3").get_bucket_policy(Bucket=config.bucket)


def test_the_settings_of_a_bucket_are_told_and_a_companys_may_lack_some(aws, config):
    company = course_config(aws, account=AccountSettings(bucket=config.bucket))
    assert bucket_setting(company, "public_access_block") == {}
    assert bucket_setting(company, "bucket_policy") == {}
    own = course_config(aws, bucket="birds-and-bins-test")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        bucket_setting(own, "bucket_policy")
    make_bucket(own)
    assert {*bucket_setting(own, "public_access_block").values()} == {True}
    assert bucket_setting(own, "bucket_policy")["Statement"][0]["Effect"] == "Deny"


def test_a_companys_bucket_that_is_not_there_is_not_made(aws, config):
    company = course_config(aws, bucket="none", account=AccountSettings(bucket="none"))
    with pytest.raises(LookupError, match="correct COURSE_BUCKET"):
        make_bucket(company)


def test_what_jobs_write_to_a_companys_bucket_must_get_its_key(aws, config):
    account = AccountSettings(bucket=config.bucket, kms_key=KEY)
    company = course_config(aws, account=account)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3 = client(config, "s3")
    s3.put_bucket_encryption(
        Bucket=config.bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    with pytest.raises(ValueError, match="set the key as the bucket's default encryption"):
        make_bucket(company)
    rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] = KEY
    s3.put_bucket_encryption(
        Bucket=config.bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    assert make_bucket(company) == config.bucket
