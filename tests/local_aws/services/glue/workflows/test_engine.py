"""Workflows: jobs follow one another by triggers, on demand and by events."""

import json
import time

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.glue.jobs.spark_jobs import Jobs, job, make_role
from tests.local_cloud import BUCKET

SHOW = "import sys; print(sys.argv[1:])"
FAIL = "raise SystemExit('no')"


@pytest.fixture
def glue(client):
    make_role(client)
    return client("glue")


@pytest.fixture
def jobs(aws, client, glue):
    return Jobs(aws, client)


def trigger(glue, name, kind, *names, **more):
    """Make a trigger of the workflow `w` that starts jobs."""
    actions = [{"JobName": each} for each in names]
    glue.create_trigger(Name=name, WorkflowName="w", Type=kind, Actions=actions, **more)


def after(job, state="SUCCEEDED", logical="AND"):
    condition = {"LogicalOperator": "EQUALS", "JobName": job, "State": state}
    return {"Predicate": {"Logical": logical, "Conditions": [condition]}, "StartOnCreation": True}


def ended(glue, run, seconds=120):
    """Wait for the end of a run of the workflow `w`, and return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        shown = glue.get_workflow_run(Name="w", RunId=run)["Run"]
        if shown["Status"] not in ("RUNNING", "STOPPING"):
            return shown
        time.sleep(0.1)
    raise TimeoutError(shown)


def refusal(call, **request):
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Code"]


def test_jobs_follow_one_another_and_know_their_run(glue, jobs):
    jobs.make(SHOW, name="a")
    jobs.make(SHOW, name="b")
    jobs.make(SHOW, name="never")
    glue.create_workflow(Name="w", DefaultRunProperties={"p": "1"})
    trigger(glue, "start", "ON_DEMAND", "a")
    trigger(glue, "then", "CONDITIONAL", "b", **after("a"))
    trigger(glue, "if it fails", "CONDITIONAL", "never", **after("a", "FAILED"))
    run = glue.start_workflow_run(Name="w", RunProperties={"q": "2"})["RunId"]
    shown = ended(glue, run)
    assert shown["Status"] == "COMPLETED" and shown["WorkflowRunProperties"] == {"p": "1", "q": "2"}
    assert (shown["Statistics"]["TotalActions"], shown["Statistics"]["SucceededActions"]) == (2, 2)
    (second,) = glue.get_job_runs(JobName="b")["JobRuns"]
    assert second["TriggerName"] == "then"
    assert f"'--WORKFLOW_NAME', 'w', '--WORKFLOW_RUN_ID', '{run}'" in jobs.lines(second)[0]
    assert glue.get_workflow(Name="w")["Workflow"]["LastRun"]["WorkflowRunId"] == run


def test_a_condition_waits_for_the_last_attempt(glue, jobs):
    jobs.make(FAIL, name="a", MaxRetries=1)
    jobs.make(SHOW, name="b")
    glue.create_workflow(Name="w")
    trigger(glue, "start", "ON_DEMAND", "a")
    trigger(glue, "then", "CONDITIONAL", "b", **after("a", "FAILED"))
    shown = ended(glue, glue.start_workflow_run(Name="w")["RunId"])
    counts = shown["Statistics"]
    assert (counts["FailedActions"], counts["SucceededActions"]) == (1, 1)
    assert len(glue.get_job_runs(JobName="a")["JobRuns"]) == 2


def test_a_job_that_cannot_start_is_an_errored_action_and_the_run_ends(glue):
    glue.create_workflow(Name="w")
    trigger(glue, "start", "ON_DEMAND", "missing")
    shown = ended(glue, glue.start_workflow_run(Name="w")["RunId"])
    assert shown["Status"] == "COMPLETED" and shown["Statistics"]["ErroredActions"] == 1


def test_a_stopped_run_starts_nothing_more(glue, jobs):
    jobs.make("import time; time.sleep(600)", name="a")
    jobs.make(SHOW, name="b")
    glue.create_workflow(Name="w", MaxConcurrentRuns=1)
    trigger(glue, "start", "ON_DEMAND", "a")
    trigger(glue, "then", "CONDITIONAL", "b", **after("a", "STOPPED"))
    run = glue.start_workflow_run(Name="w")["RunId"]
    assert refusal(glue.start_workflow_run, Name="w") == "ConcurrentRunsExceededException"
    glue.stop_workflow_run(Name="w", RunId=run)
    assert ended(glue, run)["Status"] == "STOPPED"
    assert not glue.get_job_runs(JobName="b")["JobRuns"]


def notify(aws, event):
    engine = aws.parts.engines["glue-workflows"]
    return engine.notify_event({"Name": "w", "EventId": event})


def events(glue):
    """Return the ids with which each run of `w` was started, the oldest first."""
    runs = glue.get_workflow_runs(Name="w")["Runs"]
    return [json.loads(run["WorkflowRunProperties"]["aws:eventIds"]) for run in reversed(runs)]


def test_events_start_a_run_by_their_number_or_at_the_end_of_the_window(aws, glue, jobs):
    jobs.make("print(1)", name="a", ExecutionProperty={"MaxConcurrentRuns": 5})
    glue.create_workflow(Name="w")
    batch = {"BatchSize": 2, "BatchWindow": 60}
    trigger(glue, "start", "EVENT", "a", EventBatchingCondition=batch)
    for event in ("e1", "e2", "e3"):
        notify(aws, event)
    assert events(glue) == [["e1", "e2"]]
    aws.parts.clock.advance(59)
    assert len(events(glue)) == 1
    aws.parts.clock.advance(1)
    assert events(glue) == [["e1", "e2"], ["e3"]]
    run = glue.get_workflow_runs(Name="w")["Runs"][0]["WorkflowRunId"]
    told = glue.get_workflow_run_properties(Name="w", RunId=run)["RunProperties"]
    assert told == {"aws:eventIds": '["e3"]'}


def test_events_that_a_killed_server_held_start_a_run_after_it(aws, glue, jobs):
    jobs.make("print(1)", name="a")
    glue.create_workflow(Name="w")
    batch = {"BatchSize": 9, "BatchWindow": 60}
    trigger(glue, "start", "EVENT", "a", EventBatchingCondition=batch)
    notify(aws, "e1")
    engine = aws.parts.engines["glue-workflows"]
    for timer in engine._batches._timers.values():
        timer.cancel()  # they die with the server
    fresh = type(engine)(aws.parts)  # as the next server makes it, over the same documents
    fresh.recover()
    aws.parts.clock.advance(60)
    assert events(glue) == [["e1"]]


def test_at_a_jobs_limit_an_events_run_fails_and_with_a_queue_it_waits(aws, glue, jobs):
    jobs.make("import time; time.sleep(600)", name="a")
    glue.create_workflow(Name="w")
    trigger(glue, "start", "EVENT", "a")
    notify(aws, "e1")
    notify(aws, "e2")
    second, first = glue.get_workflow_runs(Name="w")["Runs"]
    assert ended(glue, second["WorkflowRunId"])["Statistics"]["FailedActions"] == 1
    refused, running = glue.get_job_runs(JobName="a")["JobRuns"]
    assert refused["JobRunState"] == "FAILED"
    assert refused["ErrorMessage"] == "Concurrent runs exceeded for a"
    update = job("a")
    del update["Name"]
    glue.update_job(JobName="a", JobUpdate={**update, "JobRunQueuingEnabled": True})
    notify(aws, "e3")
    third = glue.get_workflow_runs(Name="w")["Runs"][0]
    assert third["Status"] == "RUNNING" and third["Statistics"]["WaitingActions"] == 1
    jobs.aws.store.put(BUCKET, "scripts/a.py", b"print(1)")
    glue.batch_stop_job_run(JobName="a", JobRunIds=[running["Id"]])
    assert ended(glue, third["WorkflowRunId"])["Statistics"]["SucceededActions"] == 1
    assert ended(glue, first["WorkflowRunId"])["Statistics"]["StoppedActions"] == 1


def test_at_a_workflows_limit_an_events_run_ends_in_error_and_is_not_started_again(aws, glue, jobs):
    jobs.make("import time; time.sleep(600)", name="a")
    glue.create_workflow(Name="w", MaxConcurrentRuns=1)
    trigger(glue, "start", "EVENT", "a")
    notify(aws, "e1")
    notify(aws, "e2")
    run = glue.get_workflow_runs(Name="w")["Runs"][0]
    assert run["Status"] == "ERROR"
    assert run["ErrorMessage"] == "Concurrent runs exceeded for workflow: w."
    aws.parts.clock.advance(3600)
    assert events(glue) == [["e1"], ["e2"]]


def test_an_event_for_a_workflow_that_none_starts_is_refused(aws, glue, jobs):
    from local_aws.errors import AwsError

    with pytest.raises(AwsError, match="Workflow w is not found"):
        notify(aws, "e")
    glue.create_workflow(Name="w")
    with pytest.raises(AwsError, match="no trigger of type EVENT"):
        notify(aws, "e")


@pytest.mark.parametrize(
    "kind, more",
    [
        ("EVENT", {"EventBatchingCondition": {"BatchSize": 101}}),
        ("EVENT", {"EventBatchingCondition": {"BatchSize": 1, "BatchWindow": 901}}),
        ("ON_DEMAND", {"EventBatchingCondition": {"BatchSize": 1}}),
        ("ON_DEMAND", {"StartOnCreation": True}),
        ("CONDITIONAL", {}),
        ("CONDITIONAL", after("a", "RUNNING")),
        ("ON_DEMAND", after("a")),
    ],
)
def test_a_trigger_that_is_not_valid_is_refused(glue, kind, more):
    glue.create_workflow(Name="w")
    with pytest.raises(ClientError, match="InvalidInputException"):
        trigger(glue, "t", kind, "a", **more)


def test_workflows_and_triggers_are_listed_have_tags_and_go_together(glue):
    glue.create_workflow(Name="w", Tags={"course": "x"})
    trigger(glue, "start", "ON_DEMAND", "a", Tags={"course": "y"})
    arn = "arn:aws:glue:us-east-1:000000000000:"
    assert glue.get_tags(ResourceArn=f"{arn}workflow/w")["Tags"] == {"course": "x"}
    assert glue.get_tags(ResourceArn=f"{arn}trigger/start")["Tags"] == {"course": "y"}
    assert refusal(glue.get_tags, ResourceArn=f"{arn}job/w") == "EntityNotFoundException"
    assert glue.list_workflows()["Workflows"] == ["w"]
    assert [each["Name"] for each in glue.get_triggers()["Triggers"]] == ["start"]
    with pytest.raises(ClientError, match="already has a start trigger"):
        trigger(glue, "another", "EVENT", "a")
    glue.delete_workflow(Name="w")
    assert not glue.list_workflows()["Workflows"] and not glue.get_triggers()["Triggers"]


def test_an_updated_trigger_is_the_new_definition_as_a_whole(glue):
    glue.create_workflow(Name="w")
    batch = {"BatchSize": 2, "BatchWindow": 60}
    trigger(glue, "start", "EVENT", "a", EventBatchingCondition=batch, Description="old")
    update = {"Actions": [{"JobName": "b"}]}
    shown = glue.update_trigger(Name="start", TriggerUpdate=update)["Trigger"]
    assert shown == glue.get_trigger(Name="start")["Trigger"]
    known = {"Name": "start", "WorkflowName": "w", "Type": "EVENT", "State": "CREATED"}
    assert shown == known | update


def test_an_update_that_is_not_valid_leaves_the_trigger_as_it_was(glue):
    glue.create_workflow(Name="w")
    trigger(glue, "start", "EVENT", "a")
    before = glue.get_trigger(Name="start")
    wide = {"Actions": [{"JobName": "b"}], "EventBatchingCondition": {"BatchSize": 101}}
    for update in (wide, {"Description": "no action"}):
        request = {"Name": "start", "TriggerUpdate": update}
        assert refusal(glue.update_trigger, **request) == "InvalidInputException"
    assert glue.get_trigger(Name="start")["Trigger"] == before["Trigger"]
    request = {"Name": "none", "TriggerUpdate": update}
    assert refusal(glue.update_trigger, **request) == "EntityNotFoundException"
