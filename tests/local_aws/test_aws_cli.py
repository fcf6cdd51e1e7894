"""The `aws` command, unmodified, works with the local AWS."""

import hashlib
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.local_aws.services.events.targets import allowing, until
from tests.local_aws.services.functions.conftest import ROLE as FUNCTIONS_ROLE
from tests.local_aws.services.functions.conftest import make_role as make_functions_role
from tests.local_aws.services.functions.conftest import zipped
from tests.local_aws.services.glue.jobs.spark_jobs import job, make_role
from tests.local_aws.services.sagemaker.hosting import queues
from tests.local_aws.services.sagemaker.hosting.models import Hosting, archive
from tests.local_aws.services.sagemaker.jobs.requests import training, wait_for
from tests.local_aws.services.sagemaker.transform.jobs import UPPER
from tests.local_cloud import BUCKET

pytestmark = pytest.mark.slow


@pytest.fixture
def run(aws):
    """Return a function that runs the `aws` command against the local AWS, as JSON or text."""
    command = str(Path(sys.executable).with_name("aws"))
    environment = {**aws.context.environment(), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}

    def run(*words, text=False):
        done = subprocess.run([command, *words], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout if text else json.loads(done.stdout)

    return run


def test_a_large_file_goes_to_s3_and_comes_back_the_same(run, tmp_path):
    data = hashlib.shake_128(b"course").digest(40_000_000)
    (tmp_path / "there").write_bytes(data)
    run("s3", "cp", "--no-progress", str(tmp_path / "there"), f"s3://{BUCKET}/large", text=True)
    run("s3", "cp", "--no-progress", f"s3://{BUCKET}/large", str(tmp_path / "back"), text=True)
    assert (tmp_path / "back").read_bytes() == data
    assert "40000000 large" in run("s3", "ls", f"s3://{BUCKET}/", text=True)


@pytest.mark.parametrize("size", [1_000, 9_000_000])
def test_an_object_is_copied_within_s3_whole_or_by_parts(run, client, size):
    data = hashlib.shake_128(b"course").digest(size)
    client("s3").put_object(Bucket=BUCKET, Key="one", Body=data)
    run("s3", "cp", "--no-progress", f"s3://{BUCKET}/one", f"s3://{BUCKET}/two", text=True)
    assert client("s3").get_object(Bucket=BUCKET, Key="two")["Body"].read() == data


def test_a_job_is_described_and_its_log_read(run, client):
    client("sagemaker").create_training_job(**training("job", "print('epoch=1; loss=0.5')"))
    wait_for(client("sagemaker"), "TrainingJob", "job")
    job = run("sagemaker", "describe-training-job", "--training-job-name", "job")
    assert job["TrainingJobStatus"] == "Completed"
    # `aws logs tail`, which version 2 of the command has, is this call with a clock.
    log = run("logs", "filter-log-events", "--log-group-name", "/aws/sagemaker/TrainingJobs")
    assert [event["message"] for event in log["events"]] == ["epoch=1; loss=0.5"]


def ask(run, *options) -> str:
    """Return the id of a query that has ended."""
    text = ("--query-string", "SELECT 1 AS one, 'a' AS letter")
    execution = run("athena", "start-query-execution", *text, *options)["QueryExecutionId"]
    state = "QUEUED"
    while state in ("QUEUED", "RUNNING"):
        answer = run("athena", "get-query-execution", "--query-execution-id", execution)
        state = answer["QueryExecution"]["Status"]["State"]
    return execution


def test_a_query_is_started_and_its_rows_are_read(run):
    execution = ask(run, "--result-configuration", f"OutputLocation=s3://{BUCKET}/athena/")
    rows = run("athena", "get-query-results", "--query-execution-id", execution)["ResultSet"][
        "Rows"
    ]
    texts = [[cell["VarCharValue"] for cell in row["Data"]] for row in rows]
    assert texts == [["one", "letter"], ["1", "a"]]


def test_a_companys_workgroup_is_set_up_and_says_where_results_go(run, client):
    place = f"OutputLocation=s3://{BUCKET}/company/"
    settings = f"EnforceWorkGroupConfiguration=true,ResultConfiguration={{{place}}}"
    group = ("--name", "company", "--configuration", settings)
    run("athena", "create-work-group", *group, text=True)
    execution = ask(run, "--work-group", "company")
    body = client("s3").get_object(Bucket=BUCKET, Key=f"company/{execution}.csv")["Body"]
    assert body.read() == b'"one","letter"\n"1","a"\n'


def test_a_variant_gets_another_weight(run, aws, client):
    hosting = Hosting(aws, client)
    hosting.create()
    weights = ("--desired-weights-and-capacities", "VariantName=model,DesiredWeight=3")
    name = ("--endpoint-name", "endpoint")
    run("sagemaker", "update-endpoint-weights-and-capacities", *name, *weights)
    hosting.settled()
    (variant,) = run("sagemaker", "describe-endpoint", *name)["ProductionVariants"]
    assert (variant["CurrentWeight"], variant["DesiredWeight"]) == (3, 3)


def test_an_asynchronous_endpoint_is_asked_and_its_answer_read(run, aws, client):
    hosting = Hosting(aws, client)
    queues.create(hosting)
    told = run(
        "sagemaker-runtime", "invoke-endpoint-async", "--endpoint-name", "endpoint",
        "--input-location", queues.put(hosting), "--content-type", "text/plain",
        "--inference-id", "clip-1",
    )  # fmt: skip
    assert told["InferenceId"] == "clip-1"
    queues.arrived(hosting, told["OutputLocation"])
    answer = run("s3", "cp", "--no-progress", told["OutputLocation"], "-", text=True)
    assert json.loads(answer)["bytes"] == 5


def test_a_transform_job_is_created_listed_and_described(run, aws, client):
    queues.permit(aws, "s3:*")
    Hosting(aws, client).model(data=archive(UPPER))
    aws.store.put(BUCKET, "in/a.txt", b"a")
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/in/"}
    made = run(
        "sagemaker", "create-transform-job", "--transform-job-name", "job",
        "--model-name", "model",
        "--transform-input", json.dumps({"DataSource": {"S3DataSource": source}}),
        "--transform-output", f"S3OutputPath=s3://{BUCKET}/out,Accept=text/plain",
        "--transform-resources", "InstanceType=ml.m5.large,InstanceCount=1",
    )  # fmt: skip
    run(
        "sagemaker", "wait", "transform-job-completed-or-stopped", "--transform-job-name", "job",
        text=True,
    )  # fmt: skip
    (job,) = run("sagemaker", "list-transform-jobs")["TransformJobSummaries"]
    assert (job["TransformJobArn"], job["TransformJobStatus"]) == (
        made["TransformJobArn"], "Completed",
    )  # fmt: skip
    assert aws.store.read(BUCKET, "out/a.txt.out") == b"A"


def test_metrics_are_put_listed_and_read(run, aws):
    now = aws.parts.clock.now().replace(second=0, microsecond=0)
    start, end = (now + timedelta(minutes=minutes) for minutes in (-5, 5))
    span = ("--start-time", start.isoformat(), "--end-time", end.isoformat())
    name = ("--namespace", "Birds", "--metric-name", "songs")
    run("cloudwatch", "put-metric-data", *name, "--value", "3", "--unit", "Count", text=True)
    listed = run("cloudwatch", "list-metrics", "--namespace", "Birds")["Metrics"]
    assert [metric["MetricName"] for metric in listed] == ["songs"]
    statistics = ("--period", "60", "--statistics", "Sum")
    read = run("cloudwatch", "get-metric-statistics", *name, *span, *statistics)
    assert [point["Sum"] for point in read["Datapoints"]] == [3]
    metric = {"Namespace": "Birds", "MetricName": "songs"}
    queries = json.dumps(
        [{"Id": "a", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}]
    )
    read = run("cloudwatch", "get-metric-data", "--metric-data-queries", queries, *span)
    assert read["MetricDataResults"][0]["Values"] == [3]


def test_an_alarm_is_made_set_described_and_deleted(run):
    name = ("--alarm-name", "errors")
    metric = ("--namespace", "Birds", "--metric-name", "errors", "--statistic", "Sum")
    limit = ("--threshold", "1", "--comparison-operator", "GreaterThanThreshold")
    periods = ("--period", "60", "--evaluation-periods", "1")
    run("cloudwatch", "put-metric-alarm", *name, *metric, *limit, *periods, text=True)
    for switch in ("disable-alarm-actions", "enable-alarm-actions"):
        run("cloudwatch", switch, "--alarm-names", "errors", text=True)
    state = ("--state-value", "ALARM", "--state-reason", "a drill")
    run("cloudwatch", "set-alarm-state", *name, *state, text=True)
    [alarm] = run("cloudwatch", "describe-alarms", "--alarm-names", "errors")["MetricAlarms"]
    assert (alarm["StateValue"], alarm["StateReason"]) == ("ALARM", "a drill")
    run("cloudwatch", "delete-alarms", "--alarm-names", "errors", text=True)
    assert run("cloudwatch", "describe-alarms")["MetricAlarms"] == []


def test_a_spark_job_is_made_run_stopped_and_deleted(aws, run, client):
    make_role(client)
    aws.store.put(BUCKET, "scripts/etl.py", b"import time; time.sleep(300)")
    update = job()
    name = update.pop("Name")
    run("glue", "create-job", "--cli-input-json", json.dumps(job()))
    named = ("--job-name", name)
    run("glue", "update-job", *named, "--job-update", json.dumps({**update, "Timeout": 5}))
    assert run("glue", "get-job", *named)["Job"]["Timeout"] == 5
    assert [each["Name"] for each in run("glue", "get-jobs")["Jobs"]] == [name]
    started = run("glue", "start-job-run", *named)["JobRunId"]
    answer = run("glue", "batch-stop-job-run", *named, "--job-run-ids", started)
    assert len(answer["SuccessfulSubmissions"]) == 1
    state = "STOPPING"
    while state == "STOPPING":
        shown = run("glue", "get-job-run", *named, "--run-id", started)["JobRun"]
        state = shown["JobRunState"]
    assert state == "STOPPED" and run("glue", "get-job-runs", *named)["JobRuns"] == [shown]
    run("glue", "delete-job", *named)
    assert run("glue", "get-jobs")["Jobs"] == []


def test_glue_runs_jobs_in_a_workflow(client, run):
    make_role(client)
    client("s3").put_object(
        Bucket=BUCKET, Key="scripts/etl.py", Body=b"import time; time.sleep(600)"
    )
    run("glue", "create-job", "--cli-input-json", json.dumps(job()))
    named = ("--name", "w")
    run("glue", "create-workflow", *named)
    assert run("glue", "list-workflows")["Workflows"] == ["w"]
    first = ("--workflow-name", "w", "--type", "ON_DEMAND", "--actions", "JobName=etl")
    run("glue", "create-trigger", "--name", "first", *first)
    done = {"Logical": "AND", "Conditions": [{"LogicalOperator": "EQUALS", "JobName": "etl"}]}
    done["Conditions"][0]["State"] = "SUCCEEDED"
    then = ("--workflow-name", "w", "--type", "CONDITIONAL", "--actions", "JobName=etl")
    run("glue", "create-trigger", "--name", "then", *then, "--predicate", json.dumps(done))
    run("glue", "start-trigger", "--name", "then")
    assert run("glue", "get-trigger", "--name", "then")["Trigger"]["State"] == "ACTIVATED"
    assert len(run("glue", "get-triggers")["Triggers"]) == 2
    run("glue", "delete-trigger", "--name", "then")
    started = run("glue", "start-workflow-run", *named, "--run-properties", "a=b")["RunId"]
    run("glue", "stop-workflow-run", *named, "--run-id", started, text=True)
    told = run("glue", "get-workflow-run-properties", *named, "--run-id", started)
    assert told["RunProperties"] == {"a": "b"}
    shown = run("glue", "get-workflow-run", *named, "--run-id", started)["Run"]
    assert shown["Status"] in ("STOPPING", "STOPPED", "COMPLETED")
    assert len(run("glue", "get-workflow-runs", *named)["Runs"]) == 1
    assert run("glue", "get-workflow", *named)["Workflow"]["LastRun"]["Name"] == "w"
    run("glue", "delete-workflow", *named)
    assert run("glue", "list-workflows")["Workflows"] == []


def test_a_queue_gets_what_is_published_to_its_topic(aws, run):
    # Version 1 of the command sends `aws sqs` to AWS whatever AWS_ENDPOINT_URL is: here it is told.
    there = ("--endpoint-url", aws.context.url)
    url = run("sqs", *there, "create-queue", "--queue-name", "news")["QueueUrl"]
    topic = ("--topic-arn", run("sns", "create-topic", "--name", "news")["TopicArn"])
    end = ("--protocol", "sqs", "--notification-endpoint", topic[1].replace(":sns:", ":sqs:"))
    subscription = ("--subscription-arn", run("sns", "subscribe", *topic, *end)["SubscriptionArn"])
    assert len(run("sns", "list-subscriptions-by-topic", *topic)["Subscriptions"]) == 1
    policy = allowing("sns:Publish", topic[1])
    setting = ("--attribute-name", "Policy", "--attribute-value", policy)
    run("sns", "set-topic-attributes", *topic, *setting, text=True)
    assert run("sns", "get-topic-attributes", *topic)["Attributes"]["Policy"] == policy
    run("sns", "publish", *topic, "--message", "a wren")
    [message] = run("sqs", *there, "receive-message", "--queue-url", url)["Messages"]
    assert json.loads(message["Body"])["Message"] == "a wren"
    run("sns", "unsubscribe", *subscription, text=True)
    run("sns", "delete-topic", *topic, text=True)
    assert run("sns", "list-topics")["Topics"] == []


def test_keys_are_listed_in_the_older_form(run):
    for key in ("old/a", "old/b/c"):
        run("s3api", "put-object", "--bucket", BUCKET, "--key", key)
    shape = ("--prefix", "old/", "--delimiter", "/")
    listed = run("s3api", "list-objects", "--bucket", BUCKET, *shape)
    assert [each["Key"] for each in listed["Contents"]] == ["old/a"]
    assert listed["CommonPrefixes"] == [{"Prefix": "old/b/"}]


def test_a_bucket_keeps_the_versions_of_an_object(run):
    bucket, key = ("--bucket", BUCKET), ("--key", "kept/a")
    status = "--versioning-configuration"
    run("s3api", "put-bucket-versioning", *bucket, status, "Status=Enabled", text=True)
    assert run("s3api", "get-bucket-versioning", *bucket)["Status"] == "Enabled"
    ids = [run("s3api", "put-object", *bucket, *key)["VersionId"] for _ in range(2)]
    marker = run("s3api", "delete-object", *bucket, *key)["VersionId"]
    listed = run("s3api", "list-object-versions", *bucket, "--prefix", "kept/")
    assert [each["VersionId"] for each in listed["Versions"]] == ids[::-1]
    assert [each["VersionId"] for each in listed["DeleteMarkers"]] == [marker]
    for version in (*ids, marker):
        run("s3api", "delete-object", *bucket, *key, "--version-id", version)
    run("s3api", "put-bucket-versioning", *bucket, status, "Status=Suspended", text=True)


def test_a_rule_is_tried_switched_marked_and_sends_to_a_log_group(run):
    name, group = ("--name", "birds"), "/aws/events/birds"
    arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{group}"
    pattern = (
        "--event-pattern",
        '{"source": ["course"], "detail": {"n": [{"numeric": [">", 1]}]}}',
    )
    rule = run("events", "put-rule", *name, *pattern)["RuleArn"]
    event = {"id": "1", "source": "course", "account": "1", "time": "2026-01-01T00:00:00Z"}
    event |= {"region": "us-east-1", "resources": [], "detail-type": "news", "detail": {"n": 2}}
    tried = run("events", "test-event-pattern", *pattern, "--event", json.dumps(event))
    assert tried == {"Result": True}
    run("events", "disable-rule", *name, text=True)
    assert run("events", "describe-rule", *name)["State"] == "DISABLED"
    run("events", "enable-rule", *name, text=True)
    marked = ("--resource-arn", rule)
    run("events", "tag-resource", *marked, "--tags", "Key=a,Value=b", text=True)
    run("events", "untag-resource", *marked, "--tag-keys", "a", text=True)
    assert run("events", "list-tags-for-resource", *marked)["Tags"] == []

    bucket = ("--bucket", BUCKET)
    notices = ("--notification-configuration", '{"EventBridgeConfiguration": {}}')
    run("s3api", "put-bucket-notification-configuration", *bucket, *notices, text=True)
    told = run("s3api", "get-bucket-notification-configuration", *bucket)
    assert told == {"EventBridgeConfiguration": {}}
    run("logs", "create-log-group", "--log-group-name", group, text=True)
    policy = ("--policy-name", "events")
    allowed = allowing(["logs:CreateLogStream", "logs:PutLogEvents"], f"{arn}:*")
    run("logs", "put-resource-policy", *policy, "--policy-document", allowed)
    run("events", "put-targets", "--rule", "birds", "--targets", f"Id=1,Arn={arn}")
    names = run("events", "list-rule-names-by-target", "--target-arn", arn)["RuleNames"]
    assert names == ["birds"]
    entry = {"Source": "course", "DetailType": "news", "Detail": json.dumps({"n": 2})}
    run("events", "put-events", "--entries", json.dumps([entry]))

    def lines():
        return run("logs", "filter-log-events", "--log-group-name", group)["events"]

    until(lines, "the line does not come")
    assert json.loads(lines()[0]["message"])["detail"] == {"n": 2}
    assert len(run("logs", "describe-resource-policies")["resourcePolicies"]) == 1
    run("logs", "delete-resource-policy", *policy, text=True)
    run("events", "remove-targets", "--rule", "birds", "--ids", "1")
    run("events", "delete-rule", *name, text=True)
    assert run("events", "list-rules")["Rules"] == []


def test_a_rest_api_is_made_of_a_document_and_listed(run, tmp_path):
    from tests.local_aws.services.apigateway.doors import Door

    (tmp_path / "api.json").write_text(json.dumps(Door.document(None)))
    regional = ("--endpoint-configuration", "types=REGIONAL")
    api = run("apigateway", "create-rest-api", "--name", "birds", *regional)["id"]
    name = ("--rest-api-id", api)
    run("apigateway", "put-rest-api", *name, "--mode", "overwrite",
        "--body", f"fileb://{tmp_path / 'api.json'}")  # fmt: skip
    (item,) = run("apigateway", "get-rest-apis")["items"]
    assert (item["id"], item["name"]) == (api, "door")
    deployment = run("apigateway", "create-deployment", *name)["id"]
    stage = ("--stage-name", "live", "--deployment-id", deployment)
    run("apigateway", "create-stage", *name, *stage)
    (item,) = run("apigateway", "get-stages", *name)["item"]
    assert item["deploymentId"] == deployment
    limits = ("--quota", "limit=5,period=DAY", "--api-stages", f"apiId={api},stage=live")
    plan = run("apigateway", "create-usage-plan", "--name", "plan", *limits)
    assert run("apigateway", "get-usage-plans")["items"] == [plan]
    run("apigateway", "delete-rest-api", *name, text=True)
    assert run("apigateway", "get-rest-apis")["items"] == []


def test_a_schedule_is_made_in_a_group_that_has_tags(run, client):
    trust = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}}
    policy = json.dumps({"Statement": [trust | {"Action": "sts:AssumeRole"}]})
    client("iam").create_role(RoleName="schedules", AssumeRolePolicyDocument=policy)
    role = "arn:aws:iam::000000000000:role/schedules"
    queue = "arn:aws:sqs:us-east-1:000000000000:due"
    group = run("scheduler", "create-schedule-group", "--name", "g")["ScheduleGroupArn"]
    arn = ("--resource-arn", group)
    run("scheduler", "tag-resource", *arn, "--tags", "Key=course,Value=a", text=True)
    tags = run("scheduler", "list-tags-for-resource", *arn)["Tags"]
    assert tags == [{"Key": "course", "Value": "a"}]
    assert run("scheduler", "get-schedule-group", "--name", "g")["State"] == "ACTIVE"
    name = ("--name", "s", "--group-name", "g")
    more = ("--flexible-time-window", "Mode=OFF", "--schedule-expression")
    target = ("--target", json.dumps({"Arn": queue, "RoleArn": role, "Input": "due"}))
    made = run("scheduler", "create-schedule", *name, *more, "rate(1 day)", *target)
    run("scheduler", "update-schedule", *name, *more, "cron(0 6 ? * MON-FRI *)", *target)
    schedule = run("scheduler", "get-schedule", *name)
    assert (schedule["Arn"], schedule["ScheduleExpression"]) == (
        made["ScheduleArn"], "cron(0 6 ? * MON-FRI *)",
    )  # fmt: skip
    [listed] = run("scheduler", "list-schedules", "--group-name", "g")["Schedules"]
    assert listed["Name"] == "s"
    run("scheduler", "delete-schedule", *name, text=True)
    run("scheduler", "delete-schedule-group", "--name", "g", text=True)
    [default] = run("scheduler", "list-schedule-groups")["ScheduleGroups"]
    assert default["Name"] == "default"


