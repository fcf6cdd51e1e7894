"""Image repositories of ECR; knows no image."""

from collections.abc import Iterator

from helpers.config import Config
from helpers.course_tag import as_mapping
from helpers.resources.kind import OURS, Resource
from helpers.session import client


def repositories(config: Config) -> Iterator[Resource]:
    """Yield all repositories whose names begin as the course's."""
    for page in client(config, "ecr").get_paginator("describe_repositories").paginate():
        for item in page["repositories"]:
            if item["repositoryName"].startswith(OURS):
                yield Resource(item["repositoryName"], item["repositoryArn"])


def tags(config: Config, repository: Resource) -> dict[str, str]:
    """Return a repository's tags."""
    return as_mapping(
        client(config, "ecr").list_tags_for_resource(resourceArn=repository.arn)["tags"]
    )


def delete(config: Config, name: str) -> None:
    """Delete a repository with its images."""
    client(config, "ecr").delete_repository(repositoryName=name, force=True)
