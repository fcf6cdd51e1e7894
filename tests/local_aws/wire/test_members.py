"""Members of requests that no row states are refused, wherever they stand in a request."""

import pytest
from botocore.exceptions import ClientError

from local_aws.operations import members
from local_aws.wire.members import left_out, read
from local_aws.wire.validation import operation_model
from tests.local_aws.services.sagemaker.jobs.requests import ROLE, processing, training
from tests.local_cloud import BUCKET


def refused(service, operation, request, statement=None):
    shape = operation_model(service, operation).input_shape
    return left_out(shape, request, statement or members(service, operation))


def test_a_statement_has_names_values_and_what_stands_inside():
    inside = {"b": None, "c": ("x", "y"), "d": {"*": None}}
    assert read("a(b c=x|y\n d(*)) e=") == {"a": inside, "e": ("",)}


@pytest.mark.parametrize(
    "service, operation, request_, named",
    [
        ("glue", "SearchTables", {"SearchText": "a", "Filters": []}, ["Filters"]),
        ("glue", "CreateDatabase", {"DatabaseInput": {"Name": "d"}, "Tags": None}, []),
        ("glue", "CreateTable", {"TableInput": {"Parameters": {"PartitionIndexes": "a"}}}, []),
        ("glue", "GetTable", {"Name": "t", "CatalogId": "1"}, ["CatalogId"]),
        ("sagemaker", "CreateModel", {"PrimaryContainer": {"Mode": "SingleModel"}}, []),
        ("sagemaker", "CreateModel", {"EnableNetworkIsolation": False}, []),
        (
            "sagemaker",
            "CreateProcessingJob",
            {"NetworkConfig": {"EnableNetworkIsolation": True}},
            ["NetworkConfig.EnableNetworkIsolation true (false is done)"],
        ),
        (
            "sagemaker",
            "CreateProcessingJob",
            {"NetworkConfig": {"EnableNetworkIsolation": False}},
            [],
        ),
        (
            "sagemaker",
            "CreateHyperParameterTuningJob",
            {"TrainingJobDefinition": {"EnableNetworkIsolation": True}},
            ["TrainingJobDefinition.EnableNetworkIsolation true (false is done)"],
        ),
        (
            "sagemaker",
            "CreateModel",
            {"PrimaryContainer": {"Mode": "MultiModel", "Environment": {"Mode": "x"}}},
            ["PrimaryContainer.Mode MultiModel (SingleModel is done)"],
        ),
        (
            "athena",
            "StartQueryExecution",
            {"QueryExecutionContext": {"Catalog": "AwsDataCatalog", "Database": "d"}},
            [],
        ),
        (
            "athena",
            "StartQueryExecution",
            {
                "QueryExecutionContext": {"Catalog": "hive"},
                "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": True}},
            },
            [
                "QueryExecutionContext.Catalog hive (AwsDataCatalog or awsdatacatalog is done)",
                "ResultReuseConfiguration",
            ],
        ),
    ],
)
def test_members_and_values_that_are_not_done_are_named(service, operation, request_, named):
    assert refused(service, operation, request_) == named


def test_a_member_that_is_stated_by_nobody_is_refused_without_being_listed():
    assert refused("glue", "GetTable", {"Name": "t", "DatabaseName": "d"}, "Name") == [
        "DatabaseName"
    ]


def test_no_tags_are_no_tags():
    request = {"DatabaseInput": {"Name": "d"}, "Tags": {}}
    assert refused("glue", "CreateDatabase", request, "DatabaseInput(Name)") == []
    assert refused("athena", "CreateWorkGroup", {"Name": "w", "Tags": []}, "Name") == []


@pytest.mark.parametrize(
    "place, change, named",
    [
        ("output", {"FeatureStoreOutput": {"FeatureGroupName": "f"}}, "FeatureStoreOutput"),
        ("output", {"AppManaged": True}, "AppManaged true"),
        ("input", {"S3InputMode": "Pipe"}, "S3InputMode Pipe"),
        ("input", {"S3CompressionType": "Gzip"}, "S3CompressionType Gzip"),
    ],
)
def test_a_processing_job_with_what_is_not_done_does_not_begin(client, place, change, named):
    request = processing("job")
    if place == "output":
        request["ProcessingOutputConfig"]["Outputs"][0] |= change
    else:
        request["ProcessingInputs"][0]["S3Input"] |= change
    with pytest.raises(ClientError, match=rf"NotImplementedException.* with Processing\S*{named}"):
        client("sagemaker").create_processing_job(**request)
    assert not client("sagemaker").list_processing_jobs()["ProcessingJobSummaries"]


def test_what_is_refused_for_a_member_leaves_nothing_behind(aws, client):
    aws.store.put(BUCKET, "model.tar.gz", b"x")
    container = {"Image": "i", "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
    model = {"ModelName": "m", "PrimaryContainer": container, "ExecutionRoleArn": ROLE}
    mode = {"InferenceExecutionConfig": {"Mode": "Direct"}}
    board = {"TensorBoardOutputConfig": {"S3OutputPath": f"s3://{BUCKET}/board"}}
    tags = {"Tags": [{"Key": "a", "Value": "b"}]}
    requests = [
        ("sagemaker", "create_model", model, mode),
        ("sagemaker", "create_training_job", training("job", "pass"), board),
        ("athena", "create_work_group", {"Name": "w"}, tags),
        ("glue", "create_database", {"DatabaseInput": {"Name": "d"}}, {"Tags": {"a": "b"}}),
    ]
    for service, operation, request, more in requests:
        words = f"NotImplementedException.* with {next(iter(more))}: leave that"
        with pytest.raises(ClientError, match=words):
            getattr(client(service), operation)(**request, **more)
    assert client("sagemaker").list_models()["Models"] == []
    assert client("sagemaker").list_training_jobs()["TrainingJobSummaries"] == []
    assert client("glue").get_databases()["DatabaseList"] == []
    with pytest.raises(ClientError, match="WorkGroup w is not found"):
        client("athena").get_work_group(WorkGroup="w")
