"""Lists the course's resources by its names and its tag, a row a kind; deletes nothing.

`KINDS` is the table of all kinds, in the order of deletion: endpoints, which are billed, go first,
bucket and roles last. What has a name like the course's and not its tag is not the course's.
"""

import time
from collections.abc import Iterator

import pandas as pd
from botocore.exceptions import ClientError

from helpers.bucket_contents import delete_bucket, delete_contents, own_buckets, own_folders
from helpers.config import Config
from helpers.course_tag import as_mapping
from helpers.resources import (
    alarms,
    catalog,
    gateways,
    images,
    logs,
    messages,
    pipelines,
    roles,
    rules,
    sagemaker,
    scalable_targets,
    schedules,
    spark_jobs,
    workflows,
)
from helpers.resources.kind import Kind, Resource
from helpers.session import client
from helpers.waiting import DENIED, answer_of

LAG = 30.0
"""Seconds for which AWS's lists may show what is deleted; SageMaker's are eventually consistent."""
UNKNOWN = "(the list was refused)"
"""The name in the row of a kind that the caller may not list."""


def _buckets(config: Config) -> Iterator[Resource]:
    yield from map(Resource, own_buckets(config))


def _bucket_tags(config: Config, bucket: Resource) -> dict[str, str]:
    try:
        return as_mapping(client(config, "s3").get_bucket_tagging(Bucket=bucket.name)["TagSet"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchTagSet":
            raise
        return {}


def _folders(config: Config) -> Iterator[Resource]:
    yield from map(Resource, own_folders(config))


USERS = (
    *("endpoint", "hyper parameter tuning job", "training job", "processing job"),
    *("running transform job", "running Spark job"),
)
"""Kinds that run: they use roles, images and the bucket, and write logs."""
SCALABLE = Kind(
    "Application Auto Scaling", "scalable target",
    scalable_targets.targets, scalable_targets.tags, scalable_targets.delete,
)  # fmt: skip
ASSUMERS = ("REST API", "schedule group", rules.RULE, pipelines.PIPELINE, pipelines.FUNCTION)
"""Kinds that have roles of their own."""
KINDS = (
    *schedules.KINDS,  # they go on starting jobs
    *pipelines.KINDS,
    SCALABLE,
    sagemaker.kind_of("Endpoint", delete=sagemaker.delete_endpoint),
    sagemaker.kind_of("EndpointConfig", "endpoint"),
    sagemaker.kind_of("Model", "endpoint"),
    *gateways.KINDS,
    *rules.KINDS,
    Kind("CloudWatch", "alarm", alarms.alarms, alarms.tags, alarms.delete, ("endpoint",)),
    *messages.KINDS,
    Kind("SageMaker", "model package", sagemaker.packages, None, sagemaker.delete_package),
    sagemaker.kind_of("ModelPackageGroup", "model package"),
    sagemaker.kind_of("ModelCard"),
    sagemaker.job("HyperParameterTuningJob"),
    sagemaker.job("TrainingJob"),
    sagemaker.job("ProcessingJob"),
    sagemaker.running_job("TransformJob"),
    *workflows.KINDS,
    *spark_jobs.KINDS,
    Kind("Glue", "table", catalog.tables, None, catalog.delete_table),
    catalog.DATABASES,
    Kind("CloudWatch", "log", logs.logs, None, logs.delete_log, USERS),
    Kind("ECR", "image repository", images.repositories, images.tags, images.delete, USERS),
    Kind("S3", "folder of a bucket", _folders, None, lambda c, name: delete_contents(c), USERS),
    Kind("S3", "bucket", _buckets, _bucket_tags, delete_bucket, USERS),
    Kind("IAM", "role", roles.roles, roles.tags, roles.delete, (*USERS, *ASSUMERS)),
)
STAYS = {
    "transform jobs that have ended": "no call deletes them; they cost nothing",
    "CloudWatch metrics of jobs and endpoints": "no call deletes them; AWS drops them by itself",
    "Athena's history of queries": "no call deletes it; AWS drops it after 45 days",
    "the secret with your key for wandb": "you made it (docs/aws.md)",
    "a CodeBuild project for the image": "you made it (docs/images.md)",
}
"""What costs nothing or is the user's own, and is not deleted."""


def listed(config: Config, kind: Kind) -> list[Resource]:
    """Return the course's resources of a kind, asked for until AWS answers.

    Raises:
        ClientError: the caller may not list them.
    """
    return answer_of(
        lambda: list(kind.own(config)), name=f"each {kind.name}", pause=config.poll_seconds
    )


def inventory(config: Config) -> pd.DataFrame:
    """Return the course's resources: a row with `service`, `kind` and `name` for each.

    A kind that the caller may not list has a row with the name `UNKNOWN`.
    """
    rows = [(kind.service, kind.name, name) for kind in KINDS for name in _names(config, kind)]
    return pd.DataFrame(rows, columns=["service", "kind", "name"])


def _names(config: Config, kind: Kind) -> list[str]:
    try:
        return [resource.name for resource in listed(config, kind)]
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        return [UNKNOWN]


def look_alikes(config: Config) -> pd.DataFrame:
    """Return what has a name of the course's and not its tag, which is left alone, and why.

    A kind that the caller may not list has a row with the name `UNKNOWN`.
    """
    rows = [(kind.service, kind.name, *pair) for kind in KINDS for pair in _strangers(config, kind)]
    return pd.DataFrame(rows, columns=["service", "kind", "name", "why it is not the course's"])


def _strangers(config: Config, kind: Kind) -> list[tuple[str, str]]:
    """Return the names of a kind's look-alikes, each with why it is none of the course's."""
    try:
        return answer_of(
            lambda: list(kind.look_alikes(config)),
            name=f"each {kind.name}",
            pause=config.poll_seconds,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        return [(UNKNOWN, "nobody knows: you may not list them")]


def stays() -> pd.DataFrame:
    """Return what needs no deletion, or is the user's own, and why."""
    return pd.DataFrame(STAYS.items(), columns=["what stays", "why"])


def remaining(config: Config, patience: float = LAG) -> pd.DataFrame:
    """Return what is left, as `inventory` does, once the lists have caught up with what is deleted.

    Args:
        patience: seconds for which it is asked again while something is listed.
    """
    end = time.monotonic() + patience
    while not (left := inventory(config)).empty and time.monotonic() < end:
        time.sleep(config.poll_seconds)
    return left


def proof(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of resources by service in two inventories, and their sum."""
    services = dict.fromkeys(kind.service for kind in KINDS)
    counts = {
        name: frame["service"].value_counts().reindex([*services], fill_value=0)
        for name, frame in (("before", before), ("after", after))
    }
    table = pd.DataFrame(counts)
    table.loc["all"] = table.sum()
    return table
