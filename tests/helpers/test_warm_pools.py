"""Warm pools as Describe tells of them."""

from helpers.warm_pools import MATCHING, WarmPool, matching_values, period_limits, warm_pool
from local_aws.services.sagemaker.jobs.pools import pool_key
from tests.local_aws.services.sagemaker.jobs.requests import training, wait_for
from tests.local_cloud import JOB_ROLE


def test_a_pool_says_what_waiting_costs():
    pool = WarmPool("job", "Available", "ml.g4dn.xlarge", 2, 600, 100)
    assert repr(pool) == (
        "<WarmPool Available: 2 × ml.g4dn.xlarge at $1.47 an hour, waited 100 s of 600 s, $0.04>"
    )


def test_a_job_without_a_keep_alive_period_keeps_nothing(config, client):
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("job", "pass"))
    wait_for(sagemaker, "TrainingJob", "job")
    pool = warm_pool(config, "job")
    assert (pool.status, pool.keep_seconds, pool.cost) == ("None", 0, 0)


def test_the_values_that_differ_are_those_that_keep_a_job_off_a_pool(config, client):
    sagemaker, iam = client("sagemaker"), client("iam")
    for role in "ab":
        iam.create_role(**{**JOB_ROLE, "RoleName": role})
    for name, size, role in (("one", 30, "a"), ("same", 30, "a"), ("other", 40, "b")):
        request = training(name, "pass", RoleArn=f"arn:aws:iam::000000000000:role/{role}")
        request["ResourceConfig"]["VolumeSizeInGB"] = size
        sagemaker.create_training_job(**request)
        wait_for(sagemaker, "TrainingJob", name)
    values = matching_values(config, ["one", "same", "other"])
    assert values["one"].equals(values["same"])
    differing = values.index[values["one"] != values["other"]]
    assert list(differing) == ["RoleArn", "ResourceConfig.VolumeSizeInGB"]


def test_the_local_aws_compares_as_many_values_and_the_tuning_job():
    left_out, tuning_job = 1, 1  # session tags are refused
    assert len(pool_key(training("job", "pass"))) == len(MATCHING) - left_out + tuning_job


def test_the_range_of_a_period_is_botocores(config):
    least, most = period_limits(config)
    assert (least, most) == (0, 21_600)
