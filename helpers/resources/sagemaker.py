"""SageMaker's kinds: jobs, models, endpoints, versions; how each is listed, told and deleted."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from botocore import xform_name
from botocore.exceptions import ClientError

from helpers.config import PROJECT, Config
from helpers.course_tag import as_mapping
from helpers.jobs import ENDED, describe
from helpers.resources.kind import OURS, Busy, Kind, Resource, is_gone
from helpers.session import client
from helpers.warm_pools import WAITING, end_warm_pool

SERVICE = "SageMaker"
GROUP = "ModelPackageGroup"
LOGGED = ("Endpoint", "ProcessingJob", "TrainingJob", "TransformJob")
"""Kinds whose resources write logs."""


def kind_of(
    noun: str,
    *after: str,
    delete: Callable[[Config, str], object] | None = None,
) -> Kind:
    """Return the kind of a resource that has List, ListTags and Delete operations.

    Args:
        noun: the word in the names of its operations, such as `EndpointConfig`.
        after: names of the kinds that must be gone before.
        delete: deletes one by its name; without it, the Delete operation does.
    """
    snake = xform_name(noun)

    def plainly(config: Config, name: str) -> None:
        getattr(client(config, "sagemaker"), f"delete_{snake}")(**{f"{noun}Name": name})

    words = snake.replace("_", " ")
    return Kind(SERVICE, words, lambda config: listed(config, noun), tags, delete or plainly, after)


def job(noun: str) -> Kind:
    """Return the kind of a job; a running one is stopped before it is deleted."""
    plain = kind_of(noun)

    def delete(config: Config, name: str) -> None:
        status = describe(config, noun, name)[f"{noun}Status"]
        if status == "InProgress":
            getattr(client(config, "sagemaker"), f"stop_{xform_name(noun)}")(
                **{f"{noun}Name": name}
            )
        if status not in ENDED:
            raise Busy("it is being stopped")
        # Its warm pool is billed, and blocks the deletion of the job.
        if noun == "TrainingJob" and end_warm_pool(config, name).status == WAITING:
            raise Busy("its warm pool is being ended")
        plain.delete(config, name)

    return kind_of(noun, delete=delete)


def running_job(noun: str) -> Kind:
    """Return the kind of a job that AWS can't delete: one that runs is stopped.

    One that has ended costs nothing, and stays.
    """
    plain, statuses = job(noun), ("InProgress", "Stopping")

    def find(config: Config) -> Iterator[Resource]:
        for status in statuses:
            yield from listed(config, noun, StatusEquals=status)

    def stop(config: Config, name: str) -> None:
        if describe(config, noun, name)[f"{noun}Status"] not in ENDED:
            plain.delete(config, name)

    return replace(plain, name=f"running {plain.name}", find=find, delete=stop)


def listed(config: Config, noun: str, **query: str) -> Iterator[Resource]:
    """Yield all resources of a kind in the account whose names begin as the course's."""
    pages = client(config, "sagemaker").get_paginator(f"list_{xform_name(noun)}s")
    for page in pages.paginate(NameContains=PROJECT, **query):
        (items,) = (value for value in page.values() if isinstance(value, list))
        for item in items:
            if item[f"{noun}Name"].startswith(OURS):
                yield Resource(item[f"{noun}Name"], item[f"{noun}Arn"])


def tags(config: Config, resource: Resource) -> dict[str, str]:
    """Return a resource's tags."""
    return as_mapping(client(config, "sagemaker").list_tags(ResourceArn=resource.arn)["Tags"])


def others(config: Config, noun: str) -> set[str]:
    """Return the names of resources of a kind that begin as the course's and are not its own."""
    return {name for name, _ in kind_of(noun).look_alikes(config)}


def delete_endpoint(config: Config, name: str) -> None:
    """Begin to delete an endpoint: it is gone some time later, with the last lines of its log."""
    try:
        client(config, "sagemaker").delete_endpoint(EndpointName=name)
    except ClientError as error:
        if "in-progress" not in str(error):
            raise
        raise Busy("it is changing") from None
    raise Busy("it is being deleted")


def packages(config: Config) -> Iterator[Resource]:
    """Yield `<group>/<version>` of all versions in the course's groups; they have no own tags."""
    pages = client(config, "sagemaker").get_paginator("list_model_packages")
    for group in kind_of(GROUP).own(config):
        try:
            for page in pages.paginate(ModelPackageGroupName=group.name):
                for each in page["ModelPackageSummaryList"]:
                    name = f"{group.name}/{each['ModelPackageVersion']}"
                    yield Resource(name, each["ModelPackageArn"])
        except ClientError as error:
            # The list of groups is late: it shows one that is gone, and whose versions are.
            if not is_gone(error):
                raise


def delete_package(config: Config, name: str) -> None:
    """Delete the version `<group>/<number>`."""
    sagemaker, (group, version) = client(config, "sagemaker"), name.split("/")
    description = sagemaker.describe_model_package_group(ModelPackageGroupName=group)
    arn = description["ModelPackageGroupArn"].replace(":model-package-group/", ":model-package/")
    sagemaker.delete_model_package(ModelPackageName=f"{arn}/{version}")
