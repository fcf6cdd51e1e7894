"""All that the course made is deleted, whenever it was interrupted, and nothing of anybody else."""

import dataclasses
import json
import signal
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from helpers.account_settings import AccountSettings
from helpers.budget import set_budget
from helpers.container_images import processing_image
from helpers.course_tag import TAG, as_mapping
from helpers.deletion import Cleanup, delete_all
from helpers.drift_alarm import make_alarm
from helpers.events import make_queue, make_rule, uploads
from helpers.feature_groups import make_group
from helpers.gateway import make_gateway
from helpers.glue_jobs import make_job, run_job
from helpers.glue_workflows import make_workflow
from helpers.guarded_updates import make_alarms
from helpers.inventory import KINDS, UNKNOWN, inventory, remaining
from helpers.roles import make_role
from helpers.scaling import scale
from helpers.schedules import request_of, schedule_job
from helpers.session import client as course_client
from local_aws.control import Fault, set_faults
from tests.local_aws.services.functions.conftest import ROLE, zipped
from tests.local_aws.services.functions.conftest import make_role as make_function_role
from tests.local_aws.services.sagemaker.jobs.requests import ROLE as JOBS_ROLE
from tests.local_aws.services.sagemaker.jobs.requests import training, until, wait_for
from tests.local_aws.services.sagemaker.pipelines.definitions import fail, text
from tests.local_aws.services.sagemaker.tuning.requests import archive as packed_script
from tests.local_aws.services.sagemaker.tuning.requests import trials_of, tuning, wait_until
from tests.local_cloud import BUCKET, mark_bucket
from tests.one_of_each import account, finish, made_by_the_course, make

OURS = "birds-and-bins-birds-1"
LOOK_ALIKES = {
    "birds-and-bins-birds-theirs": {},
    "birds-and-bins-other": {"course": "another"},
    "my-birds-and-bins-birds": {"course": "birds-and-bins"},
}
"""The course's prefix without its tag, its tag with another value, its name inside another."""
DELETE = """
import sys
from helpers.deletion import delete_all
from tests.one_of_each import course
delete_all(course(sys.argv[1]))
"""


@pytest.fixture
def config(config):
    """Return settings whose bucket the course has made."""
    mark_bucket(config)
    return config


@pytest.fixture
def full(aws, config):
    """Return the settings of a course that has made one of each kind."""
    furnished(config)
    make_group(config)
    chained(config)
    assert list(made_by_the_course(config, OURS, config.database))
    finish(lambda service: course_client(config, service), OURS)
    request = request_of(config, OURS)
    schedule_job(config, f"{OURS}-daily", request, "cron(0 6 1 1 ? 2199)")
    scale(config, OURS, 10)
    start_by_events(aws, config)
    return config


def furnished(config):
    """Make what the course makes before its first job."""
    make_role(config)
    processing_image(config)
    make_gateway(config, config.name, "page")
    make_alarms(config, config.name, errors=0.1, seconds=1)
    make_alarm(config, config.name)


def chained(config):
    """Make a pipeline, a function and a budget."""
    sagemaker, functions = (course_client(config, name) for name in ("sagemaker", "lambda"))
    names = {"PipelineName": OURS, "RoleArn": JOBS_ROLE}
    sagemaker.create_pipeline(**names, PipelineDefinition=text(fail()), Tags=[TAG])
    make_function_role(course_client(config, "iam"))
    code = {"ZipFile": zipped("def handle(event, context):\n    return event\n")}
    functions.create_function(
        FunctionName=OURS, Code=code, Tags=as_mapping([TAG]), Runtime="python3.12", Role=ROLE,
        Handler="program.handle",
    )  # fmt: skip
    set_budget(config, 5)


def start_by_events(aws, config):
    """Make a Spark job with a log and a run under way, and what leads to it from an upload."""
    job = make_job(config, "etl", "scripts_process/glue_sql.py", {})
    workflow = make_workflow(config, "curate", job)
    raw = uploads(config.bucket, config.key("raw"))
    make_rule(config, "raw", raw, workflow, make_queue(config, "dead-letters"))
    glue = course_client(config, "glue")
    place = glue.get_job(JobName=job)["Job"]["Command"]["ScriptLocation"]
    key = place.removeprefix(f"s3://{BUCKET}/")
    aws.store.put(BUCKET, key, b"print('a log')")
    run_job(config, job)
    aws.store.put(BUCKET, key, b"import time\ntime.sleep(600)")
    glue.start_job_run(JobName=job)


