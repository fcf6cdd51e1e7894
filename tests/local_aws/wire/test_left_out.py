"""Members of requests that are not done are refused, wherever they stand in a request."""

import pytest
from botocore.exceptions import ClientError

from local_aws.operations import engine_of
from local_aws.recorded.recorded_operations import is_recorded
from local_aws.wire.left_out import LEFT_OUT, left_out
from local_aws.wire.routing import Call
from local_aws.wire.validation import operation_model
from tests.local_aws.services.sagemaker.jobs.requests import ROLE, processing
from tests.local_cloud import BUCKET


def names(shape, seen=()):
    """Return the names of all members of a shape, inner ones too."""
    if shape.name in seen:
        return set()
    inner = {
        "structure": lambda: shape.members.values(),
        "list": lambda: [shape.member],
        "map": lambda: [shape.value],
    }.get(shape.type_name, list)()
    own = set(shape.members) if shape.type_name == "structure" else set()
    return own.union(*(names(each, (*seen, shape.name)) for each in inner))


@pytest.mark.parametrize("service, operation", LEFT_OUT)
def test_what_is_left_out_is_a_member_of_an_operation_that_is_done(service, operation):
    assert engine_of(service, operation) or is_recorded(service, operation)
    assert LEFT_OUT[service, operation].keys() <= names(
        operation_model(service, operation).input_shape
    )


@pytest.mark.parametrize(
    "service, operation, request_, refused",
    [
        ("glue", "SearchTables", {"SearchText": "a", "Filters": []}, ["Filters"]),
        ("glue", "CreateDatabase", {"DatabaseInput": {"Name": "d"}, "Tags": None}, []),
        ("glue", "CreateTable", {"TableInput": {"Parameters": {"PartitionIndexes": "a"}}}, []),
        ("sagemaker", "CreateModel", {"PrimaryContainer": {"Mode": "SingleModel"}}, []),
        (
            "sagemaker",
            "CreateModel",
            {"PrimaryContainer": {"Mode": "MultiModel", "Environment": {"Mode": "x"}}},
            ["Mode MultiModel"],
        ),
    ],
)
def test_only_members_that_have_a_value_which_is_not_done_are_named(
    service, operation, request_, refused
):
    assert left_out(Call(service, operation, "json"), request_) == refused


@pytest.mark.parametrize(
    "place, change, refused",
    [
        ("output", {"FeatureStoreOutput": {"FeatureGroupName": "f"}}, "FeatureStoreOutput"),
        ("output", {"AppManaged": True}, "AppManaged"),
        ("input", {"S3InputMode": "Pipe"}, "S3InputMode Pipe"),
        ("input", {"S3CompressionType": "Gzip"}, "S3CompressionType Gzip"),
    ],
)
def test_a_processing_job_with_what_is_not_done_does_not_begin(client, place, change, refused):
    request = processing("job")
    if place == "output":
        request["ProcessingOutputConfig"]["Outputs"][0] |= change
    else:
        request["ProcessingInputs"][0]["S3Input"] |= change
    with pytest.raises(ClientError, match=f"NotImplementedException.* with {refused}"):
        client("sagemaker").create_processing_job(**request)
    assert not client("sagemaker").list_processing_jobs()["ProcessingJobSummaries"]


def test_models_tables_and_workgroups_keep_nothing_in_silence(aws, client):
    aws.store.put(BUCKET, "model.tar.gz", b"x")
    container = {"Image": "i", "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz", "Mode": "MultiModel"}
    requests = [
        ("sagemaker", "create_model", {"ModelName": "m", "PrimaryContainer": container}),
        ("athena", "create_work_group", {"Name": "w", "Tags": [{"Key": "a", "Value": "b"}]}),
        ("glue", "create_database", {"DatabaseInput": {"Name": "d"}, "Tags": {"a": "b"}}),
    ]
    for service, operation, request in requests:
        more = {"ExecutionRoleArn": ROLE} if service == "sagemaker" else {}
        with pytest.raises(ClientError, match="NotImplementedException"):
            getattr(client(service), operation)(**request, **more)
    assert client("sagemaker").list_models()["Models"] == []
    assert client("glue").get_databases()["DatabaseList"] == []
