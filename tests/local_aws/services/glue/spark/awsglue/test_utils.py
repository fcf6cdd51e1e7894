"""The options of a script are those of its run's arguments."""

import pytest

from local_aws.services.glue.spark.awsglue.utils import GlueArgumentError, getResolvedOptions

ARGV = [
    "etl.py",
    "--JOB_NAME",
    "etl",
    "--source",
    "s3://a/b",
    "--day=monday",
    "--TempDir",
    "s3://t",
]


def test_named_options_and_those_of_every_run_are_returned():
    assert getResolvedOptions(ARGV, ["source", "day"]) == {
        "source": "s3://a/b",
        "day": "monday",
        "JOB_NAME": "etl",
        "TempDir": "s3://t",
    }


def test_a_value_that_looks_like_an_option_is_a_value():
    assert getResolvedOptions(["x", "--offset", "-3", "--rule", "--x"], ["offset", "rule"]) == {
        "offset": "-3",
        "rule": "--x",
    }


def test_a_missing_option_is_named():
    with pytest.raises(GlueArgumentError, match="required: --place"):
        getResolvedOptions(ARGV, ["source", "place"])
