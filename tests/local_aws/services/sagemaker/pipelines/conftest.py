"""Fixtures of the tests of pipelines: a local AWS, and pipelines that a test leaves nothing of."""

import time
from contextlib import suppress

import pytest

from local_aws.server import LocalAws
from tests.local_aws.services.sagemaker.pipelines.definitions import Client, allow
from tests.local_cloud import furnish, make_client


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    """Return a running local AWS with bucket and role: one for all tests of a file."""
    with LocalAws(tmp_path_factory.mktemp("aws") / "state") as server:
        furnish(server)
        allow(make_client(server, "iam"))
        yield server


@pytest.fixture
def sagemaker(aws):
    """Return a client of it."""
    return make_client(aws, "sagemaker")


@pytest.fixture
def pipelines(aws, sagemaker):
    """Return what makes and runs pipelines; they are stopped and deleted after the test."""
    yield Client(sagemaker)
    records = aws.engines.pipelines.records
    for pipeline in records.pipelines.keys():
        for _, execution in records.of(pipeline):
            arn = {"PipelineExecutionArn": execution["PipelineExecutionArn"]}
            if execution["PipelineExecutionStatus"] == "Executing":
                with suppress(sagemaker.exceptions.ConflictException):  # it has just ended
                    sagemaker.stop_pipeline_execution(**arn)
            while sagemaker.describe_pipeline_execution(**arn)["PipelineExecutionStatus"] in (
                "Executing",
                "Stopping",
            ):
                time.sleep(0.02)
        sagemaker.delete_pipeline(PipelineName=pipeline)
