"""Makes one resource of each kind that the course makes; also as a program that can be killed.

python -m tests.one_of_each URL PREFIX DATABASE: it prints a line after each of them.
"""

import sys
from collections.abc import Iterator
from functools import partial

from botocore import xform_name

from helpers.boto_sessions import use_local
from helpers.config import PROJECT, Config
from helpers.course_tag import KEY
from helpers.endpoints import VARIANT
from helpers.session import client as course_client
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_aws.services.sagemaker.jobs.requests import ROLE, processing, training, until
from tests.local_aws.services.sagemaker.tuning.requests import archive as packed_script
from tests.local_aws.services.sagemaker.tuning.requests import tuning
from tests.local_cloud import BUCKET, SERVING

REGION = "us-east-1"
NOUNS = (
    *("Endpoint", "EndpointConfig", "Model", "ModelCard", "ModelPackageGroup"),
    *("HyperParameterTuningJob", "ProcessingJob", "TrainingJob"),
)
FILES = {
    "model.tar.gz": archive(),
    "code/run.py": b"print('done')",
    "code/sourcedir.tar.gz": packed_script("print('score=1')"),
}


def make(
    client, prefix: str, database: str, tags: dict[str, str], properties=None
) -> Iterator[str]:
    """Make one of each kind of SageMaker's and Glue's; yield the kind after each.

    Args:
        client: returns a client of a service.
        tags: those in the requests; the course's own clients add the course's.
        properties: of the database; as the tags if None.
    """
    sagemaker, glue, s3 = (client(name) for name in ("sagemaker", "glue", "s3"))
    for key, data in FILES.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=data)
    marks = {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]} if tags else {}
    place = {"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
    sagemaker.create_model(ModelName=prefix, PrimaryContainer=place, ExecutionRoleArn=ROLE, **marks)
    yield "model"
    variant = {"VariantName": VARIANT, "ModelName": prefix, "InstanceType": "ml.m5.large"}
    variant["InitialInstanceCount"] = 1
    sagemaker.create_endpoint_config(
        EndpointConfigName=prefix, ProductionVariants=[variant], **marks
    )
    yield "endpoint config"
    sagemaker.create_endpoint(EndpointName=prefix, EndpointConfigName=prefix, **marks)
    yield "endpoint"
    sagemaker.create_training_job(**training(prefix, "print('done')"), **marks)
    yield "training job"
    sagemaker.create_processing_job(**processing(prefix), **marks)
    yield "processing job"
    sagemaker.create_hyper_parameter_tuning_job(**tuning(prefix, trials=1), **marks)
    yield "hyper parameter tuning job"
    sagemaker.create_model_package_group(ModelPackageGroupName=prefix, **marks)
    yield "model package group"
    served = {"Containers": [place], "SupportedContentTypes": ["text/plain"]}
    sagemaker.create_model_package(
        ModelPackageGroupName=prefix,
        InferenceSpecification={**served, "SupportedResponseMIMETypes": ["text/plain"]},
    )
    yield "model package"
    sagemaker.create_model_card(
        ModelCardName=prefix, Content="{}", ModelCardStatus="Draft", **marks
    )
    yield "model card"
    glue.create_database(
        DatabaseInput={"Name": database, "Parameters": tags if properties is None else properties}
    )
    yield "database"
    glue.create_table(DatabaseName=database, TableInput={"Name": "t"})
    yield "table"


def made_by_the_course(config: Config, prefix: str, database: str) -> Iterator[str]:
    """Make them with the course's own clients, which add its tag."""
    yield from make(partial(course_client, config), prefix, database, {}, {KEY: PROJECT})


def course(url: str) -> Config:
    """Return the course's settings for a local AWS, in a process of their own."""
    use_local(url, REGION)
    role = "birds-and-bins-execution"
    return Config("local", "birds", REGION, BUCKET, role, endpoint_url=url, poll_seconds=0.1)


def finish(client, prefix: str) -> None:
    """Wait until the jobs of a name have ended and its endpoint is up: all logs are there."""
    sagemaker = client("sagemaker")
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=prefix, WaiterConfig={"Delay": 1})
    for kind in ("training", "processing", "hyper_parameter_tuning"):
        noun = f"{kind.title().replace('_', '')}Job"
        describe = getattr(sagemaker, f"describe_{kind}_job")
        assert until(
            lambda describe=describe, noun=noun: (
                describe(**{f"{noun}Name": prefix})[f"{noun}Status"] == "Completed"
            ),
            seconds=60,
        )


def account(client) -> dict[str, set[str]]:
    """Return the names of all that is in an account, by kind."""
    sagemaker, glue, logs = (client(name) for name in ("sagemaker", "glue", "logs"))
    names = {}
    for noun in NOUNS:
        pages = sagemaker.get_paginator(f"list_{xform_name(noun)}s").paginate()
        lists = (value for page in pages for value in page.values() if isinstance(value, list))
        names[noun] = {each[f"{noun}Name"] for items in lists for each in items}
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageType="Both")
    names["ModelPackage"] = {
        each["ModelPackageArn"] for page in pages for each in page["ModelPackageSummaryList"]
    }
    databases = [each["Name"] for each in glue.get_databases()["DatabaseList"]]
    names["table"] = {
        f"{name}.{table['Name']}"
        for name in databases
        for table in glue.get_tables(DatabaseName=name)["TableList"]
    }
    groups = [each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]]
    names["log"] = {
        f"{group}:{each['logStreamName']}"
        for group in groups
        for each in logs.describe_log_streams(logGroupName=group)["logStreams"]
    }
    repositories = client("ecr").describe_repositories()["repositories"]
    return {
        **names,
        "database": {*databases},
        "repository": {each["repositoryName"] for each in repositories},
        "role": {each["RoleName"] for each in client("iam").list_roles()["Roles"]},
        "bucket": {each["Name"] for each in client("s3").list_buckets()["Buckets"]},
    }


def main(url: str, prefix: str, database: str) -> None:
    """Make them as the course does, and print the kind after each."""
    for kind in made_by_the_course(course(url), prefix, database):
        print(kind, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
