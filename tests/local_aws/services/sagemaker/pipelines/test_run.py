"""Executions run their steps in order, as real jobs; branches, failures, stops and retries."""

import json

import pytest
from botocore.exceptions import ClientError

from local_aws.state.faults import Fault
from tests.local_aws.services.sagemaker.jobs.requests import printed, until
from tests.local_aws.services.sagemaker.pipelines.definitions import (
    condition,
    equal,
    fail,
    get,
    parameter,
    process,
    train,
)
from tests.local_cloud import BUCKET

SCORE = "import json\njson.dump({'score': %s}, open('/opt/ml/processing/output/score.json', 'w'))"
FILE = {"PropertyFileName": "report", "OutputName": "o", "FilePath": "score.json"}
SLEEP = "import time; print('asleep', flush=True); time.sleep(300)"
SCORED = {"Std:JsonGet": {"PropertyFile": get("Steps.score.PropertyFiles.report"), "Path": "score"}}


def test_a_condition_chooses_by_a_number_that_a_job_has_written(aws, pipelines):
    aws.store.put(BUCKET, "code/run.py", (SCORE % 0.5).encode())
    uri = {
        "Std:Join": {
            "On": "/",
            "Values": [
                get("Steps.score.ProcessingOutputConfig.Outputs['o'].S3Output.S3Uri"),
                "score.json",
            ],
        }
    }
    data = [
        {
            "ChannelName": "data",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
        }
    ]
    script = "print('score', open('/opt/ml/input/data/data/score.json').read())"
    enough = equal(SCORED, get("Parameters.least"), "GreaterThanOrEqualTo")
    arn, shown = pipelines.run(
        process("score", PropertyFiles=[FILE]),
        condition("enough", enough, yes=[train("train", script, InputDataConfig=data)],
                  no=[fail("bad", {"Std:Join": {"On": " ", "Values": ["score", SCORED]}})]),
        parameters=[parameter("least", "Float", 0.4)],
    )  # fmt: skip
    assert shown["PipelineExecutionStatus"] == "Succeeded", pipelines.steps(arn)
    steps = pipelines.steps(arn)
    assert {name: each["StepStatus"] for name, each in steps.items()} == dict.fromkeys(
        ("score", "enough", "train"), "Succeeded"
    )
    assert steps["enough"]["Metadata"] == {"Condition": {"Outcome": "True"}}
    assert 'score {"score": 0.5}' in printed(aws)
    again = pipelines.wait(pipelines.start(parameters={"least": "0.6"}))
    assert again["PipelineExecutionStatus"] == "Failed"
    assert again["FailureReason"] == "score 0.5"


def test_the_jobs_of_a_step_are_listed_as_any_others(pipelines, sagemaker):
    arn, _ = pipelines.run(train("train", "print(1)"))
    [job] = sagemaker.list_training_jobs()["TrainingJobSummaries"][:1]
    assert job["TrainingJobName"].startswith(f"pipelines-{arn.rpartition('/')[2]}-train-")
    assert pipelines.steps(arn)["train"]["Metadata"] == {
        "TrainingJob": {"Arn": job["TrainingJobArn"]}
    }


def test_numbers_are_texts_where_the_request_has_texts(aws, pipelines):
    script = "import json; print(json.load(open('/opt/ml/input/config/hyperparameters.json')))"
    pipelines.run(
        train("train", script, HyperParameters={"epochs": get("Parameters.epochs"), "rate": 0.5}),
        parameters=[parameter("epochs", "Integer", 3)],
    )
    assert str({"epochs": "3", "rate": "0.5"}) in printed(aws)


def test_a_failed_step_fails_the_execution_while_others_go_on(pipelines):
    arn, shown = pipelines.run(
        train("bad", "raise ValueError('no such bird')"),
        train("after", "", DependsOn=["bad"]),
        train("beside", "print(1)"),
    )
    assert shown["PipelineExecutionStatus"] == "Failed"
    assert shown["FailureReason"] == "Step failure: One or multiple steps failed."
    assert pipelines.statuses(arn) == {"bad": "Failed", "beside": "Succeeded"}
    assert "no such bird" in pipelines.steps(arn)["bad"]["FailureReason"]


def test_a_step_may_wait_for_a_failure(pipelines):
    on_failure = {"Step": "bad", "Trigger": "Failed"}
    arn, shown = pipelines.run(
        train("bad", "raise SystemExit(1)"),
        condition("told", equal(1, 1), DependsOn=[on_failure]),
    )
    assert shown["PipelineExecutionStatus"] == "CompletedWithFailures"
    assert pipelines.statuses(arn) == {"bad": "Failed", "told": "Succeeded"}


def test_a_fail_step_stops_what_runs_beside_it(pipelines):
    arn, shown = pipelines.run(train("beside", SLEEP), fail("stop", "not good"))
    assert (shown["PipelineExecutionStatus"], shown["FailureReason"]) == ("Failed", "not good")
    assert pipelines.statuses(arn) == {"beside": "Stopped", "stop": "Failed"}


