"""The course deletes its own bucket with all in it, and in a company's its own folder alone."""

import dataclasses

import pytest

from helpers.account_settings import AccountSettings
from helpers.bucket_contents import delete_bucket, delete_contents, own_buckets, own_folders
from helpers.session import client


@pytest.fixture
def company(config):
    """Return settings whose bucket is the company's, with objects of others in it."""
    account = AccountSettings(bucket=config.bucket, prefix="ada")
    company = dataclasses.replace(config, account=account)
    s3 = client(company, "s3")
    for key in ("raw/birds/a", "ada/notes", "ada/birds-and-bins-2/x", company.key("raw", "b")):
        s3.put_object(Bucket=config.bucket, Key=key, Body=b"x")
    return company


def keys(aws, config):
    return [info.key for info in aws.store.list(config.bucket, "")]


def test_the_courses_keys_lie_in_a_folder_of_their_own(company):
    assert company.uri("raw", "b") == f"s3://{company.bucket}/ada/birds-and-bins/raw/birds/b"


def test_in_a_companys_bucket_nobody_elses_object_is_touched(aws, company):
    s3 = client(company, "s3")
    for key in ("other", f"{company.home}big"):
        s3.create_multipart_upload(Bucket=company.bucket, Key=key)
    assert list(own_folders(company)) == [f"{company.bucket}/ada/birds-and-bins/"]
    delete_contents(company)
    assert keys(aws, company) == ["ada/birds-and-bins-2/x", "ada/notes", "raw/birds/a"]
    uploads = s3.list_multipart_uploads(Bucket=company.bucket)["Uploads"]
    assert [upload["Key"] for upload in uploads] == ["other"]
    assert not list(own_folders(company)) and not list(own_buckets(company))


def test_a_company_that_keeps_versions_has_none_of_the_course_left(aws, company):
    s3, key = client(company, "s3"), company.key("raw", "b")
    status = {"Status": "Enabled"}
    s3.put_bucket_versioning(Bucket=company.bucket, VersioningConfiguration=status)
    s3.put_object(Bucket=company.bucket, Key=key, Body=b"y")
    s3.delete_object(Bucket=company.bucket, Key=key)
    assert list(own_folders(company)), "a marker and two versions are there"
    delete_contents(company)
    pages = s3.list_object_versions(Bucket=company.bucket)
    assert "DeleteMarkers" not in pages and not list(own_folders(company))
    left = ["ada/birds-and-bins-2/x", "ada/notes", "raw/birds/a"]
    assert [version["Key"] for version in pages["Versions"]] == left


def test_its_own_bucket_goes_with_all_in_it(aws, config):
    s3 = client(config, "s3")
    s3.put_object(Bucket=config.bucket, Key="raw/birds/a", Body=b"x")
    s3.create_multipart_upload(Bucket=config.bucket, Key="big")
    assert list(own_buckets(config)) == [config.bucket] and not list(own_folders(config))
    delete_bucket(config, config.bucket)
    assert not list(own_buckets(config))
