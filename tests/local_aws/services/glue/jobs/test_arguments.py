"""The arguments of a run: which the script gets, and which AWS reads."""

import pytest

from local_aws.errors import AwsError
from local_aws.services.glue.jobs.arguments import (
    check_arguments,
    merged,
    spark_settings,
    words,
)


def test_a_runs_own_arguments_win_over_defaults_and_fixed_ones_over_all():
    job = {"DefaultArguments": {"--a": "1", "--b": "1", "--c": "1"}}
    job["NonOverridableArguments"] = {"--c": "3"}
    assert merged(job, {"--b": "2", "--c": "2"}) == {"--a": "1", "--b": "2", "--c": "3"}


def test_the_script_gets_all_but_its_modules_and_sparks_settings():
    arguments = {"--extra-py-files": "s3://b/a.py", "--conf": "a=1", "--TempDir": "s3://b/t/"}
    assert words(arguments) == ["--TempDir", "s3://b/t/"]


def test_several_settings_of_spark_are_read_from_one_argument():
    assert spark_settings({"--conf": "spark.a=1 --conf spark.b=x=y"}) == {
        "spark.a": "1",
        "spark.b": "x=y",
    }
    assert spark_settings({}) == {}


def test_an_argument_that_asks_nothing_of_aws_passes():
    check_arguments(
        "CreateJob", "DefaultArguments", {"--job-bookmark-option": "job-bookmark-disable"}
    )
    check_arguments("CreateJob", "DefaultArguments", {"--enable-spark-ui": "false", "--own": "x"})


@pytest.mark.parametrize("name", ["--additional-python-modules", "--enable-metrics"])
def test_an_argument_that_aws_would_act_on_is_refused(name):
    with pytest.raises(AwsError, match=name):
        check_arguments("StartJobRun", "Arguments", {name: "true"})