def make_look_alikes(client):
    """Make three look-alikes of each kind, whose logs are all there."""
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    for name, tags in LOOK_ALIKES.items():
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        assert list(make(client, name, name.replace("-", "_"), tags))
        client("ecr").create_repository(repositoryName=name, tags=pairs)
        client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=pairs)
        client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"Tags": pairs})
    for name in LOOK_ALIKES:
        finish(client, name)


@pytest.mark.slow
def test_one_of_every_kind_is_found_deleted_and_gone(aws, full):
    made = inventory(full)
    # In the course's own bucket no folder is set apart; a transform job that has ended stays.
    others = {"folder of a bucket", "running transform job"}
    assert {*made["kind"]} == {kind.name for kind in KINDS} - others
    done = delete_all(full)
    assert {*done["result"]} == {"deleted"}
    assert {*made["name"]} <= {*done["name"]}
    assert inventory(full).empty
    assert not aws.store.buckets()
    assert not aws.engines.logs.describe_log_groups({})["logGroups"]
    assert not list((aws.context.state / "instances").iterdir())
    assert delete_all(full).empty


def no_model_is_left(client) -> bool:
    """Ask whether the course's models are gone; a question that is throttled has no answer yet."""
    try:
        return not client("sagemaker").list_models(NameContains=OURS)["Models"]
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ThrottlingException"
        return False


@pytest.mark.slow
@pytest.mark.parametrize(
    "killed_after, faults",
    [
        ("endpoint", [Fault("lagging", "sagemaker", "*", seconds=0.2)]),
        ("hyper parameter tuning job", [Fault("throttled", share=0.1)]),
        ("table", []),
    ],
)
def test_a_killed_run_and_a_killed_cleanup_leave_nothing_and_look_alikes_stay(
    aws, client, config, killed_after, faults
):
    make_look_alikes(client)
    before = account(client)
    furnished(config)
    program = [sys.executable, "-m", "tests.one_of_each", aws.context.url, OURS, config.database]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout:
            if line.strip() == killed_after:
                run.kill()
                break
    set_faults(aws.context, faults)
    with subprocess.Popen([sys.executable, "-c", DELETE, aws.context.url]) as cleanup:
        assert until(lambda: no_model_is_left(client), seconds=60)
        cleanup.kill()
        assert cleanup.wait() == -signal.SIGKILL  # it had not ended
    done = delete_all(config)
    # The lists are late: the killed cleanup may have been waiting for them, with all deleted.
    assert {*done["result"]} <= {"deleted"}
    assert remaining(config).empty
    set_faults(aws.context, [])
    assert account(client) == {**before, "bucket": before["bucket"] - {BUCKET}}
    for name in LOOK_ALIKES:
        endpoint = client("sagemaker").describe_endpoint(EndpointName=name)
        assert endpoint["EndpointStatus"] == "InService"


def test_what_may_not_be_deleted_is_listed_with_reason_and_advice_and_the_others_go(aws, config):
    make_role(config)
    sagemaker = course_client(config, "sagemaker")
    for name in (OURS, f"{OURS}-2"):
        sagemaker.create_model_package_group(ModelPackageGroupName=name)
    sagemaker.create_model_card(ModelCardName=OURS, Content="{}", ModelCardStatus="Draft")
    set_faults(aws.context, [Fault("denied", "sagemaker", "DeleteModelCard")])
    done = delete_all(config).set_index("kind")
    assert done.loc["model card"].to_list() == [
        "SageMaker", OURS, "left",
        "The user is not authorized to perform: sagemaker:DeleteModelCard",
        "get the permission (docs/user-policy-*.json), then run this notebook again",
    ]  # fmt: skip
    assert {*done.drop("model card")["result"]} == {"deleted"} and len(done) == 5
    assert list(inventory(config)["kind"]) == ["model card"]
    set_faults(aws.context, [])
    assert {*delete_all(config)["result"]} == {"deleted"} and inventory(config).empty


def test_a_kind_that_may_not_be_listed_is_in_the_table_and_the_others_go(aws, config):
    make_role(config)
    set_faults(aws.context, [Fault("denied", "iam", "ListRoles")])
    done = delete_all(config).set_index("kind")["result"]
    assert done.to_dict() == {"bucket": "deleted", "role": "left"}


def test_a_list_that_was_refused_for_a_while_is_no_resource(aws, config):
    cleanup = Cleanup(config, patience=0)
    set_faults(aws.context, [Fault("denied", "iam", "ListRoles")])
    assert cleanup.one_pass()["left"] == 1
    set_faults(aws.context, [])
    assert cleanup.one_pass()["left"] == 0 and ("role", UNKNOWN) not in cleanup.outcomes


