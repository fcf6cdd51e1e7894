"""Pipelines and functions are listed with the course's tag; one that runs is stopped first."""

import pytest

from helpers.course_tag import KEY
from helpers.resources import pipelines
from helpers.resources.kind import Busy
from tests.local_aws.services.functions.conftest import ROLE, make_role, zipped
from tests.local_aws.services.sagemaker.jobs.requests import ROLE as JOBS_ROLE
from tests.local_aws.services.sagemaker.jobs.requests import until
from tests.local_aws.services.sagemaker.pipelines.definitions import allow, fail, text, train

OURS, MARK = "birds-and-bins-birds-chain", {KEY: "birds-and-bins"}
PIPELINES, FUNCTIONS = pipelines.KINDS
SLEEP = train("train", "import time; time.sleep(300)")


def make(sagemaker, name, step, tags):
    marks = [{"Key": key, "Value": value} for key, value in tags.items()]
    made = {"PipelineName": name, "PipelineDefinition": text(step), "RoleArn": JOBS_ROLE}
    sagemaker.create_pipeline(**made, Tags=marks)


def test_a_pipeline_is_stopped_before_it_is_deleted(client, config):
    sagemaker = client("sagemaker")
    allow(client("iam"))
    make(sagemaker, OURS, SLEEP, MARK)
    make(sagemaker, "mine", fail(), MARK)
    make(sagemaker, "birds-and-bins-theirs", fail(), {})
    sagemaker.start_pipeline_execution(PipelineName=OURS)
    (own,) = PIPELINES.own(config)
    assert own.name == OURS
    with pytest.raises(Busy, match="its executions are being stopped"):
        PIPELINES.delete(config, OURS)

    def is_deleted():
        try:
            PIPELINES.delete(config, OURS)
        except Busy:
            return False
        return True

    assert until(is_deleted)
    left = {each["PipelineName"] for each in sagemaker.list_pipelines()["PipelineSummaries"]}
    assert left == {"mine", "birds-and-bins-theirs"}


def test_a_function_is_listed_with_its_tag_and_deleted(client, config):
    make_role(client("iam"))
    functions = client("lambda")
    given = {"Runtime": "python3.12", "Role": ROLE, "Handler": "program.handle"}
    code = {"ZipFile": zipped("def handle(event, context):\n    return event\n")}
    for name, tags in ((OURS, MARK), ("birds-and-bins-theirs", {}), ("mine", MARK)):
        functions.create_function(FunctionName=name, Code=code, Tags=tags, **given)
    (own,) = FUNCTIONS.own(config)
    assert own.name == OURS
    FUNCTIONS.delete(config, OURS)
    left = {each["FunctionName"] for each in functions.list_functions()["Functions"]}
    assert left == {"mine", "birds-and-bins-theirs"}
