"""Quotas have AWS's names and refuse in its words."""

import pytest
from botocore.exceptions import ClientError

from local_aws.services.sagemaker.jobs.quotas import Quotas
from tests.local_aws.services.sagemaker.jobs.requests import training


def test_more_instances_than_the_quota_leaves_are_refused_as_aws_words_it(aws, client):
    aws.engines.admission.quotas.set("ml.m5.large for training job usage", 3)
    sagemaker = client("sagemaker")
    sagemaker.create_training_job(**training("first", "import time; time.sleep(60)", count=2))
    message = "is 3 Instances, with current utilization of 2 Instances and a request delta of 2"
    with pytest.raises(ClientError, match=f"ResourceLimitExceeded.*{message}"):
        sagemaker.create_training_job(**training("second", "pass", count=2))


def test_a_quota_that_aws_does_not_have_is_not_set(tmp_path):
    with pytest.raises(ValueError, match="the names are"):
        Quotas(tmp_path).set("ml.m5.large", 0)
