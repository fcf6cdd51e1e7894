"""Quotas hold for jobs of both kinds, however many are created at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from local_aws.errors import AwsError
from local_aws.services.sagemaker.jobs.admission import Demand
from tests.local_aws.services.sagemaker.jobs.requests import processing, training, wait_for
from tests.local_cloud import BUCKET

THREADS = 8
SLEEP = "import time; time.sleep(60)"


def test_of_eight_jobs_of_each_kind_at_once_the_quota_of_one_lets_one_in(aws, client):
    aws.store.put(BUCKET, "code/run.py", SLEEP.encode())
    sagemaker, quotas = client("sagemaker"), aws.engines.admission.quotas
    kinds = {
        "training": (sagemaker.create_training_job, lambda name: training(name, SLEEP)),
        "processing": (sagemaker.create_processing_job, processing),
    }
    for kind in kinds:
        quotas.set(f"ml.m5.large for {kind} job usage", 1)

    def create(kind, number):
        call, request = kinds[kind]
        try:
            call(**request(f"{kind}-{number}"))
        except ClientError as error:
            return error.response["Error"]["Code"]
        return kind

    calls = [(kind, number) for number in range(THREADS) for kind in kinds]
    with ThreadPoolExecutor(len(calls)) as pool:
        outcomes = list(pool.map(lambda call: create(*call), calls))
    assert sorted(outcomes) == ["ResourceLimitExceeded"] * 14 + ["processing", "training"]


def test_what_a_quota_refuses_is_not_created(aws):
    created = []
    with pytest.raises(AwsError, match="ResourceLimitExceeded|is 20 Instances"):
        aws.engines.admission.admit(
            lambda: [Demand("ml.m5.large", "training job", 20, 1)], lambda: created.append(1)
        )
    assert created == []


def test_an_instance_is_free_again_once_its_job_has_ended(aws, client):
    aws.engines.admission.quotas.set("ml.m5.large for training job usage", 1)
    sagemaker = client("sagemaker")
    for name in ("first", "second"):
        sagemaker.create_training_job(**training(name, "pass"))
        wait_for(sagemaker, "TrainingJob", name)
