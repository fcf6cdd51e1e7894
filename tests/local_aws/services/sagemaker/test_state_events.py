"""SageMaker's resources tell of each new state, in AWS's documented forms."""

import pytest

from tests.local_aws.services.sagemaker.hosting.models import Hosting, archive
from tests.local_aws.services.sagemaker.jobs.requests import training, wait_for


@pytest.fixture
def told(aws):
    """Return the changes that the local AWS tells of."""
    changes = []
    aws.parts.changes.listeners.append(changes.append)
    return changes


def test_a_training_job_tells_of_its_secondary_statuses_and_its_end(client, told):
    sagemaker = client("sagemaker")
    request = training("job", "raise SystemExit(1)", Tags=[{"Key": "a", "Value": "b"}])
    arn = sagemaker.create_training_job(**request)["TrainingJobArn"]
    job = wait_for(sagemaker, "TrainingJob", "job")
    assert {change.detail_type for change in told} == {"SageMaker Training Job State Change"}
    states = [
        (change.detail["TrainingJobStatus"], change.detail.get("SecondaryStatus"))
        for change in told
    ]
    assert states[0][0] == "InProgress" and states[-1] == ("Failed", "Failed")
    assert ("InProgress", "Training") in states and len(states) == len({*states})
    last = told[-1]
    assert (last.source, last.resources) == ("aws.sagemaker", [arn])
    assert last.detail["FailureReason"] == job["FailureReason"]
    assert last.detail["Tags"] == {"a": "b"}
    assert last.detail["TrainingEndTime"] == int(job["TrainingEndTime"].timestamp() * 1000)
    assert not any(name.startswith("_") for name in last.detail)


def test_an_endpoint_tells_of_its_life_in_capitals(aws, client, told):
    hosting = Hosting(aws, client)
    hosting.model(data=archive())
    hosting.variant("config", "model")
    hosting.sagemaker.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")
    hosting.settled()
    hosting.sagemaker.delete_endpoint(EndpointName="endpoint")
    states = [change.detail["EndpointStatus"] for change in told]
    assert states == ["CREATING", "IN_SERVICE", "DELETING"]
    assert {change.detail_type for change in told} == {"SageMaker Endpoint State Change"}


def test_a_model_package_tells_of_its_approval(client, told):
    sagemaker = client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="birds")
    arn = sagemaker.create_model_package(ModelPackageGroupName="birds")["ModelPackageArn"]
    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    states = [change.detail["ModelApprovalStatus"] for change in told]
    assert states == ["PendingManualApproval", "Approved"]
    assert told[-1].detail["ModelPackageVersion"] == 1 and told[-1].resources == [arn]
    assert told[-1].detail["LastModifiedTime"].endswith("Z")
