"""Expressions become the values that they stand for, in the types of the request."""

import pytest

from local_aws.services.sagemaker.pipelines.references import (
    Resolver,
    Unresolved,
    fitted,
    literal,
    paths,
)
from local_aws.wire.validation import operation_model

JOB = {
    "ModelArtifacts": {"S3ModelArtifacts": "s3://b/model.tar.gz"},
    "Outputs": [{"OutputName": "train", "S3Output": {"S3Uri": "s3://b/train"}}],
    "Tags": {"a key": "value"},
}
FILES = {"s3://b/report.json": b'{"metrics": {"f1-score": [0.5, 0.6]}}', "s3://b/no.json": b"{"}


@pytest.fixture
def resolver():
    values = {"Parameters": {"epochs": 3, "rate": 0.5, "fast": True}}
    outputs = {"train": JOB}.get
    return Resolver(values, outputs, FILES.__getitem__, lambda step, name: f"s3://b/{name}.json")


def get(path):
    return {"Get": path}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (get("Parameters.epochs"), 3),
        (get("Steps.train.ModelArtifacts.S3ModelArtifacts"), "s3://b/model.tar.gz"),
        (get("Steps.train.Outputs[0].S3Output.S3Uri"), "s3://b/train"),
        (get("Steps.train.Outputs['train'].S3Output.S3Uri"), "s3://b/train"),
        (get("Steps.train.Tags['a key']"), "value"),
        (
            {"Std:Join": {"On": "/", "Values": ["s3:/", get("Parameters.epochs"), 0.5]}},
            "s3://3/0.5",
        ),
        ({"Std:Join": {"On": "", "Values": [get("Parameters.fast")]}}, "true"),
        ([{"a": get("Parameters.rate")}, "b"], [{"a": 0.5}, "b"]),
    ],
)
def test_an_expression_stands_for_a_value(resolver, expression, value):
    assert resolver.resolve(expression) == value


@pytest.mark.parametrize("path", ["metrics.f1-score[1]", "$.metrics['f1-score'][1]"])
def test_a_part_of_a_json_file_is_read(resolver, path):
    file = {"PropertyFile": get("Steps.train.PropertyFiles.report"), "Path": path}
    assert resolver.resolve({"Std:JsonGet": file}) == 0.6
    uri = {"Std:Join": {"On": "/", "Values": ["s3://b", "report.json"]}}
    assert resolver.resolve({"Std:JsonGet": {"S3Uri": uri, "Path": path}}) == 0.6


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (get("Parameters.none"), "Parameters.none is not there"),
        (get("Steps.other.Arn"), "step other has not succeeded"),
        (get("Steps.train.Outputs['test']"), "is not there"),
        (get("Steps.train.Outputs[7]"), "is not there"),
        ({"Std:JsonGet": {"S3Uri": "s3://b/other", "Path": "a"}}, "there is no s3://b/other"),
        ({"Std:JsonGet": {"S3Uri": "s3://b/no.json", "Path": "a"}}, "is no JSON"),
        ({"Std:JsonGet": {"S3Uri": "s3://b/report.json", "Path": "a"}}, "a of s3://b/report.json"),
    ],
)
def test_what_is_not_there_is_told(resolver, expression, words):
    with pytest.raises(Unresolved) as told:
        resolver.resolve(expression)
    assert words in str(told.value)


def test_the_paths_of_a_condition_are_without_those_of_its_steps():
    given = {"Conditions": [{"LeftValue": get("Steps.a.B")}], "IfSteps": [get("Steps.c.D")]}
    assert list(paths(given)) == ["Steps.a.B"]


def test_the_literal_part_needs_no_execution():
    assert literal({"a": get("x"), "b": [get("y"), {"c": 1}]}) == {"b": [{"c": 1}]}


def test_values_take_the_types_of_the_request():
    shape = operation_model("sagemaker", "CreateTrainingJob").input_shape
    request = {
        "HyperParameters": {"epochs": 3, "rate": 0.5, "fast": True},
        "ResourceConfig": {"InstanceCount": "2", "VolumeSizeInGB": 30.0},
        "Tags": None,
    }
    assert fitted(shape, request) == {
        "HyperParameters": {"epochs": "3", "rate": "0.5", "fast": "true"},
        "ResourceConfig": {"InstanceCount": 2, "VolumeSizeInGB": 30},
    }