def test_a_scaling_policy_is_described_and_deleted(run, aws, client):
    hosting = Hosting(aws, client)
    hosting.create()
    of = (
        *("--service-namespace", "sagemaker", "--resource-id", "endpoint/endpoint/variant/model"),
        *("--scalable-dimension", "sagemaker:variant:DesiredInstanceCount"),
    )
    metric = "{PredefinedMetricType=SageMakerVariantConcurrentRequestsPerModelHighResolution}"
    policy = (
        *("--policy-name", "load", "--policy-type", "TargetTrackingScaling"),
        "--target-tracking-scaling-policy-configuration",
        f"TargetValue=70,PredefinedMetricSpecification={metric}",
    )
    limits = ("--min-capacity", "1", "--max-capacity", "2")
    run("application-autoscaling", "register-scalable-target", *of, *limits)
    made = run("application-autoscaling", "put-scaling-policy", *of, *policy)
    told = run("application-autoscaling", "describe-scaling-policies", *of)["ScalingPolicies"]
    assert [each["PolicyARN"] for each in told] == [made["PolicyARN"]]
    name = ("--policy-name", "load")
    run("application-autoscaling", "delete-scaling-policy", *of, *name, text=True)
    assert not run("application-autoscaling", "describe-scaling-policies", *of)["ScalingPolicies"]


def test_a_function_is_made_asked_and_listed(client, run, tmp_path):
    make_functions_role(client("iam"))
    text = "def handle(event, context):\n    return {'twice': 2 * event['number']}\n"
    (tmp_path / "f.zip").write_bytes(zipped(text))
    make = ("--function-name", "double", "--runtime", "python3.12", "--handler", "program.handle")
    code = ("--zip-file", f"fileb://{tmp_path / 'f.zip'}", "--role", FUNCTIONS_ROLE)
    run("lambda", "create-function", *make, *code)
    asked = ("--function-name", "double", "--payload", '{"number": 4}')
    answer = run("lambda", "invoke", *asked, str(tmp_path / "out.json"))
    assert answer["StatusCode"] == 200
    assert json.loads((tmp_path / "out.json").read_text()) == {"twice": 8}
    shown = run("lambda", "get-function", "--function-name", "double")["Configuration"]
    assert run("lambda", "list-functions")["Functions"] == [shown]
