"""A paging token is a position that an answer has given, or it is refused."""

import json
import re
from datetime import UTC, datetime
from functools import cache, partial

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from local_aws.context import ACCOUNT
from local_aws.errors import AwsError
from local_aws.operations import members, table
from local_aws.server import LocalAws
from local_aws.state.positions import page, position
from local_aws.wire.members import read
from local_aws.wire.validation import service_model
from tests.local_aws.services.sagemaker.pipelines.definitions import fail, text
from tests.local_aws.test_fuzz import prepared_cloud
from tests.local_cloud import make_client

REFUSED = AwsError("InvalidToken", "The token is not valid.")
BAD = ["-1", "²", "١", "1.0", " 1", "x", "9" * 3000, "f/²", "b/-1", "1" + "0" * 12]
TOKEN = re.compile(r"(Next|next|Continuation)Token|Marker|position")
EVENTS = json.dumps({"source": ["course"]})
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:fuzz"
NEEDED = {
    "Bucket": "fuzz", "CatalogName": "AwsDataCatalog", "DatabaseName": "fuzz", "TableName": "fuzz",
    "WorkGroup": "fuzz", "JobName": "fuzz", "Name": "fuzz", "Rule": "fuzz", "TopicArn": TOPIC,
    "TargetArn": TOPIC, "ServiceNamespace": "sagemaker", "ServiceCode": "sagemaker",
    "logGroupName": "fuzz", "logStreamName": "fuzz", "MetricDataQueries": [],
    "StartTime": datetime(2026, 1, 1, tzinfo=UTC), "EndTime": datetime(2026, 1, 2, tzinfo=UTC),
    "startDate": "2026-01-01", "endDate": "2026-01-02", "ActionNames": ["s3:GetObject"],
    "PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:role/fuzz",
    "ResourceArn": f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model-package-group/fuzz",
}  # fmt: skip
"""What the operations ask for, besides ids that the cloud gives."""
LEFT_OUT = {
    "ListTrainingJobsForHyperParameterTuningJob": "it needs a tuning job, which takes minutes",
    "ListObjects": "its Marker is a key, and any key is one",
}


def paged():
    """Yield service, operation and the name of its token, of each operation of the table."""
    for service, operation in sorted(table()):
        shape = service_model(service).operation_model(operation).input_shape
        done = read(members(service, operation) or "")
        for name in shape.members if shape else ():
            is_done = name in done or service == "s3"
            if TOKEN.fullmatch(name) and is_done and operation not in LEFT_OUT:
                yield service, operation, name


PAGED = list(paged())


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    """Return the clients of a cloud with something of each kind, and what requests need."""
    with LocalAws(tmp_path_factory.mktemp("cloud") / "state") as aws:
        prepared_cloud(aws)
        call = aws.parts.call
        trust = {"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}}
        trust = {"Version": "2012-10-17", "Statement": [{**trust, "Action": "sts:AssumeRole"}]}
        trust = {"RoleName": "glue", "AssumeRolePolicyDocument": json.dumps(trust)}
        role = call("iam", "CreateRole", trust)["Role"]["Arn"]
        for n in range(3):
            for service, operation, request in (
                ("glue", "CreateWorkflow", {"Name": f"fuzz{n or ''}"}),
                ("events", "PutRule", {"Name": f"fuzz{n or ''}", "EventPattern": EVENTS}),
                ("scheduler", "CreateScheduleGroup", {"Name": f"fuzz{n}"}),
                ("logs", "CreateLogGroup", {"logGroupName": f"fuzz{n}"}),
                ("sns", "CreateTopic", {"Name": f"fuzz{n}"}),
                ("apigateway", "CreateApiKey", {"name": f"fuzz{n}"}),
                ("glue", "CreateDatabase", {"DatabaseInput": {"Name": f"fuzz{n}"}}),
                ("sagemaker", "CreateModelPackageGroup", {"ModelPackageGroupName": f"fuzz{n}"}),
            ):
                call(service, operation, request)
        script = {"Name": "glueetl", "ScriptLocation": "s3://fuzz/a", "PythonVersion": "3"}
        call("glue", "CreateJob", {
            "Name": "fuzz", "Role": role, "Command": script, "GlueVersion": "5.0",
            "WorkerType": "G.1X", "NumberOfWorkers": 2,
        })  # fmt: skip
        plan = call("apigateway", "CreateUsagePlan", {"name": "fuzz"})["id"]
        query = {"QueryString": "SELECT 1", "WorkGroup": "fuzz"}
        athena = make_client(aws, "athena")
        query = athena.start_query_execution(**query)["QueryExecutionId"]
        while athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"][
            "State"
        ] in ("QUEUED", "RUNNING"):
            pass
        made = {"PipelineName": "fuzz", "RoleArn": role, "ClientRequestToken": "fuzz" * 8}
        call("sagemaker", "CreatePipeline", {**made, "PipelineDefinition": text(fail())})
        started = {"PipelineName": "fuzz", "ClientRequestToken": "fuzz" * 8}
        execution = call("sagemaker", "StartPipelineExecution", started)
        ids = {"usagePlanId": plan, "QueryExecutionId": query, "PipelineName": "fuzz", **execution}
        yield cache(partial(make_client, aws)), {**NEEDED, **ids}


def ask(cloud, service, operation, **more):
    """Send an operation what it needs; return its answer."""
    client, values = cloud
    shape = service_model(service).operation_model(operation).input_shape
    asked = {"logGroupName", "PipelineExecutionArn"}
    needed = {*shape.required_members, *(asked & shape.members.keys())}
    request = {name: values[name] for name in needed}
    return getattr(client(service), xform_name(operation))(**request, **more)


@pytest.mark.parametrize("row", PAGED, ids=lambda row: f"{row[0]}:{row[1]}")
def test_each_operation_of_the_table_refuses_a_token_that_it_has_not_given(row, cloud):
    service, operation, name = row
    ask(cloud, service, operation)
    for token in BAD:
        with pytest.raises(ClientError) as error:
            ask(cloud, service, operation, **{name: token})
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500, token


def test_the_table_has_operations_that_answer_in_pages():
    assert len(PAGED) > 40


@pytest.mark.parametrize("token", [*BAD, "9" * 5000, "\ud800", "f/3"])
def test_what_no_answer_gives_is_refused(token):
    with pytest.raises(AwsError, match="InvalidToken"):
        position(token, REFUSED)


@pytest.mark.parametrize(("token", "place"), [(None, 0), ("", 0), ("0", 0), ("1000", 1000)])
def test_a_position_is_a_number(token, place):
    assert position(token, REFUSED) == place


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_pages_joined_are_the_list(size):
    items, request, joined = list(range(7)), {"MaxResults": size}, []
    while True:
        answer = page(items, request, "Items", 100, REFUSED)
        joined += answer["Items"]
        if "NextToken" not in answer:
            break
        request["NextToken"] = answer["NextToken"]
    assert joined == items


def test_a_page_has_the_names_and_the_size_that_its_service_uses():
    first = page("abc", {}, "items", 2, REFUSED, most="limit", token="position")
    assert first == {"items": ["a", "b"], "position": "2"}
