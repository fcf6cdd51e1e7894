"""Curated data has a bucket of its own, as safe as the first, and a list of what was set aside."""

import pytest

from helpers.bucket import bucket_setting
from helpers.bucket_contents import delete_bucket, own_buckets
from helpers.curated_data import (
    curated_place,
    curated_uri,
    make_curation_job,
    new_tables,
    quarantine,
)
from helpers.events import make_queue, make_rule, received, tell_events
from helpers.session import client

LINE = b'{"source": "s3://b/raw/a.json", "modified": "2026-01-01", "reason": "not JSON"}\n'


def test_the_second_bucket_is_as_safe_as_the_first_and_goes_with_all_in_it(config):
    make_curation_job(config)
    bucket = config.curated_bucket
    assert all(bucket_setting(config, "public_access_block", bucket).values())
    assert bucket_setting(config, "bucket_encryption", bucket)["Rules"]
    (statement,) = bucket_setting(config, "bucket_policy", bucket)["Statement"]
    assert statement["Effect"] == "Deny" and f"arn:aws:s3:::{bucket}/*" in statement["Resource"]
    client(config, "s3").put_object(Bucket=bucket, Key="curated/birds/x", Body=b"x")
    assert list(own_buckets(config)) == [config.bucket, bucket]
    delete_bucket(config, bucket)
    assert list(own_buckets(config)) == [config.bucket]


def test_the_job_reads_this_data_sets_raw_metadata_and_writes_to_the_second_bucket(config):
    name = make_curation_job(config)
    flags = client(config, "glue").get_job(JobName=name)["Job"]["DefaultArguments"]
    assert flags["--raw"] == f"s3://{config.bucket}/raw/birds/metadata/"
    assert (
        flags["--curated"]
        == f"{curated_uri(config)}/"
        == (f"s3://{config.bucket}-curated/curated/birds/")
    )


def test_without_a_table_its_notebook_is_named(config):
    with pytest.raises(LookupError, match="notebooks/03"):
        quarantine(config)


def test_what_was_set_aside_is_listed_with_its_reason(config):
    glue, s3 = client(config, "glue"), client(config, "s3")
    make_curation_job(config)
    place = f"{curated_uri(config)}/0123/"
    glue.create_database(DatabaseInput={"Name": config.database})
    table = {"Name": "birds_curated", "StorageDescriptor": {"Location": f"{place}rows/"}}
    glue.create_table(DatabaseName=config.database, TableInput=table)
    key = "curated/birds/0123/quarantine/part-0.json"
    s3.put_object(Bucket=config.curated_bucket, Key=key, Body=LINE)
    assert curated_place(config) == place
    assert quarantine(config).to_numpy().tolist() == [["a.json", "not JSON"]]


def test_of_all_objects_of_a_run_one_tells_of_the_new_table(config):
    make_curation_job(config)
    bucket = config.curated_bucket
    tell_events(config, bucket)
    queue = make_queue(config, "heard")
    make_rule(config, "table", new_tables(config), queue)
    for key in ("birds/0123/rows/x.parquet", "birds/0123/summary.json", "bins/0123/summary.json"):
        client(config, "s3").put_object(Bucket=bucket, Key=f"curated/{key}", Body=b"{}")
    keys = [event["detail"]["object"]["key"] for event in received(config, queue, 2, seconds=6)]
    assert keys == ["curated/birds/0123/summary.json"]
