"""All that the course made is found and deleted, and nothing of anybody else."""

import dataclasses
import json

import pytest

from helpers.account_settings import AccountSettings
from helpers.container_images import processing_image
from helpers.gateway import make_gateway
from helpers.inventory import KINDS, delete_all, inventory, remaining
from helpers.jobs import wait
from helpers.roles import make_role
from helpers.session import client as course_client
from helpers.tuning_jobs import wait_for_tuning
from local_aws.control import Fault, set_faults
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_aws.services.sagemaker.hosting.queues import permit
from tests.local_aws.services.sagemaker.jobs.requests import ROLE, processing, training, wait_for
from tests.local_aws.services.sagemaker.transform.jobs import transform
from tests.local_aws.services.sagemaker.tuning.requests import archive as packed_script
from tests.local_aws.services.sagemaker.tuning.requests import trials_of, tuning, wait_until
from tests.local_cloud import BUCKET, SERVING

OURS, THEIRS = "birds-and-bins-birds-1", "somebody-elses"


def use(config, aws, prefix, *, database):
    """Make one of each kind of resource under a name, in the bucket of the settings."""
    sagemaker = course_client(config, "sagemaker")
    aws.store.put(BUCKET, "model.tar.gz", archive())
    aws.store.put(BUCKET, "code/run.py", b"print('done')")
    sagemaker.create_training_job(**training(prefix, "print('done')"))
    sagemaker.create_processing_job(**processing(prefix))
    aws.store.put(BUCKET, "code/sourcedir.tar.gz", packed_script("print('score=1')"))
    sagemaker.create_hyper_parameter_tuning_job(**tuning(prefix, trials=1))
    place = {"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
    role = "arn:aws:iam::000000000000:role/course"
    sagemaker.create_model(ModelName=prefix, PrimaryContainer=place, ExecutionRoleArn=role)
    sagemaker.create_model_package_group(ModelPackageGroupName=prefix)
    served = {"Containers": [place], "SupportedContentTypes": ["text/plain"]}
    sagemaker.create_model_package(
        ModelPackageGroupName=prefix,
        InferenceSpecification={**served, "SupportedResponseMIMETypes": ["text/plain"]},
    )
    sagemaker.create_model_card(ModelCardName=prefix, Content="{}", ModelCardStatus="Draft")
    variant = {"VariantName": "v", "ModelName": prefix, "InstanceType": "ml.m5.large"}
    variant["InitialInstanceCount"] = 1
    sagemaker.create_endpoint_config(EndpointConfigName=prefix, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=prefix, EndpointConfigName=prefix)
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=prefix, WaiterConfig={"Delay": 1})
    glue = course_client(config, "glue")
    glue.create_database(DatabaseInput={"Name": database})
    glue.create_table(DatabaseName=database, TableInput={"Name": "t"})
    for kind in ("TrainingJob", "ProcessingJob"):
        wait(config, kind, prefix)
    wait_for_tuning(config, prefix)


@pytest.fixture
def full(aws, config):
    """Return the settings of a course that has made one of each kind."""
    make_role(config)
    processing_image(config)
    make_gateway(config, OURS, "page")
    use(config, aws, OURS, database=config.database)
    return config


@pytest.mark.slow
def test_one_of_every_kind_is_found_deleted_and_gone(aws, full):
    made = inventory(full)
    # In the course's own bucket no folder is set apart; a transform job that has ended stays.
    others = {"folder of a bucket", "running transform job"}
    assert {*made["kind"]} == {kind.name for kind in KINDS} - others
    done = delete_all(full)
    assert {*done["result"]} == {"deleted"}
    assert inventory(full).empty
    assert not aws.store.buckets()
    assert not aws.engines.logs.describe_log_groups({})["logGroups"]
    assert not list((aws.context.state / "instances").iterdir())


@pytest.mark.slow
def test_deleting_twice_is_harmless(full):
    delete_all(full)
    assert delete_all(full).empty


@pytest.mark.slow
def test_lists_that_are_late_are_asked_until_they_show_what_is_gone(aws, full):
    set_faults(aws.context, [Fault("lagging", "sagemaker", "List*", seconds=6)])
    assert set(delete_all(full)["result"]) == {"deleted"}
    assert "processing job" in set(inventory(full)["kind"])  # so late are they
    assert remaining(full).empty


def test_cleaning_up_a_course_that_was_never_begun_is_harmless(aws, config):
    aws.store.delete_bucket(BUCKET)
    assert inventory(config).empty and delete_all(config).empty


