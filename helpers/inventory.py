"""Finds and deletes the course's resources, with a pair of functions for each kind.

Knows the course's names only: other resources in the account are never listed and never deleted.
An existing role of the account stays, and so does its bucket but for the course's own folder.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pandas as pd
from botocore import xform_name
from botocore.exceptions import ClientError

from helpers.bucket_contents import delete_bucket, delete_contents, own_buckets, own_folders
from helpers.config import DATABASE, PROJECT, Config
from helpers.gateway_deletion import (
    api_keys,
    delete_api_key,
    delete_gateway_role,
    delete_rest_api,
    delete_usage_plan,
    gateway_roles,
    rest_apis,
    usage_plans,
)
from helpers.jobs import ENDED, describe
from helpers.roles import delete_role
from helpers.session import client
from helpers.warm_pools import WAITING, end_warm_pool

LAG = 30.0
"""Seconds for which AWS's lists may show what is deleted; SageMaker's are eventually consistent."""


@dataclass(frozen=True)
class Kind:
    """One kind of resource: functions that find the course's resources and delete one."""

    name: str
    find: Callable[[Config], Iterator[str]]
    delete: Callable[[Config, str], object]


def _pages(
    config: Config, call: str, list_name: str, field: str, **options: object
) -> Iterator[str]:
    for page in client(config, "sagemaker").get_paginator(call).paginate(**options):
        for item in page[list_name]:
            if item[field].startswith(PROJECT):
                yield item[field]


def _sagemaker(noun: str, plural: str, list_name: str, name: str) -> Kind:
    """Return the kind of a SageMaker resource with List and Delete operations."""

    def find(config: Config) -> Iterator[str]:
        return _pages(config, f"list_{plural}", list_name, name, NameContains=PROJECT)

    def delete(config: Config, resource: str) -> None:
        getattr(client(config, "sagemaker"), f"delete_{noun.replace(' ', '_')}")(**{name: resource})

    return Kind(noun, find, delete)


def _job(kind: str) -> Kind:
    """Return the kind of a job; a running job is stopped before it is deleted."""
    noun = xform_name(kind)
    listed = _sagemaker(f"{noun} job", f"{noun}_jobs", f"{kind}JobSummaries", f"{kind}JobName")

    def delete(config: Config, name: str) -> None:
        if _job_status(config, kind, name) == "InProgress":
            getattr(client(config, "sagemaker"), f"stop_{noun}_job")(**{f"{kind}JobName": name})
        while _job_status(config, kind, name) not in ENDED:
            time.sleep(config.poll_seconds)
        if kind == "Training":
            _end_warm_pool(config, name)
        listed.delete(config, name)

    return Kind(listed.name.replace("_", " "), listed.find, delete)


def _running_transforms(config: Config) -> Iterator[str]:
    """Yield the transform jobs that run: AWS has no call to delete one, and bills none that ended.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTransformJob.html
    """
    summaries = ("list_transform_jobs", "TransformJobSummaries", "TransformJobName")
    for status in ("InProgress", "Stopping"):
        yield from _pages(config, *summaries, NameContains=PROJECT, StatusEquals=status)


def _stop_transform(config: Config, name: str) -> None:
    """Stop a transform job, and wait until its instances are gone."""
    if _job_status(config, "Transform", name) == "InProgress":
        client(config, "sagemaker").stop_transform_job(TransformJobName=name)
    while _job_status(config, "Transform", name) not in ENDED:
        time.sleep(config.poll_seconds)


def _job_status(config: Config, kind: str, name: str) -> str:
    return describe(config, f"{kind}Job", name)[f"{kind}JobStatus"]


def _end_warm_pool(config: Config, job: str) -> None:
    """End a job's warm pool: it is billed, and blocks the deletion of the job."""
    while end_warm_pool(config, job).status == WAITING:
        time.sleep(config.poll_seconds)


def _databases(config: Config) -> Iterator[str]:
    """Yield the course's databases: one for each raw data set."""
    for page in client(config, "glue").get_paginator("get_databases").paginate():
        names = (database["Name"] for database in page["DatabaseList"])
        yield from (name for name in names if f"{name}_".startswith(f"{DATABASE}_"))


def _delete_database(config: Config, name: str) -> None:
    client(config, "glue").delete_database(Name=name)


def _tables(config: Config) -> Iterator[str]:
    """Yield `<database>.<table>` of all tables in the course's databases."""
    glue = client(config, "glue")
    for database in _databases(config):
        with suppress(glue.exceptions.EntityNotFoundException):
            for page in glue.get_paginator("get_tables").paginate(DatabaseName=database):
                yield from (f"{database}.{table['Name']}" for table in page["TableList"])


def _delete_table(config: Config, name: str) -> None:
    database, _, table = name.partition(".")
    client(config, "glue").delete_table(DatabaseName=database, Name=table)


def _log_streams(config: Config) -> Iterator[str]:
    """Yield `group:stream` of the jobs' shared groups, and whole groups of endpoints."""
    logs = client(config, "logs")
    for page in logs.get_paginator("describe_log_groups").paginate(
        logGroupNamePrefix="/aws/sagemaker/"
    ):
        for group in (item["logGroupName"] for item in page["logGroups"]):
            if group.startswith(f"/aws/sagemaker/Endpoints/{PROJECT}"):
                yield group
            elif group.endswith("Jobs"):
                pages = logs.get_paginator("describe_log_streams").paginate(
                    logGroupName=group, logStreamNamePrefix=PROJECT
                )
                for part in pages:
                    yield from (f"{group}:{item['logStreamName']}" for item in part["logStreams"])


