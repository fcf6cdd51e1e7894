"""A definition that can't be run is refused when the pipeline is made, by what is wrong in it."""

import json

import pytest
from botocore.exceptions import ClientError

from local_aws.services.sagemaker.pipelines.definition import files, read
from tests.local_aws.services.sagemaker.jobs.requests import ROLE
from tests.local_aws.services.sagemaker.pipelines.definitions import (
    condition,
    equal,
    fail,
    get,
    parameter,
    process,
    step,
    text,
    train,
)
from tests.local_cloud import BUCKET

POLICY = {"ExceptionType": ["Step.THROTTLING"]}


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        ("{", "is no JSON"),
        ("[]", "Version must be 2020-12-01"),
        (json.dumps({"Version": "2019-01-01", "Steps": []}), "Version must be 2020-12-01"),
        (text(fail(), Other=1), "Unknown members of the pipeline definition: Other"),
        (text(fail(), MlflowConfig={"a": 1}), "does not support MlflowConfig"),
        (json.dumps({"Version": "2020-12-01"}), "needs a list of Steps"),
        (text(step("a", "Callback")), "does not support steps of type Callback: step a"),
        (text(condition("c", yes=[step("a", "EMR")])), "does not support steps of type EMR"),
        (text(fail("a b")), "must be 1 to 64 letters"),
        (text(fail("a"), condition("c", yes=[fail("a")])), "Step names must be unique: a"),
        (text(fail(Other=1)), "does not support Other of step stop"),
        (text(fail(DependsOn=["x"])), "depends on unknown steps: x"),
        (text(fail(DependsOn=[{"Step": "x", "Trigger": "Maybe"}])), "unknown trigger Maybe"),
        (
            text(fail("a", DependsOn=["b"]), fail("b", DependsOn=["a"])),
            "wait for one another: a, b",
        ),
        (text(fail("a", get("Parameters.x"))), "refers to the unknown Parameters.x"),
        (text(fail("a", get("Execution.Name"))), "refers to the unknown Execution.Name"),
        (text(fail("a", get("Steps.b.PropertyFiles.f")), process("b")), "is no property file of b"),
        (text(condition("c", equal(1, 1, "Like"))), "unknown type Like"),
        (text(train("t", "", RetryPolicies=[POLICY])), "either MaxAttempts or ExpireAfterMin"),
        (text(train("t", "", CacheConfig={"ExpireAfter": "soon"})), "no ISO 8601 duration"),
        (text(train("t", "", EnableNetworkIsolation=True)), "CreateTrainingJob with EnableNetwork"),
        (text(train("t", "", Nonsense=1)), "Step t: unknown Nonsense"),
        (text(fail(), parameters=[parameter("a"), parameter("a")]), "must be unique: a"),
    ],
)
def test_what_can_not_be_run_is_refused(sagemaker, definition, words):
    with pytest.raises(ClientError) as refused:
        sagemaker.create_pipeline(PipelineName="wrong", PipelineDefinition=definition, RoleArn=ROLE)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert words in refused.value.response["Error"]["Message"]


def test_a_definition_may_lie_in_the_bucket(aws, sagemaker, pipelines):
    aws.store.put(BUCKET, "definition.json", text(fail()).encode())
    place = {"Bucket": BUCKET, "ObjectKey": "definition.json"}
    asked = {"PipelineName": "chain", "RoleArn": ROLE}
    sagemaker.create_pipeline(**asked, PipelineDefinitionS3Location=place)
    shown = sagemaker.describe_pipeline(PipelineName="chain")
    assert shown["PipelineDefinition"] == text(fail())
    with pytest.raises(ClientError, match="There is no pipeline definition at s3://"):
        sagemaker.update_pipeline(
            **asked, PipelineDefinitionS3Location={**place, "ObjectKey": "none"}
        )


def test_a_definition_is_read_with_the_steps_inside_conditions():
    file = {"PropertyFileName": "f", "OutputName": "o", "FilePath": "x"}
    inner = process("p", PropertyFiles=[file])
    found = read(text(condition("c", equal(1, 1), yes=[inner])))
    assert list(found.steps) == ["c", "p"] and files(found.steps["p"]) == {"f": file}
