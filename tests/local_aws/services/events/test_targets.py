"""Each kind of target takes an event if its policy or the role allows it; others are refused."""

import json

import pytest
from botocore.exceptions import ClientError

from local_aws.services.events.targets import Message, Refused, Targets
from tests.local_aws.services.events.targets import Queue, allowing, until
from tests.local_aws.services.glue.jobs.spark_jobs import Jobs, make_role
from tests.local_aws.services.sagemaker.jobs.requests import ROLE
from tests.local_aws.services.sagemaker.pipelines.definitions import fail, get, parameter, text

LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:f"
WORKFLOW = "arn:aws:glue:us-east-1:000000000000:workflow/curate"
ENDPOINT = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/birds"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"Arn": LAMBDA}, "does not support targets of lambda"),
        ({"Arn": ENDPOINT}, "does not support targets of sagemaker endpoint"),
        ({"Arn": "queue"}, "is not in correct format"),
        ({"Arn": "arn:aws:logs:us-east-1:000000000000:log-group:mine"}, "/aws/events/"),
        ({"Arn": "arn:aws:sqs:us-east-1:000000000000:q.fifo"}, "needs SqsParameters"),
        (
            {"Arn": "arn:aws:sqs:us-east-1:000000000000:q", "Input": "{}", "InputPath": "$"},
            "Only one of",
        ),
    ],
)
def test_a_target_that_is_not_done_is_refused_by_name(events, rule, target, words):
    with pytest.raises(ClientError, match=words):
        events.put_targets(Rule="all", Targets=[{"Id": "one", **target}])


def test_a_topic_hands_on_what_its_policy_lets_in(client, aim, put, queue):
    sns = client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    raw = {"RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn, Attributes=raw)
    dead = Queue(client("sqs"), "dead")
    aim(topic, DeadLetterConfig={"Arn": dead.arn})
    closed = put(n=1)
    assert [event["id"] for event in dead.events(1)] == [closed]
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=allowing("sns:Publish", topic)
    )
    opened = put(n=2)
    assert [event["id"] for event in queue.events(1)] == [opened]


def test_a_log_group_gets_a_line_for_each_event(client, aim, put):
    logs, group = client("logs"), "/aws/events/course"
    logs.create_log_group(logGroupName=group)
    where = f"arn:aws:logs:us-east-1:000000000000:log-group:{group}"
    policy = allowing(["logs:CreateLogStream", "logs:PutLogEvents"], f"{where}:*")
    logs.put_resource_policy(policyName="events", policyDocument=policy)
    aim(where)
    ids = {put(n=number) for number in range(3)}

    def lines():
        return logs.filter_log_events(logGroupName=group)["events"]

    until(lambda: len(lines()) == 3, "the lines do not come")
    assert {json.loads(line["message"])["id"] for line in lines()} == ids


@pytest.fixture
def called(aws, monkeypatch):
    """Return the calls that start a workflow or a pipeline; they are answered with nothing."""
    calls, call = [], aws.parts.call

    def answer(service, operation, request):
        if operation in ("NotifyEvent", "StartPipelineExecution"):
            calls.append((operation, request))
            return {}
        return call(service, operation, request)

    monkeypatch.setattr(aws.parts, "call", answer)
    return calls


def role(client, service, *actions):
    """Make a role for rules, and return its ARN."""
    iam = client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName="rules", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    line = {"Effect": "Allow", "Action": [*actions], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [line]})
    iam.put_role_policy(RoleName="rules", PolicyName="do", PolicyDocument=policy)
    return arn


EVENT = {"id": "2ee9cc15-d022-99ea-1fb8-1b1bac4850f9", "detail": {"object": {"key": "a.ogg"}}}
MESSAGE = Message(EVENT, "{}", {"Name": "all", "Arn": "arn:rule"}, "0" * 33)


@pytest.mark.parametrize(
    ("service", "action", "is_started"),
    [
        ("events.amazonaws.com", "glue:notifyEvent", True),
        ("events.amazonaws.com", "glue:StartJobRun", False),
        ("glue.amazonaws.com", "glue:notifyEvent", False),
    ],
)
def test_a_workflow_is_started_by_a_role_that_rules_may_use(
    aws, client, called, service, action, is_started
):
    target = {"Id": "one", "Arn": WORKFLOW, "RoleArn": role(client, service, action)}
    if is_started:
        Targets(aws.parts).send(target, MESSAGE)
        assert called == [("NotifyEvent", {"Name": "curate", "EventId": EVENT["id"]})]
    else:
        with pytest.raises(Refused) as refused:
            Targets(aws.parts).send(target, MESSAGE)
        assert refused.value.code == "NO_PERMISSIONS" and refused.value.is_final and not called


def test_an_event_starts_a_job_by_its_workflow_and_the_jobs_end_is_an_event(
    aws, client, events, put, aim, queue
):
    make_role(client)
    Jobs(aws, client).make("print(1)", name="a")
    glue = client("glue")
    glue.create_workflow(Name="curate")
    glue.create_trigger(
        Name="start", WorkflowName="curate", Type="EVENT", Actions=[{"JobName": "a"}]
    )
    aim(WORKFLOW, RoleArn=role(client, "events.amazonaws.com", "glue:notifyEvent"))
    events.put_rule(Name="ends", EventPattern=json.dumps({"source": ["aws.glue"]}))
    events.put_targets(Rule="ends", Targets=[{"Id": "one", "Arn": queue.arn}])
    event = put(n=1)
    [end] = queue.events(1)
    [run] = glue.get_job_runs(JobName="a")["JobRuns"]
    assert end["detail-type"] == "Glue Job State Change"
    assert (end["detail"]["jobRunId"], end["detail"]["state"]) == (run["Id"], "SUCCEEDED")
    [started] = glue.get_workflow_runs(Name="curate")["Runs"]
    assert json.loads(started["WorkflowRunProperties"]["aws:eventIds"]) == [event]


def test_a_pipeline_gets_parameters_of_the_event(aws, client, called):
    arn = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/train"
    parameters = [{"Name": "key", "Value": "$.detail.object.key"}, {"Name": "n", "Value": "5"}]
    target = {
        "Id": "one", "Arn": arn,
        "RoleArn": role(client, "events.amazonaws.com", "sagemaker:StartPipelineExecution"),
        "SageMakerPipelineParameters": {"PipelineParameterList": parameters},
    }  # fmt: skip
    Targets(aws.parts).send(target, MESSAGE)
    [(_, request)] = called
    assert request["PipelineName"] == "train"
    assert request["PipelineParameters"] == [
        {"Name": "key", "Value": "a.ogg"}, {"Name": "n", "Value": "5"},
    ]  # fmt: skip


def test_an_event_starts_an_execution_with_its_values(aws, client, aim, put):
    sagemaker = client("sagemaker")
    definition = text(fail("stop", get("Parameters.n")), parameters=[parameter("n")])
    made = {"PipelineName": "train", "PipelineDefinition": definition, "RoleArn": ROLE}
    arn = sagemaker.create_pipeline(**made)["PipelineArn"]
    actor = role(client, "events.amazonaws.com", "sagemaker:StartPipelineExecution")
    given = {"PipelineParameterList": [{"Name": "n", "Value": "$.detail.n"}]}
    aim(arn, RoleArn=actor, SageMakerPipelineParameters=given)
    put(n=7)

    def reasons():
        answer = sagemaker.list_pipeline_executions(PipelineName="train")
        listed = answer["PipelineExecutionSummaries"]
        return [each.get("PipelineExecutionFailureReason") for each in listed]

    until(lambda: reasons() == ["7"], "no execution")
