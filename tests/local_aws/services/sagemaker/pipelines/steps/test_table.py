"""Every type of step that the SDK has is executed, or refused by name."""

import pytest
from botocore.exceptions import ClientError

from local_aws.services.sagemaker.pipelines.steps.table import KINDS
from tests.local_aws.services.sagemaker.jobs.requests import ROLE
from tests.local_aws.services.sagemaker.pipelines.definitions import step, text

SDK = (
    *("Condition", "Model", "Processing", "RegisterModel", "Training", "Transform", "Callback"),
    *("Tuning", "Lambda", "QualityCheck", "ClarifyCheck", "EMR", "EMRServerless", "Fail", "AutoML"),
    *("EndpointConfig", "Endpoint", "InferenceComponent", "Lineage", "Job", "Cleanup", "ForEach"),
)
EXECUTED = {kind.type for kind in KINDS}


def test_each_kind_has_a_type_of_its_own():
    assert len(EXECUTED) == len(KINDS) and {*SDK} > EXECUTED


@pytest.mark.parametrize("kind", sorted({*SDK} - EXECUTED))
def test_another_type_is_refused_by_name(sagemaker, kind):
    asked = {"PipelineName": "wrong", "RoleArn": ROLE}
    with pytest.raises(ClientError, match=f"does not support steps of type {kind}: step a"):
        sagemaker.create_pipeline(**asked, PipelineDefinition=text(step("a", kind)))
