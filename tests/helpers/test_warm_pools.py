"""Warm pools as Describe tells of them."""

from helpers.warm_pools import WarmPool, warm_pool
from tests.local_aws.services.sagemaker.jobs.requests import training, wait_for


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
