"""Executions are started, found by the time of their start, waited for and described."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from helpers.automation import executions
from helpers.automation.pipeline_roles import make_roles
from helpers.roles import make_role
from helpers.waiting import NotSeen

NAME = "birds-and-bins-birds-pipeline"


@pytest.fixture
def pipeline(client, config):
    """Make a pipeline that fails with the reason that it is given."""
    make_role(config)
    why = {"ErrorMessage": {"Get": "Parameters.Why"}}
    definition = {
        "Version": "2020-12-01",
        "Parameters": [{"Name": "Why", "Type": "String", "DefaultValue": "no reason"}],
        "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": why}],
    }
    client("sagemaker").create_pipeline(
        PipelineName=NAME, PipelineDefinition=json.dumps(definition),
        RoleArn=make_roles(config).pipeline,
    )  # fmt: skip
    return NAME


def test_an_execution_tells_how_and_why_it_ended(config, pipeline):
    done = executions.ended(config, executions.start(config, pipeline, Why="too small"))
    assert (done.status, done.reason) == ("Failed", "too small")
    assert done.steps[["step", "status"]].to_numpy().tolist() == [["Stop", "Failed"]]
    assert repr(done).startswith(f"<Execution {done.id}: Failed, ")


def test_an_execution_of_somebody_else_is_found_by_its_time(rehearsed, pipeline):
    since = datetime.now(UTC) - timedelta(seconds=5)
    arn = executions.start(rehearsed, pipeline)
    assert executions.started(rehearsed, pipeline, since) == arn
    later = datetime.now(UTC) + timedelta(seconds=60)
    with pytest.raises(NotSeen, match="dead letters"):
        executions.started(rehearsed, pipeline, later, window=0, limit=0.3)


def test_the_window_of_glue_passes_where_an_execution_is_waited_for(rehearsed, aws, pipeline):
    config = replace(rehearsed, poll_seconds=0.01)
    later, before = datetime.now(UTC) + timedelta(seconds=60), aws.parts.clock.now()
    begin = time.monotonic()
    with pytest.raises(NotSeen):
        executions.started(config, pipeline, later, limit=3)
    moved = (aws.parts.clock.now() - before).total_seconds() - (time.monotonic() - begin)
    assert moved == pytest.approx(executions.WINDOW, abs=1)


def test_an_execution_that_did_not_succeed_is_an_error_with_the_reason(config, pipeline):
    done = executions.ended(config, executions.start(config, pipeline, Why="too small"))
    with pytest.raises(RuntimeError, match=f"{done.id} is Failed: too small"):
        done.check()