def test_at_most_so_many_steps_run_at_once(pipelines):
    arn, _ = pipelines.run(
        *(train(f"train-{number}", "import time; time.sleep(0.2)") for number in range(3)),
        ParallelismConfiguration={"MaxParallelExecutionSteps": 1},
    )
    steps = sorted(pipelines.steps(arn).values(), key=lambda each: each["StartTime"])
    assert all(
        before["EndTime"] <= after["StartTime"]
        for before, after in zip(steps, steps[1:], strict=False)
    )


def test_a_stopped_execution_stops_its_job_and_a_retry_runs_it_again(aws, pipelines, sagemaker):
    script = f"import os\nif os.environ.get('GO') != '1':\n    {SLEEP}"
    pipelines.make(condition("first", equal(1, 1)), train("train", script, DependsOn=["first"]))
    arn = pipelines.start()
    assert until(lambda: "asleep" in printed(aws))
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    assert pipelines.wait(arn)["PipelineExecutionStatus"] == "Stopped"
    assert pipelines.statuses(arn) == {"first": "Succeeded", "train": "Stopped"}
    before = pipelines.steps(arn)
    token = "t" * 32
    sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken=token)
    until(lambda: "train" in pipelines.steps(arn))
    after = pipelines.steps(arn)
    assert after["first"] == before["first"]
    assert after["train"]["AttemptCount"] == 2
    sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    assert pipelines.wait(arn)["PipelineExecutionStatus"] == "Stopped"


def test_what_can_not_be_resolved_fails_its_step(pipelines):
    arn, shown = pipelines.run(
        train("one", "print(1)"),
        condition("two", equal(get("Steps.one.NoSuchProperty"), 1)),
    )
    assert shown["PipelineExecutionStatus"] == "Failed"
    reason = pipelines.steps(arn)["two"]["FailureReason"]
    assert reason == "ClientError: Steps.one.NoSuchProperty is not there"


def test_throttling_is_tried_again_by_itself(aws, pipelines):
    fault = Fault(kind="throttled", service="sagemaker", operation="CreateTrainingJob", times=1)
    pipelines.make(train("train", "print(1)"))
    aws.parts.faults.set([fault])
    arn = pipelines.start()
    shown = pipelines.wait(arn)
    aws.parts.faults.set([])
    assert shown["PipelineExecutionStatus"] == "Succeeded"
    assert pipelines.steps(arn)["train"]["AttemptCount"] == 2


def test_a_step_takes_over_what_an_earlier_execution_has_made(aws, pipelines, sagemaker):
    cache = {"Enabled": True, "ExpireAfter": "PT1H"}
    step = train("train", "print(get)", CacheConfig=cache, HyperParameters={
        "rate": get("Parameters.rate")})  # fmt: skip
    step["Arguments"]["Environment"]["SCRIPT"] = "print(1)"
    first, _ = pipelines.run(step, parameters=[parameter("rate", "Float", 0.1)])
    jobs = len(sagemaker.list_training_jobs(MaxResults=100)["TrainingJobSummaries"])
    second = pipelines.start()
    assert pipelines.wait(second)["PipelineExecutionStatus"] == "Succeeded"
    taken = pipelines.steps(second)["train"]
    assert taken["CacheHitResult"] == {"SourcePipelineExecutionArn": first}
    assert taken["Metadata"] == pipelines.steps(first)["train"]["Metadata"]
    assert len(sagemaker.list_training_jobs(MaxResults=100)["TrainingJobSummaries"]) == jobs
    other = pipelines.start(parameters={"rate": "0.2"})
    pipelines.wait(other)
    assert "CacheHitResult" not in pipelines.steps(other)["train"]


def test_a_role_that_can_not_be_assumed_fails_the_step(pipelines):
    step = train("train", "print(1)")
    step["Arguments"]["RoleArn"] = "arn:aws:iam::000000000000:role/none"
    arn, _ = pipelines.run(step)
    assert "Could not assume role" in pipelines.steps(arn)["train"]["FailureReason"]


def test_an_ended_execution_is_not_stopped_and_a_good_one_not_retried(pipelines, sagemaker):
    arn, _ = pipelines.run(condition("first", equal(1, 1)))
    with pytest.raises(ClientError, match="is Succeeded"):
        sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    with pytest.raises(ClientError, match="can be retried"):
        sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken="t" * 32)


def test_an_execution_keeps_the_definition_that_it_was_started_with(pipelines, sagemaker):
    arn, _ = pipelines.run(fail("stop", "old"))
    document = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)
    assert json.loads(document["PipelineDefinition"])["Steps"][0]["Arguments"] == {
        "ErrorMessage": "old"
    }