def _delete_log(config: Config, name: str) -> None:
    logs = client(config, "logs")
    group, _, stream = name.partition(":")
    if stream:
        logs.delete_log_stream(logGroupName=group, logStreamName=stream)
    # The whole account shares the jobs' groups: one is deleted once it has no stream left.
    if not stream or not logs.describe_log_streams(logGroupName=group)["logStreams"]:
        logs.delete_log_group(logGroupName=group)


def _package_groups(config: Config) -> Iterator[str]:
    groups = ("list_model_package_groups", "ModelPackageGroupSummaryList", "ModelPackageGroupName")
    return _pages(config, *groups, NameContains=PROJECT)


def _packages(config: Config) -> Iterator[str]:
    """Yield `<group>/<version>` of all versions in the course's groups."""
    pages = client(config, "sagemaker").get_paginator("list_model_packages")
    for group in _package_groups(config):
        try:
            for page in pages.paginate(ModelPackageGroupName=group):
                numbers = (each["ModelPackageVersion"] for each in page["ModelPackageSummaryList"])
                yield from (f"{group}/{number}" for number in numbers)
        except ClientError as error:
            # The list of groups is late: it shows one that is gone, and whose versions are.
            if "does not exist" not in str(error):
                raise


def _delete_package(config: Config, name: str) -> None:
    sagemaker, (group, version) = client(config, "sagemaker"), name.split("/")
    description = sagemaker.describe_model_package_group(ModelPackageGroupName=group)
    arn = description["ModelPackageGroupArn"].replace(":model-package-group/", ":model-package/")
    sagemaker.delete_model_package(ModelPackageName=f"{arn}/{version}")


def _delete_package_group(config: Config, name: str) -> None:
    client(config, "sagemaker").delete_model_package_group(ModelPackageGroupName=name)


def _roles(config: Config) -> Iterator[str]:
    if config.account.role:
        return
    iam = client(config, "iam")
    with suppress(iam.exceptions.NoSuchEntityException):
        yield iam.get_role(RoleName=config.role)["Role"]["RoleName"]


def _repositories(config: Config) -> Iterator[str]:
    for page in client(config, "ecr").get_paginator("describe_repositories").paginate():
        names = (item["repositoryName"] for item in page["repositories"])
        yield from (name for name in names if name.startswith(PROJECT))


def _delete_repository(config: Config, name: str) -> None:
    client(config, "ecr").delete_repository(repositoryName=name, force=True)


# In the order of deletion: endpoints, which are billed, first; bucket and role last.
KINDS = (
    _sagemaker("endpoint", "endpoints", "Endpoints", "EndpointName"),
    _sagemaker("endpoint config", "endpoint_configs", "EndpointConfigs", "EndpointConfigName"),
    Kind("running transform job", _running_transforms, _stop_transform),
    _sagemaker("model", "models", "Models", "ModelName"),
    Kind("usage plan", usage_plans, delete_usage_plan),
    Kind("API key", api_keys, delete_api_key),
    Kind("REST API", rest_apis, delete_rest_api),
    Kind("model package", _packages, _delete_package),
    Kind("model package group", _package_groups, _delete_package_group),
    _sagemaker("model card", "model_cards", "ModelCardSummaries", "ModelCardName"),
    _job("HyperParameterTuning"),
    _job("Training"),
    _job("Processing"),
    Kind("table", _tables, _delete_table),
    Kind("database", _databases, _delete_database),
    Kind("log", _log_streams, _delete_log),
    Kind("image repository", _repositories, _delete_repository),
    Kind("folder of a bucket", own_folders, lambda config, name: delete_contents(config)),
    Kind("bucket", own_buckets, delete_bucket),
    Kind("gateway role", gateway_roles, delete_gateway_role),
    Kind("role", _roles, lambda config, name: delete_role(config)),
)


def inventory(config: Config) -> pd.DataFrame:
    """Return the course's resources: a row with `kind` and `name` for each."""
    rows = [(kind.name, name) for kind in KINDS for name in kind.find(config)]
    return pd.DataFrame(rows, columns=["kind", "name"])


def remaining(config: Config, patience: float = LAG) -> pd.DataFrame:
    """Return what is left, as `inventory` does, once the lists have caught up with what is deleted.

    Args:
        patience: seconds for which it is asked again while something is listed.
    """
    end = time.monotonic() + patience
    while not (left := inventory(config)).empty and time.monotonic() < end:
        time.sleep(config.poll_seconds)
    return left


def delete_all(config: Config, patience: float = LAG) -> pd.DataFrame:
    """Delete all resources that `inventory` lists; return a row with the result for each.

    A resource that is gone already is no error, so this may be run again at any time.

    Args:
        patience: seconds for which a list may show what is gone.
    """
    rows = []
    for kind in KINDS:
        for name in list(kind.find(config)):
            try:
                kind.delete(config, name)
                rows.append((kind.name, name, "deleted"))
            except (ClientError, LookupError) as error:
                reason = getattr(error, "response", {}).get("Error", {}).get("Message", error)
                gone = _is_gone(config, kind, name, patience)  # deleted elsewhere meanwhile
                rows.append((kind.name, name, "deleted" if gone else f"left: {reason}"))
    return pd.DataFrame(rows, columns=["kind", "name", "result"])


def _is_gone(config: Config, kind: Kind, name: str, patience: float) -> bool:
    end = time.monotonic() + patience
    while name in kind.find(config):
        if time.monotonic() > end:
            return False
        time.sleep(config.poll_seconds)
    return True
