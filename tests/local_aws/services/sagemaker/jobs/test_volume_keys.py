"""A key for volumes is refused where instances have disks of their own, by every kind of job."""

import pytest
from botocore.exceptions import ClientError

from local_aws.errors import AwsError
from local_aws.services.sagemaker.jobs.volume_keys import check_volume_key
from local_aws.services.sagemaker.tuning.requests import check
from tests.local_aws.services.sagemaker.jobs.requests import processing, training
from tests.local_aws.services.sagemaker.tuning.requests import tuning

KEY = "0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f"
WORDS = "You can't request a VolumeKmsKeyId when using an instance type with local storage"


def keyed(kind):
    return {"VolumeKmsKeyId": KEY, "InstanceType": kind, "InstanceCount": 1, "VolumeSizeInGB": 1}


@pytest.mark.parametrize("kind", ["ml.g4dn.xlarge", "ml.p4de.24xlarge", "ml.g5.xlarge"])
def test_instances_with_disks_of_their_own_take_no_key(kind):
    with pytest.raises(AwsError, match=WORDS):
        check_volume_key(keyed(kind))


@pytest.mark.parametrize("kind", ["ml.m5.large", "ml.c5.xlarge", "ml.p3.2xlarge"])
def test_the_others_take_one_and_none_needs_one(kind):
    check_volume_key(keyed(kind))
    check_volume_key({"InstanceType": "ml.g4dn.xlarge"})


def test_training_and_processing_jobs_are_refused(client):
    sagemaker, request = client("sagemaker"), processing("job")
    request["ProcessingResources"]["ClusterConfig"] = keyed("ml.g5.xlarge")
    with pytest.raises(ClientError, match=WORDS):
        sagemaker.create_processing_job(**request)
    with pytest.raises(ClientError, match=WORDS):
        sagemaker.create_training_job(**training("j", "pass", ResourceConfig=keyed("ml.g5.xlarge")))


def test_a_tuning_job_is_refused_before_its_first_trial():
    request = tuning()
    request["TrainingJobDefinition"]["ResourceConfig"] = keyed("ml.g4dn.xlarge")
    with pytest.raises(AwsError, match=WORDS):
        check(request)
