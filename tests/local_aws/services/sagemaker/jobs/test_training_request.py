"""A CreateTrainingJob request is checked, and gets AWS's defaults."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.jobs.requests import channel, run_training, training
from tests.local_cloud import BUCKET


def test_describe_fills_what_the_caller_left_out(aws, client):
    aws.store.put(BUCKET, "data/a", b"a")
    job = run_training(client("sagemaker"), "pass", InputDataConfig=[channel("data", "data/")])
    assert job["ProfilingStatus"] == "Disabled" and not job["EnableNetworkIsolation"]
    assert job["InputDataConfig"][0]["CompressionType"] == "None"
    assert job["OutputDataConfig"]["CompressionType"] == "GZIP"
    assert job["TrainingTimeInSeconds"] == job["BillableTimeInSeconds"] >= 1
    assert all("_" != name[0] for name in job)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"SessionChainingConfig": {"EnableSessionTagChaining": True}}, "SessionChainingConfig"),
        ({"InfraCheckConfig": {"EnableInfraCheck": True}}, "with InfraCheckConfig: leave that out"),
        ({"RemoteDebugConfig": {"EnableRemoteDebug": True}}, "with RemoteDebugConfig"),
        ({"ExperimentConfig": {"ExperimentName": "e"}}, "with ExperimentConfig"),
        ({"EnableNetworkIsolation": True}, r"EnableNetworkIsolation true \(false is done\)"),
        ({"ResourceConfig": {"InstanceType": "ml.m5.large"}}, "InstanceCount must be given"),
        ({"InputDataConfig": [channel("a", "x/"), channel("a", "y/")]}, "must be unique: a"),
    ],
)
def test_what_can_not_be_run_is_refused_by_name(client, change, message):
    with pytest.raises(ClientError, match=message):
        client("sagemaker").create_training_job(**{**training("job", "pass"), **change})