def test_a_companys_role_and_bucket_stay_and_its_folder_goes(aws, config):
    make_role(config)
    role = f"arn:aws:iam::{'0' * 12}:role/{config.role}"
    account = AccountSettings(role_arn=role, bucket=config.bucket)
    company = dataclasses.replace(config, account=account)
    for key in ("theirs", company.key("raw", "ours")):
        aws.store.put(config.bucket, key, b"x")
    assert [*delete_all(company).itertuples(index=False)] == [
        ("folder of a bucket", f"{config.bucket}/birds-and-bins/", "deleted")
    ]
    assert [info.key for info in aws.store.list(config.bucket, "")] == ["theirs"]
    assert course_client(config, "iam").get_role(RoleName=config.role)


def test_the_tables_of_every_raw_data_set_are_found_and_deleted(config):
    glue = course_client(config, "glue")
    names = [dataclasses.replace(config, raw=raw).database for raw in (None, "/data/mine")]
    for name in (*names, "birds_and_binsters"):
        glue.create_database(DatabaseInput={"Name": name})
        glue.create_table(DatabaseName=name, TableInput={"Name": "t"})
    done = delete_all(config)
    assert {*done[done["kind"] == "table"]["name"]} == {f"{name}.t" for name in names}
    assert [each["Name"] for each in glue.get_databases()["DatabaseList"]] == ["birds_and_binsters"]


@pytest.mark.slow
def test_what_others_have_stays(aws, full):
    aws.store.create_bucket(THEIRS)
    iam, ecr = course_client(full, "iam"), course_client(full, "ecr")
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    iam.create_role(RoleName=THEIRS, AssumeRolePolicyDocument=trust)
    ecr.create_repository(repositoryName=THEIRS)
    use(full, aws, THEIRS, database="theirs")
    delete_all(full)
    sagemaker = course_client(full, "sagemaker")
    assert sagemaker.describe_endpoint(EndpointName=THEIRS)["EndpointStatus"] == "InService"
    assert sagemaker.describe_training_job(TrainingJobName=THEIRS)
    assert sagemaker.describe_processing_job(ProcessingJobName=THEIRS)
    assert sagemaker.describe_model_package(ModelPackageName=f"{THEIRS}/1")
    assert sagemaker.list_model_cards(NameContains=THEIRS)["ModelCardSummaries"]
    assert course_client(full, "glue").get_table(DatabaseName="theirs", Name="t")
    logs = course_client(full, "logs")
    streams = logs.describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs")["logStreams"]
    assert {each["logStreamName"][: len(THEIRS)] for each in streams} == {THEIRS}
    tuned = sagemaker.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"]
    assert [each["HyperParameterTuningJobName"] for each in tuned] == [THEIRS]
    assert iam.get_role(RoleName=THEIRS) and aws.store.has_bucket(THEIRS)
    assert len(ecr.describe_repositories()["repositories"]) == 1


def test_a_job_that_still_runs_is_stopped_before_it_is_deleted(config):
    sagemaker = course_client(config, "sagemaker")
    sagemaker.create_training_job(**training(OURS, "import time; time.sleep(99)"))
    done = delete_all(config)
    assert ("training job", OURS, "deleted") in done.itertuples(index=False, name=None)
    assert inventory(config).empty


def test_a_tuning_job_that_still_runs_is_stopped_with_its_training_jobs(aws, config):
    aws.store.put(BUCKET, "code/sourcedir.tar.gz", packed_script("import time; time.sleep(99)"))
    sagemaker = course_client(config, "sagemaker")
    sagemaker.create_hyper_parameter_tuning_job(**tuning(OURS, trials=9))
    wait_until(lambda: trials_of(sagemaker, OURS))
    done = delete_all(config)
    assert ("hyper parameter tuning job", OURS, "deleted") in done.itertuples(
        index=False, name=None
    )
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


def test_what_can_not_be_deleted_is_listed_with_its_reason(config):
    make_role(config)
    iam = course_client(config, "iam")
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    policy = {"Version": "2012-10-17", "Statement": [allow]}
    arn = iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(policy))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=config.role, PolicyArn=arn)
    done = delete_all(config, patience=0).set_index("kind")["result"]
    assert done["role"].startswith("left: ") and done["bucket"] == "deleted"
    assert list(inventory(config)["kind"]) == ["role"]


def test_a_running_transform_job_is_stopped_and_listed_no_more(aws, config):
    permit(aws, "s3:*")
    slow = archive("import time\ntime.sleep(60)")
    aws.store.put(BUCKET, "model.tar.gz", slow)
    aws.store.put(BUCKET, "in/a.txt", b"a")
    sagemaker = course_client(config, "sagemaker")
    place = {"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
    sagemaker.create_model(ModelName="model", PrimaryContainer=place, ExecutionRoleArn=ROLE)
    for name in (OURS, THEIRS):
        sagemaker.create_transform_job(**transform(name))
    (kind,) = (kind for kind in KINDS if kind.name == "running transform job")
    assert list(kind.find(config)) == [OURS]
    kind.delete(config, OURS)
    assert not list(kind.find(config))
    job = sagemaker.describe_transform_job(TransformJobName=OURS)
    assert job["TransformJobStatus"] == "Stopped"