def test_what_is_in_use_is_listed_with_its_reason_and_what_uses_it(config):
    make_role(config)
    iam = course_client(config, "iam")
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    policy = {"Version": "2012-10-17", "Statement": [allow]}
    arn = iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(policy))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=config.role, PolicyArn=arn)
    done = delete_all(config, patience=0).set_index("kind")
    assert done.loc["role", "result"] == "left" and "detach" in done.loc["role", "why"]
    assert done.loc["bucket", "result"] == "deleted"
    assert list(inventory(config)["kind"]) == ["role"]


def test_a_version_that_is_left_is_named_where_its_group_can_not_go(aws, config):
    sagemaker = course_client(config, "sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName=OURS)
    sagemaker.create_model_package(ModelPackageGroupName=OURS)
    set_faults(aws.context, [Fault("denied", "sagemaker", "DeleteModelPackage")])
    done = delete_all(config, patience=0).set_index("kind")
    assert f"delete model package {OURS}/1 first" in done.loc["model package group", "what to do"]


def test_cleaning_up_a_course_that_was_never_begun_is_harmless(aws, config):
    aws.store.delete_bucket(BUCKET)
    assert delete_all(config).empty


def test_a_resource_that_a_late_list_shows_during_the_cleanup_is_deleted_too(
    aws, config, monkeypatch
):
    set_faults(aws.context, [Fault("lagging", "sagemaker", "List*", seconds=3600)])
    monkeypatch.setattr("helpers.deletion.time.sleep", lambda _: aws.parts.clock.advance(3601))
    sagemaker = course_client(config, "sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName=OURS)
    assert "model package group" not in {*inventory(config)["kind"]}
    assert ("model package group", "deleted") in delete_all(config)[["kind", "result"]].itertuples(
        index=False, name=None
    )


def test_a_companys_role_and_bucket_stay_and_its_folder_goes(aws, config):
    make_role(config)
    role = f"arn:aws:iam::{'0' * 12}:role/{config.role}"
    account = AccountSettings(role_arn=role, bucket=config.bucket)
    company = dataclasses.replace(config, account=account)
    for key in ("theirs", company.key("raw", "ours")):
        aws.store.put(config.bucket, key, b"x")
    done = delete_all(company)[["kind", "name", "result"]]
    assert [*done.itertuples(index=False)] == [
        ("folder of a bucket", f"{config.bucket}/birds-and-bins/", "deleted")
    ]
    assert [info.key for info in aws.store.list(config.bucket, "")] == ["theirs"]
    assert course_client(config, "iam").get_role(RoleName=config.role)


def test_a_job_that_still_runs_is_stopped_before_it_is_deleted(config):
    sagemaker = course_client(config, "sagemaker")
    sagemaker.create_training_job(**training(OURS, "import time; time.sleep(99)"))
    done = delete_all(config).set_index("kind")
    assert done.loc["training job", "result"] == "deleted"
    assert inventory(config).empty


def test_a_tuning_job_that_still_runs_is_stopped_with_its_training_jobs(aws, config):
    aws.store.put(BUCKET, "code/sourcedir.tar.gz", packed_script("import time; time.sleep(99)"))
    sagemaker = course_client(config, "sagemaker")
    sagemaker.create_hyper_parameter_tuning_job(**tuning(OURS, trials=9))
    wait_until(lambda: trials_of(sagemaker, OURS))
    done = delete_all(config).set_index("kind")
    assert done.loc["hyper parameter tuning job", "result"] == "deleted"
    assert inventory(config).empty


def test_a_warm_pool_is_ended_before_its_job_is_deleted(aws, config):
    sagemaker, request = course_client(config, "sagemaker"), training(OURS, "pass")
    request["ResourceConfig"]["KeepAlivePeriodInSeconds"] = 600
    sagemaker.create_training_job(**request)
    job = wait_for(sagemaker, "TrainingJob", OURS)
    assert job["WarmPoolStatus"]["Status"] == "Available"
    assert {*delete_all(config)["result"]} == {"deleted"}
    assert not list((aws.context.state / "instances").iterdir())


def test_many_objects_and_unfinished_uploads_go_with_the_bucket(aws, config):
    for number in range(1001):
        aws.store.put(BUCKET, f"shards/{number}", b"")
    s3 = course_client(config, "s3")
    s3.create_multipart_upload(Bucket=BUCKET, Key="half")
    assert {*delete_all(config)["result"]} == {"deleted"}
    assert not aws.store.has_bucket(BUCKET)
